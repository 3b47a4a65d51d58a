import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';

/** The previous record as covered by the next record's seal. */
export interface Link {
  /** Sequence number of the last record; 0 before the first. */
  readonly sequence: number;
  /** Seal of the last record, hex; empty before the first. */
  readonly seal: string;
}

export const firstLink: Link = { sequence: 0, seal: '' };

/** Returns a record as a line of JSON without its newline, and the link for the next record. */
export const sealRecord = (
  record: Readonly<Record<string, unknown>>,
  { previous, key }: { readonly previous: Link; readonly key: KeyObject },
): { readonly line: string; readonly link: Link } => {
  const sequence = previous.sequence + 1;
  const body = JSON.stringify({ sequence, ...record });
  const seal = sealOf(body, previous.seal, key);
  return { line: `${body.slice(0, -1)}${mark}${seal}"}`, link: { sequence, seal } };
};

/** The record's link; `undefined` if the line is not what was written after `previous`. */
export const checkRecord = (
  line: string,
  { previous, key }: { readonly previous: Link; readonly key: KeyObject },
): Link | undefined => {
  const at = line.lastIndexOf(mark);
  if (at === -1 || line.length !== at + mark.length + sealLength + 2) return undefined;
  const sequence = previous.sequence + 1;
  const seal = sealOf(`${line.slice(0, at)}}`, previous.seal, key);
  const given = line.slice(at + mark.length, at + mark.length + sealLength);
  const same = timingSafeEqual(Buffer.from(seal), Buffer.from(given.padEnd(sealLength).slice(0, sealLength)));
  return same && line.endsWith('"}') && line.startsWith(`{"sequence":${sequence},`)
    ? { sequence, seal }
    : undefined;
};

const mark = ',"seal":"';
const sealLength = 64;

const sealOf = (body: string, previousSeal: string, key: KeyObject): string =>
  createHmac('sha256', key).update(`${previousSeal}\n${body}`).digest('hex');
