import type { Clock } from '../shared/clock';
import { comparePositions, type LoggedEvent } from './event';
import type { EventLog } from './log';
import { createMemoryOpenings } from './memory-openings';
import { createWakers } from './wakers';
import { keepMostRecent } from '../shared/most-recent';

export interface MemoryLogDeps {
  readonly clock: Clock;
  /** Events stored per brand. */
  readonly keep: number;
}

/** Deliveries recognised; at 100 a second, those of more than an hour. */
const maxMarks = 500_000;

/** The log of a single process. Events, marks and waiting openings are lost at a restart. */
export const createMemoryLog = ({ clock, keep }: MemoryLogDeps): EventLog => {
  const logs = new Map<string, LoggedEvent[]>();
  const ids = keepMostRecent<true>(maxMarks);
  const nonces = keepMostRecent<true>(maxMarks);
  const wakers = createWakers();
  const openings = createMemoryOpenings(clock);
  let lastMs = 0;
  let number = 0;

  const nextId = (): string => {
    const ms = Math.floor(clock.now());
    number = ms > lastMs ? 0 : number + 1;
    lastMs = Math.max(lastMs, ms);
    return `${lastMs}-${number}`;
  };
  const logOf = (brandId: string): LoggedEvent[] => logs.get(brandId) ?? [];

  const standing = (brandId: string, { notificationId, nonce }: { notificationId: string; nonce: string }) =>
    nonces.has(`${brandId} ${nonce}`)
      ? 'replayed'
      : ids.has(`${brandId} ${notificationId}`)
        ? 'duplicate'
        : 'new';

  return {
    standingOf: (brandId, mark) => Promise.resolve(standing(brandId, mark)),
    append(event, { mark, opening }) {
      const { brandId } = event;
      const found = standing(brandId, mark);
      if (found === 'replayed') return Promise.resolve(found);
      nonces.set(`${brandId} ${mark.nonce}`, true);
      if (found === 'duplicate') return Promise.resolve(found);
      ids.set(`${brandId} ${mark.notificationId}`, true);
      const eventId = nextId();
      const log = logOf(brandId);
      log.push({ ...event, eventId });
      // Trimmed only now and then: removing single events would move the whole list each time.
      logs.set(brandId, log.length > keep * 1.1 ? log.slice(-keep) : log);
      if (opening !== false) openings.add({ id: eventId, event, state: opening }, mark.notificationId);
      wakers.wake(brandId);
      return Promise.resolve(found);
    },
    read(brandId, after, count) {
      const log = logOf(brandId);
      const from = firstBehind(log, after);
      return Promise.resolve(log.slice(from, from + count));
    },
    bounds(brandId) {
      const log = logOf(brandId);
      const [first, last] = [log[0], log.at(-1)];
      return Promise.resolve(first && last && { first: first.eventId, last: last.eventId });
    },
    subscribe: wakers.subscribe,
    openings,
  };
};

/** Index of the first event after a position, by binary search. */
const firstBehind = (log: readonly LoggedEvent[], after: string): number => {
  let low = 0;
  let high = log.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comparePositions(log[middle]?.eventId ?? '', after) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
};
