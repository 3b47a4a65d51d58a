import { isAbsent, malformed, type EnumDecoder } from './decode';

/** Represents every value that this version does not know. The text that WeChat Pay sent is in a second field. */
export const unknownValue = 'UNKNOWN';
export type OrUnknown<Value extends string> = Value | typeof unknownValue;

/** WeChat Pay's own values have about 40 characters; a longer text is cut. */
const maxRawLength = 128;

/** An enumeration that the documents always send. Throws UPSTREAM_MALFORMED if there is no value. */
export const openEnum = <const Value extends string>(
  values: readonly Value[],
): EnumDecoder<OrUnknown<Value>, string> =>
  asEnum((value, path) => {
    const raw = rawOf(value);
    if (raw === undefined) throw malformed(path, 'a value of an enumeration');
    return { value: knownOf(values, raw), raw };
  });

/** The same for one that may be absent, null or empty. */
export const optionalEnum = <const Value extends string>(
  values: readonly Value[],
): EnumDecoder<OrUnknown<Value> | undefined, string | undefined> =>
  asEnum(
    (value) => {
      const raw = rawOf(value);
      return raw === undefined || raw === ''
        ? { value: undefined, raw: undefined }
        : { value: knownOf(values, raw), raw };
    },
    (value) => (isAbsent(value) || rawOf(value) !== undefined ? undefined : value),
  );

/** A list of such values; the texts have the same order. An element without a text is left out. */
export const optionalEnums = <const Value extends string>(
  values: readonly Value[],
): EnumDecoder<readonly OrUnknown<Value>[] | undefined, readonly string[] | undefined> =>
  asEnum(
    (value) => {
      if (!Array.isArray(value)) return { value: undefined, raw: undefined };
      const raw = value.flatMap((element: unknown) => rawOf(element) ?? []).filter((text) => text !== '');
      return { value: raw.map((text) => knownOf(values, text)), raw };
    },
    (value) => (isAbsent(value) || Array.isArray(value) ? undefined : value),
  );

const knownOf = <Value extends string>(values: readonly Value[], raw: string): OrUnknown<Value> =>
  values.find((value) => value === raw) ?? unknownValue;

const rawOf = (value: unknown): string | undefined =>
  typeof value === 'string'
    ? value.slice(0, maxRawLength)
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined;

const asEnum = <Value, Raw>(
  decode: (value: unknown, path: string) => { readonly value: Value; readonly raw: Raw },
  residue?: (value: unknown) => unknown,
): EnumDecoder<Value, Raw> =>
  Object.assign(decode, { isEnum: true as const, ...(residue !== undefined && { residue }) });
