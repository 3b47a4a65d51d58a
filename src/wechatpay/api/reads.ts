import { AppError, provesAbsence } from '../../shared/errors';
import type { CachePart, Reply } from '../../traffic/calls/call';
import type { Decoder } from '../records/decode';
import { cardTemplate, page, userCard } from '../records/records';

/** A record with its freshness. */
export interface ReadResult<T> {
  readonly record: T;
  /** When this server read it from the upstream, ms since the Unix epoch. */
  readonly fetchedAt: number;
  readonly stale: boolean;
}

/** An element of a list; an error if this one cannot be read. */
export type ReadItem<T> = ReadResult<T> | AppError;

export interface ReadPage<T> {
  readonly items: readonly ReadItem<T>[];
  readonly totalCount: number;
}

export const read = <T>(reply: Reply, decode: (data: unknown) => T): ReadResult<T> => ({
  record: decode(reply.data),
  fetchedAt: reply.fetchedAt,
  stale: reply.stale,
});

export const readItems = <T>(reply: Reply, decode: (data: unknown) => T): ReadPage<T> => {
  const { data, totalCount } = readPage(reply.data);
  const items = (data ?? []).map((element) => orError(() => read({ ...reply, data: element }, decode)));
  return { items, totalCount };
};

/** The objects of a list that can be cached. An element that cannot be read must not keep the others from it. */
export const readParts = (
  data: unknown,
  partOf: (element: unknown) => readonly CachePart[],
): readonly CachePart[] =>
  (readPage(data).data ?? []).flatMap((element) => {
    const parts = orError(() => partOf(element));
    return parts instanceof AppError ? [] : parts;
  });

/** The elements that can be read. */
export const readable = <T>(items: readonly ReadItem<T>[]): readonly ReadResult<T>[] =>
  items.flatMap((item) => (item instanceof AppError ? [] : [item]));

const orError = <T>(decode: () => T): T | AppError => {
  try {
    return decode();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
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
const readPage = memoizeDecode(page);
