import { AppError } from '../../shared/errors';
import type { Reply } from '../../traffic/calls/call';
import { isRecord } from '../../shared/is-record';
import { defined } from '../../shared/defined';

/** A write, and how to find its outcome. */
export interface Write<T> {
  /** Resolves only on WeChat Pay's signed success response to this very request. */
  readonly send: () => Promise<Reply>;
  /** Throws UPSTREAM_MALFORMED if the response cannot be read. */
  readonly read: (reply: Reply) => T;
  /**
   * Reads the written object; `answered` is the response body, if there is one. After a refusal only as many calls may be made
   * as the operation's cost counts. Absent if nothing can be read back.
   */
  readonly find?: (answered: unknown, afterRefusal?: boolean) => Promise<T | undefined>;
  /** Whether the object is as this write leaves it. Absent if the object does not show whether this write was done. */
  readonly shows?: (found: T, error: AppError) => boolean;
  /** Whether a refusal may result from this write's own success, e.g. in a process that has crashed since. */
  readonly mayBeEcho?: (error: AppError) => boolean | Promise<boolean>;
  /** Public message if the outcome stays unknown: [English, Chinese]. Default: that of OUTCOME_UNKNOWN. */
  readonly unknownText?: readonly [en: string, zh: string];
  /** Public message if the write was done and cannot be read. Default: that of DONE_UNREADABLE. */
  readonly unreadableText?: readonly [en: string, zh: string];
}

/**
 * The only place that decides the outcome of a write. Resolves if it was done. Throws DONE_UNREADABLE if it was done but neither
 * its response nor the object can be read. Throws OUTCOME_UNKNOWN if its outcome cannot be found, and a refusal only if it was
 * not done.
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

/** Signed, but not in the documented form: a 204, a new enum value, a missing field. */
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

/** If the look-up fails or does not show the write, the first error is the more useful one. */
const afterDoubt = async <T>(
  error: unknown,
  { find, shows, mayBeEcho, unknownText }: Write<T>,
): Promise<T> => {
  if (!(error instanceof AppError)) throw error;
  const isUnknown = error.code === 'OUTCOME_UNKNOWN';
  if (!isUnknown && (await mayBeEcho?.(error)) !== true) throw error;
  const found = shows === undefined ? undefined : await find?.(undefined, !isUnknown).catch(() => undefined);
  if (found !== undefined && shows?.(found, error) === true) return found;
  if (!isUnknown || unknownText === undefined) throw error;
  throw error.with({ publicMessage: unknownText });
};

/** Fields that identify an object, with our names: a caller can use them to read what the response did not show. */
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
