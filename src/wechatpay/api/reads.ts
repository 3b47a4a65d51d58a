import { provesAbsence } from '../../shared/errors';
import type { Reply } from '../../traffic/calls/call';
import type { Decoder } from '../records/decode';
import { cardTemplate, page, userCard } from '../records/records';

/** A record with its freshness. */
export interface ReadResult<T> {
  readonly record: T;
  /** When this server read it from the upstream, ms since the Unix epoch. */
  readonly fetchedAt: number;
  readonly stale: boolean;
}

export interface ReadPage<T> {
  readonly items: readonly ReadResult<T>[];
  readonly totalCount: number;
}

export const read = <T>(reply: Reply, decode: (data: unknown) => T): ReadResult<T> => ({
  record: decode(reply.data),
  fetchedAt: reply.fetchedAt,
  stale: reply.stale,
});

export const readItems = <T>(reply: Reply, decode: (data: unknown) => T): ReadPage<T> => {
  const { data, totalCount } = readPage(reply.data);
  return { items: (data ?? []).map((element) => read({ ...reply, data: element }, decode)), totalCount };
};

/** Resolves to `undefined` for a signed "not found"; nothing less proves absence. */
export const orAbsent = <T>(answer: Promise<T>): Promise<T | undefined> =>
  answer.catch((error: unknown) => {
    if (provesAbsence(error)) return undefined;
    throw error;
  });

/** Decodes each cached object once. Safe because cached objects are immutable and shared. */
export const memoizeDecode = <T>(decode: Decoder<T>): ((data: unknown) => T) => {
  const decoded = new WeakMap<object, T>();
  return (data) => {
    const known = typeof data === 'object' && data !== null ? decoded.get(data) : undefined;
    if (known !== undefined) return known;
    const value = decode(data, 'body');
    if (typeof data === 'object' && data !== null) decoded.set(data, value);
    return value;
  };
};

export const readTemplate = memoizeDecode(cardTemplate);
export const readUserCard = memoizeDecode(userCard);
export const readPage = memoizeDecode(page);
