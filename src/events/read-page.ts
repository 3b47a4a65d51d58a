import { comparePositions, type LoggedEvent } from './event';
import { admits, type EventFilter } from './filter';
import { positionOf } from './follow';
import type { EventLog } from './log';

export interface PageRequest {
  readonly brandId: string;
  /** The position to start after. Absent or `0`: the oldest stored event. */
  readonly after?: string | undefined;
  /** Maximum number of events. */
  readonly first: number;
  readonly filter: EventFilter;
  /** Events that the caller may not receive are left out. */
  readonly mayReceive: (event: LoggedEvent) => boolean;
}

export interface EventPage {
  readonly events: readonly LoggedEvent[];
  /** Where the next page starts: after everything that was looked at. `undefined` if nothing is stored and none was given. */
  readonly end: string | undefined;
  /** Whether more events are stored after `end`. The filter may admit none of them. */
  readonly hasMore: boolean;
}

const batch = 100;
/** Events that one page looks at, so that a filter that admits few does not read the whole log at once. */
const maxLookedAt = 1_000;

/**
 * Reads one page of a brand's events, oldest first. A page can be short although more follow: then the filter admitted few. Rejects
 * as `follow` does, and as the log does if the store is unavailable.
 */
export const readPage = async (
  log: EventLog,
  { brandId, after, first, filter, mayReceive }: PageRequest,
): Promise<EventPage> => {
  let position = await positionOf(log, brandId, after ?? '0');
  const events: LoggedEvent[] = [];
  for (let lookedAt = 0; events.length < first && lookedAt < maxLookedAt;) {
    const found = await log.read(brandId, position, batch);
    for (const event of found) {
      if (events.length === first) break;
      position = event.eventId;
      lookedAt += 1;
      if (mayReceive(event) && admits(filter, event)) events.push(event);
    }
    if (found.length < batch) break;
  }
  const last = (await log.bounds(brandId))?.last;
  return {
    events,
    end: position === '0-0' ? undefined : position,
    hasMore: last !== undefined && comparePositions(position, last) < 0,
  };
};
