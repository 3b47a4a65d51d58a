import { AppError } from '../shared/errors';
import type { Reply } from '../traffic/call';
import type { Decoder } from './decode';
import { cardTemplate, page, userCard } from './records';

/** A record with where it came from. */
export interface Read<T> {
  readonly record: T;
  /** When this server read it from the upstream, ms since the Unix epoch. */
  readonly fetchedAt: number;
  readonly stale: boolean;
}

export interface Page<T> {
  readonly items: readonly Read<T>[];
  readonly totalCount: number;
}

export const within = (maxAgeMs: number | undefined): { maxAgeMs?: number } =>
  maxAgeMs === undefined ? {} : { maxAgeMs };

export const read = <T>(reply: Reply, decode: (data: unknown) => T): Read<T> => ({
  record: decode(reply.data),
  fetchedAt: reply.fetchedAt,
  stale: reply.stale,
});

export const readItems = <T>(reply: Reply, decode: (data: unknown) => T): Page<T> => {
  const { data, totalCount } = readPage(reply.data);
  return { items: (data ?? []).map((element) => read({ ...reply, data: element }, decode)), totalCount };
};

/** Only a signed "not found" proves absence. */
export const orAbsent = <T>(answer: Promise<T>): Promise<T | undefined> =>
  answer.catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'NOT_FOUND' && error.upstream?.verified === true)
      return undefined;
    throw error;
  });

/** A cached answer is decoded once, however often it is asked for: answers are immutable and shared. */
export const once = <T>(decode: Decoder<T>): ((data: unknown) => T) => {
  const decoded = new WeakMap<object, T>();
  return (data) => {
    const known = typeof data === 'object' && data !== null ? decoded.get(data) : undefined;
    if (known !== undefined) return known;
    const value = decode(data, 'body');
    if (typeof data === 'object' && data !== null) decoded.set(data, value);
    return value;
  };
};

export const readTemplate = once(cardTemplate);
export const readUserCard = once(userCard);
export const readPage = once(page);
