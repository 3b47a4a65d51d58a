import { sleep, type Clock } from '../shared/clock';
import { AppError } from '../shared/errors';
import { comparePositions, isPosition, type LoggedEvent } from './event';
import { admits, type EventFilter } from './filter';
import type { EventLog } from './log';

export interface Following {
  readonly brandId: string;
  /** Absent: from now on. `0`: from the oldest stored event. */
  readonly after?: string | undefined;
  /** Default: every event. */
  readonly filter?: EventFilter | undefined;
  /** Ends the iteration. */
  readonly signal: AbortSignal;
  /** Events for which it returns false are passed over. Default: none. */
  readonly mayReceive?: (event: LoggedEvent) => boolean;
}

/** Events read at a time, which bounds a follower's memory however far it lags. */
const batch = 100;
/** How often the log is read without a wake-up, ms, because one may be lost. */
const lookMs = 5_000;
/** How long a new follower waits for an unavailable store, and how often it retries, ms. */
const startTimeoutMs = 5_000;
const startRetryMs = 200;

/**
 * Iterates over a brand's events from a position on, without end. A slow reader keeps nothing but its position. Rejects with
 * BAD_USER_INPUT if the position is invalid, and with NOT_FOUND if events after it are no longer stored.
 */
export const follow = async (
  { log, clock }: { readonly log: EventLog; readonly clock: Clock },
  { brandId, after, filter = {}, signal, mayReceive = () => true }: Following,
): Promise<AsyncGenerator<LoggedEvent, void>> => {
  let position = await retryWhileAway(clock, signal, () =>
    after === undefined ? endOf(log, brandId) : positionOf(log, brandId, after),
  );
  const ended = (): boolean => signal.aborted;
  return (async function* events() {
    while (!ended()) {
      const news = listen({ log, clock }, brandId, signal);
      try {
        const found = await readOrNone(log, brandId, position);
        if (found.length === batch) await checkKept(log, brandId, position);
        for (const event of found) {
          position = event.eventId;
          if (mayReceive(event) && admits(filter, event)) yield event;
          if (ended()) return;
        }
        if (found.length < batch) await news.heard;
      } finally {
        news.end();
      }
    }
  })();
};

const endOf = async (log: EventLog, brandId: string): Promise<string> =>
  (await log.bounds(brandId))?.last ?? '0-0';

/** Checks a client's position. Rejects with BAD_USER_INPUT, or with NOT_FOUND if events after it are no longer stored. */
export const positionOf = async (log: EventLog, brandId: string, after: string): Promise<string> => {
  if (!isPosition(after))
    throw new AppError('BAD_USER_INPUT', 'lastEventId is not an event id', {
      publicMessage: [
        'lastEventId must be the eventId of an event, or 0.',
        'lastEventId 须为事件的 eventId 或 0。',
      ],
    });
  if (after === '0') return '0-0';
  const bounds = await log.bounds(brandId);
  if (
    bounds === undefined ||
    comparePositions(after, bounds.first) < 0 ||
    comparePositions(after, bounds.last) > 0
  )
    throw lost();
  return after;
};

/** Retries for a while, so that a short outage of the store turns no subscriber away. */
export const retryWhileAway = async <T>(
  clock: Clock,
  signal: AbortSignal,
  ask: () => Promise<T>,
): Promise<T> => {
  const until = clock.now() + startTimeoutMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof AppError && error.code !== 'DATABASE_UNAVAILABLE') throw error;
      if (clock.now() >= until)
        throw new AppError('UPSTREAM_UNAVAILABLE', 'the event log could not be reached', {
          cause: error,
          publicMessage: [
            'The event log could not be reached in time; try again.',
            '暂时无法读取事件日志，请稍后重试。',
          ],
        });
      await sleep(clock, startRetryMs, signal);
    }
  }
};

/** Rejects if the reader lags so far behind that events it has not read were dropped. */
const checkKept = async (log: EventLog, brandId: string, position: string): Promise<void> => {
  if (position === '0-0') return;
  const bounds = await log.bounds(brandId);
  if (bounds !== undefined && comparePositions(position, bounds.first) < 0) throw lost();
};

/** Returns nothing if the store is unavailable; the next look reads again. */
const readOrNone = (log: EventLog, brandId: string, after: string): Promise<readonly LoggedEvent[]> =>
  log.read(brandId, after, batch).catch(() => []);

const lost = (): AppError =>
  new AppError('NOT_FOUND', 'events after lastEventId are no longer stored', {
    publicMessage: [
      'Events after lastEventId are no longer stored; read the cards again and subscribe without it.',
      'lastEventId 之后的部分事件已不再保留，请重新查询会员卡，并在不带该参数的情况下重新订阅。',
    ],
  });

/** Subscribes before the log is read, so that no event in between is missed. */
const listen = (
  { log, clock }: { readonly log: EventLog; readonly clock: Clock },
  brandId: string,
  signal: AbortSignal,
): { readonly heard: Promise<void>; readonly end: () => void } => {
  let end = (): void => undefined;
  const heard = new Promise<void>((resolve) => {
    const wake = (): void => {
      end();
      resolve();
    };
    const unsubscribe = log.subscribe(brandId, wake);
    const cancel = clock.after(lookMs, wake);
    signal.addEventListener('abort', wake, { once: true });
    end = () => {
      unsubscribe();
      cancel();
      signal.removeEventListener('abort', wake);
    };
    if (signal.aborted) wake();
  });
  return {
    heard,
    end: () => {
      end();
    },
  };
};
