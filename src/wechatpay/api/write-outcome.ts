import { AppError } from '../../shared/errors';
import type { Reply } from '../../traffic/calls/call';
import { isRecord } from '../../shared/is-record';
import { defined } from '../../shared/defined';

/** A write, and what tells its outcome. */
export interface Write<T> {
  /** Resolves only with WeChat Pay's signed success of this very request. */
  readonly send: () => Promise<Reply>;
  /** Throws UPSTREAM_MALFORMED if the answer cannot be read. */
  readonly read: (reply: Reply) => T;
  /** The written object as it is now; `answered` is what the answer has of it, if there is one. Absent: nothing can be read back. */
  readonly find?: (answered: unknown) => Promise<T | undefined>;
  /** Whether the object is as this write leaves it. Absent: the object does not tell whether this write was done. */
  readonly shows?: (found: T, error: AppError) => boolean;
  /** Whether a refusal may be the echo of this write's own success, e.g. of one by a process that has died since. */
  readonly mayBeEcho?: (error: AppError) => boolean;
  /** Said instead of the general sentence if the outcome stays unknown: [English, Chinese]. */
  readonly unknownText?: readonly [en: string, zh: string];
  /** The same if the write was done and cannot be read. */
  readonly unreadableText?: readonly [en: string, zh: string];
}

/**
 * Decides what became of a write; nothing else does. Resolves if it was done. Throws DONE_UNREADABLE if it was done and neither
 * its answer nor the object can be read, OUTCOME_UNKNOWN if nothing tells, and a refusal only if it was not done.
 */
export const outcomeOfWrite = async <T>(write: Write<T>): Promise<T> => {
  let reply: Reply;
  try {
    reply = await write.send();
  } catch (error) {
    return await afterDoubt(error, write);
  }
  try {
    return write.read(reply);
  } catch (error) {
    return await afterSuccess(error, reply, write);
  }
};

/** Signed, and of another form than the documents': a 204, a new enum value, a field left out. */
const afterSuccess = async <T>(
  error: unknown,
  { data, requestId }: Reply,
  { find, unreadableText }: Write<T>,
): Promise<T> => {
  if (!(error instanceof AppError)) throw error;
  const found = await find?.(data).catch(() => undefined);
  if (found !== undefined) return found;
  throw new AppError('DONE_UNREADABLE', `the write was done; ${error.message}`, {
    cause: error,
    sent: true,
    known: keysIn(data),
    ...(requestId === undefined ? {} : { upstream: { status: 200, verified: true, requestId } }),
    ...defined({ publicMessage: unreadableText }),
  });
};

/** If the look-up fails or does not show the write, the first error says more than that of the look-up. */
const afterDoubt = async <T>(
  error: unknown,
  { find, shows, mayBeEcho, unknownText }: Write<T>,
): Promise<T> => {
  if (!(error instanceof AppError)) throw error;
  const isUnknown = error.code === 'OUTCOME_UNKNOWN';
  if (!isUnknown && mayBeEcho?.(error) !== true) throw error;
  const found = shows === undefined ? undefined : await find?.(undefined).catch(() => undefined);
  if (found !== undefined && shows?.(found, error) === true) return found;
  if (!isUnknown || unknownText === undefined) throw error;
  throw new AppError('OUTCOME_UNKNOWN', error.message, {
    cause: error.cause,
    sent: true,
    publicMessage: unknownText,
    ...defined({ upstream: error.upstream }),
  });
};

/** What names an object, by our names: with it a caller can read what the answer did not show. */
const keyNames = {
  card_id: 'cardId',
  openid: 'openid',
  user_card_code: 'userCardCode',
  out_request_no: 'outRequestNo',
  activity_id: 'activityId',
  record_id: 'recordId',
} as const;

const keysIn = (data: unknown): Readonly<Record<string, string>> => {
  const answered = isRecord(data) ? data : {};
  return Object.fromEntries(
    Object.entries(keyNames).flatMap(([name, ours]) => {
      const value = answered[name];
      return typeof value === 'string' || typeof value === 'number' ? [[ours, String(value)]] : [];
    }),
  );
};
