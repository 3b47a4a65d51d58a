import { malformed, type Decoder } from './decode';

const form = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:?\d\d)$/;
/** Nanoseconds; further digits carry no usable information. */
const maxFraction = 10;

/**
 * A time as the schema promises it: RFC 3339 with an offset, which is not changed. A space for `T`, an offset without a colon
 * and a long fraction mean the same and are rewritten. Other forms (no offset, a date only, a number) are ambiguous and throw
 * UPSTREAM_MALFORMED.
 */
export const time: Decoder<string> = (value, path) => {
  const [, date, clock, fraction = '', offset = ''] = form.exec(typeof value === 'string' ? value : '') ?? [];
  const exact = `${String(date)}T${String(clock)}${fraction.slice(0, maxFraction)}${offsetOf(offset)}`;
  if (Number.isNaN(Date.parse(exact))) throw malformed(path, 'a time with an offset');
  return exact;
};

const offsetOf = (offset: string): string =>
  /^[Zz]$/.test(offset) ? 'Z' : offset.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
