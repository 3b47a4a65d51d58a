import { sleep, type Clock } from '../shared/clock';
import { AppError } from '../shared/errors';
import { comparePositions, isPosition, type LoggedEvent } from './event';
import type { EventLog } from './log';

export interface Following {
  readonly brandId: string;
  /** Absent: from now on. `0`: from the first one kept. */
  readonly after?: string | undefined;
  /** Ends the following. */
  readonly signal: AbortSignal;
}

/** What a follower reads at a time: it holds no more than this, however far it lags. */
const batch = 100;
/** Without news it looks for itself after this long: a call to wake up may be missing. */
const lookMs = 5_000;
/** How long a new follower waits for a store that is away, and between its questions. */
const startTimeoutMs = 5_000;
const startRetryMs = 200;

/**
 * A brand's events from a position on, without end. Pulls, so that a slow reader costs nothing but its place. Rejects with
 * BAD_USER_INPUT where the position is none, with NOT_FOUND where events behind it are no longer kept.
 */
export const follow = async (
  { log, clock }: { readonly log: EventLog; readonly clock: Clock },
  { brandId, after, signal }: Following,
): Promise<AsyncGenerator<LoggedEvent, void>> => {
  let position = await retryWhileAway(clock, signal, () => startOf(log, brandId, after));
  const ended = (): boolean => signal.aborted;
  return (async function* events() {
    while (!ended()) {
      const news = listen({ log, clock }, brandId, signal);
      try {
        const found = await readOrNone(log, brandId, position);
        if (found.length === batch) await checkKept(log, brandId, position);
        for (const event of found) {
          position = event.eventId;
          yield event;
          if (ended()) return;
        }
        if (found.length < batch) await news.heard;
      } finally {
        news.end();
      }
    }
  })();
};

const startOf = async (log: EventLog, brandId: string, after: string | undefined): Promise<string> => {
  if (after === undefined) return (await log.bounds(brandId))?.last ?? '0-0';
  if (!isPosition(after))
    throw new AppError('BAD_USER_INPUT', 'lastEventId is no event id', {
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

/** A store that is away for a moment does not turn a subscriber away. */
const retryWhileAway = async <T>(clock: Clock, signal: AbortSignal, ask: () => Promise<T>): Promise<T> => {
  const until = clock.now() + startTimeoutMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof AppError) throw error;
      if (clock.now() >= until)
        throw new AppError('UPSTREAM_UNAVAILABLE', 'the log of events could not be reached', {
          cause: error,
          publicMessage: [
            'The log of events could not be reached in time; subscribe again.',
            '暂时无法读取事件日志,请重新订阅。',
          ],
        });
      await sleep(clock, startRetryMs, signal);
    }
  }
};

/** A reader that lags a whole log behind would skip what was dropped meanwhile. */
const checkKept = async (log: EventLog, brandId: string, position: string): Promise<void> => {
  if (position === '0-0') return;
  const bounds = await log.bounds(brandId);
  if (bounds !== undefined && comparePositions(position, bounds.first) < 0) throw lost();
};

/** A store that is away for a moment is asked again with the next look. */
const readOrNone = (log: EventLog, brandId: string, after: string): Promise<readonly LoggedEvent[]> =>
  log.read(brandId, after, batch).catch(() => []);

const lost = (): AppError =>
  new AppError('NOT_FOUND', 'events behind lastEventId are no longer kept', {
    publicMessage: [
      'Events behind lastEventId are no longer kept; read the cards anew and subscribe without it.',
      'lastEventId 之后的部分事件已不再保留,请重新查询会员卡,并在不带该参数的情况下重新订阅。',
    ],
  });

/** Listens before the log is read, so that what comes in between is heard. */
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
