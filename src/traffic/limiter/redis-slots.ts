import { LRUCache } from 'lru-cache';
import { sleep, type Clock } from '../../shared/clock';
import type { Bucket } from '../call';
import type { Redis } from '../../store/redis';
import type { Fleet } from './fleet';
import { createShare, type Share } from './share';
import { createStoreClock } from './store-clock';
import { slotsScript } from './slots.lua';
import type { SlotAnswer, SlotRequest, SlotStore } from './slot-store';
import { leadMs, viewState, windowMs, type BucketState } from './slots';

export interface RedisSlotsParts {
  readonly redis: Redis;
  readonly clock: Clock;
  readonly fleet: Fleet;
}

/** What this process knows of a bucket between two answers of the store. */
interface Known {
  state: BucketState | undefined;
  /** When the store last answered, our clock. */
  at: number;
  share: Share | undefined;
  /** True until the store has heard of this bucket from us after an outage. */
  cold: boolean;
}

const viewGuardMs = 10;
const mostBuckets = 50_000;
const lookAgainMs = 100;

/**
 * One budget for a fleet: every reservation is one atomic script under the store's clock. While the store is away each
 * instance goes on with its share; never unlimited, never waiting for the store longer than Redis.run does.
 */
export const createRedisSlots = ({ redis, clock, fleet }: RedisSlotsParts): SlotStore => {
  const buckets = new LRUCache<string, Known>({ max: mostBuckets });
  const store = createStoreClock();
  const knownOf = (bucket: Bucket): Known => {
    const known = buckets.get(bucket.id);
    if (known !== undefined) return known;
    const fresh: Known = { state: undefined, at: 0, share: undefined, cold: false };
    buckets.set(bucket.id, fresh);
    return fresh;
  };

  const run = async (
    known: Known,
    action: 'reserve' | 'confirm' | 'strike' | 'postpone',
    bucket: Bucket,
    rest: readonly string[],
  ) => {
    const asked = clock.now();
    const [granted, wait, due, now, state, slotId] = await redis.run(
      slotsScript,
      [`wxm:slots:{${bucket.id}}`],
      [action, String(bucket.callsPerSecond), String(lifeMs(bucket)), '', ...rest],
    );
    known.state = JSON.parse(String(state)) as BucketState;
    known.at = clock.now();
    store.heard({ asked, at: Number(now), heard: known.at });
    const since = known.at + store.offsetMs() - Number(now);
    return {
      granted: granted === 1,
      slotId: Number(slotId),
      at: known.at,
      waitMs: Number(wait) - since,
      dueMs: Number(due) - since,
    };
  };

  const ask = async (
    known: Known,
    { bucket, maxWaitMs, spacing, guardMs }: SlotRequest,
  ): Promise<SlotAnswer> => {
    const answer = await run(known, 'reserve', bucket, [
      String(maxWaitMs),
      spacing,
      String(guardMs),
      known.cold ? 'cold' : '',
    ]);
    known.cold = false;
    known.share = undefined;
    return answer;
  };

  /** Until when slots that were reserved in the store may still be used, by anybody. */
  const lastReserved = ({ state, at }: Known): number => {
    const now = clock.now();
    const tail = (state?.ring.at(-1) ?? 0) - store.offsetMs();
    // Where slots were reserved ahead, others have gone on reserving since we last heard.
    return tail > at ? tail + (now - at) : now;
  };

  /** A slot of this instance's share, unless the store is back before it is due: it may only have been slow. */
  const fromShare = async (known: Known, request: SlotRequest): Promise<SlotAnswer> => {
    known.share ??= createShare({
      ...fleet.place(),
      notBefore: lastReserved(known) + windowMs + request.guardMs,
    });
    const asked = clock.now();
    const answer = known.share.reserve(request, asked);
    if (!answer.granted) return answer;
    const slot = asked + answer.waitMs;
    while (slot - clock.now() > lookAgainMs) {
      await sleep(clock, lookAgainMs);
      try {
        return await ask(known, { ...request, maxWaitMs: request.maxWaitMs - (clock.now() - asked) });
      } catch {
        // Still away.
      }
    }
    known.cold = true;
    const at = clock.now();
    const waitMs = Math.max(0, slot - at);
    return { granted: true, slotId: 0, at, waitMs, dueMs: Math.max(waitMs, leadMs) };
  };

  return {
    async reserve(request) {
      const known = knownOf(request.bucket);
      try {
        return await ask(known, request);
      } catch {
        return fromShare(known, request);
      }
    },
    async confirm({ bucket, slotId, due, guardMs }) {
      const known = knownOf(bucket);
      const unchanged = { granted: true, slotId, at: due, waitMs: 0, dueMs: 0 };
      // A slot of a share is this instance's own, and the store does not know it.
      if (known.share !== undefined) return unchanged;
      try {
        return await run(known, 'confirm', bucket, [slotId, guardMs, due + store.offsetMs()].map(String));
      } catch {
        return unchanged;
      }
    },
    async postpone(bucket, slotId, writtenAt) {
      const known = knownOf(bucket);
      if (slotId === 0) return;
      // After a window it matters to no other slot any more.
      while (clock.now() - writtenAt < windowMs)
        try {
          await run(known, 'postpone', bucket, [String(slotId), String(writtenAt + store.offsetMs())]);
          return;
        } catch {
          await sleep(clock, lookAgainMs);
        }
    },
    async penalise(bucket, retryAfterMs) {
      const known = knownOf(bucket);
      try {
        await run(known, 'strike', bucket, [retryAfterMs === undefined ? '' : String(retryAfterMs)]);
      } catch {
        // Without the store, the pause is this instance's own.
        known.share = createShare({ ...fleet.place(), notBefore: clock.now() + (retryAfterMs ?? windowMs) });
      }
    },
    view(bucket) {
      const known = buckets.peek(bucket.id);
      return viewState(known?.state, { bucket, guardMs: viewGuardMs }, clock.now() + store.offsetMs());
    },
  };
};

/** An idle bucket is forgotten when nothing in it can matter any more: strikes and holds last the longest. */
const lifeMs = ({ callsPerSecond }: Bucket): number =>
  120_000 + Math.ceil(windowMs / Math.min(1, callsPerSecond));
