import type { KnownCardSort, Position } from '../../../directory/read-cards';
import { broken } from '../../inputs/arguments';

/** A cursor holds the place of its card in one order; it is of no use in another. */
export const encodePosition = (sort: KnownCardSort, { at, cardName }: Position): string =>
  Buffer.from(`k:${sort}:${at}:${cardName}`).toString('base64url');

/** Throws BAD_USER_INPUT if it is not exactly one of ours, or of another order. */
export const decodePosition = (sort: KnownCardSort, cursor: string): Position => {
  const [, at, cardName] =
    /^k:\w+:(\d{1,15}):([0-9a-f]{32})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  const position = { at: Number(at), cardName: cardName ?? '' };
  if (encodePosition(sort, position) !== cursor) throw broken('after');
  return position;
};
