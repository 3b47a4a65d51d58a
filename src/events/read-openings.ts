import { AppError } from '../shared/errors';
import type { UserCardEvent } from './event';
import type { EventLog } from './log';
import { openingLists, type OpeningList, type WaitingOpening } from './openings';

export interface OpeningsRequest {
  readonly brandId: string;
  /** The cursor to start after. */
  readonly after?: string | undefined;
  /** Maximum number of openings. */
  readonly first: number;
  /** Openings that the caller may not see are left out. */
  readonly mayReceive: (event: UserCardEvent) => boolean;
}

export interface OpeningsPage {
  readonly openings: readonly (WaitingOpening & { readonly cursor: string })[];
  readonly hasMore: boolean;
}

const batch = 100;

/** Reads one page of the openings that wait: first those that somebody has to confirm, then those that the server confirms. */
export const readOpenings = async (
  log: Pick<EventLog, 'openings'>,
  { brandId, after, first, mayReceive }: OpeningsRequest,
): Promise<OpeningsPage> => {
  const start = after === undefined ? { of: openingLists[0], id: beginning } : positionIn(after);
  const openings: OpeningsPage['openings'][number][] = [];
  for (const of of openingLists.slice(openingLists.indexOf(start.of))) {
    let id = of === start.of ? start.id : beginning;
    for (;;) {
      const found = await log.openings.list(brandId, { of, after: id, count: batch });
      for (const { id: own, event, state } of found) {
        id = own;
        if (event === undefined || !mayReceive(event)) continue;
        if (openings.length === first) return { openings, hasMore: true };
        openings.push({ id, event, state, cursor: toCursor({ of, id }) });
      }
      if (found.length < batch) break;
    }
  }
  return { openings, hasMore: false };
};

interface Position {
  readonly of: OpeningList;
  readonly id: string;
}

const beginning = '0-0';

const toCursor = ({ of, id }: Position): string => Buffer.from(`w:${of}:${id}`).toString('base64url');

/** Throws BAD_USER_INPUT if it is not exactly one of ours. */
const positionIn = (cursor: string): Position => {
  const [, list, id = ''] =
    /^w:(\w+):(\d{1,15}-\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  const of = openingLists.find((known) => known === list);
  if (of === undefined || toCursor({ of, id }) !== cursor)
    throw new AppError('BAD_USER_INPUT', 'after must be a cursor of this connection', {
      publicMessage: ['after must be a cursor of this connection.', 'after 须为本连接返回的游标。'],
    });
  return { of, id };
};
