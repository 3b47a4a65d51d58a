import { sleep, type Clock } from '../../shared/clock';
import type { Bucket } from '../calls/call';
import type { Redis } from '../../store/redis';
import { capacityOf, lastAt, rules, windowOf, type BucketState } from './bucket-state';
import type { Fleet } from './fleet';
import { nothingKnown, type Known } from './known-bucket';
import { createOfflineShare, lookAgainMs } from './offline-share';
import { viewRoundTrips } from './round-trips';
import { createStoreClock, type StoreClock } from './store-clock';
import { slotsScript } from './slots.lua';
import type { SlotAnswer, SlotRequest, SlotStore } from './slot-store';
import { viewState } from './slots';
import { callsLeftTo } from './vanished-members';
import { keepMostRecent } from '../../shared/most-recent';

export interface RedisSlotsDeps {
  readonly redis: Pick<Redis, 'run' | 'isCluster'>;
  readonly clock: Clock;
  readonly fleet: Fleet;
  /** Whether the store may have evicted buckets: one that it does not know may then be in use. Default: never. */
  readonly forgets?: () => boolean;
}

const maxBuckets = 50_000;
/** Round trips that wait for the next request of their bucket. */
const maxUntold = 32;
/** What the script expects of every action, before the round trips. */
const argumentsOfAction = 6;

/**
 * One limit for a fleet: every reservation is one atomic script, timed by the store's clock. While the store is unavailable,
 * each instance uses its own share. Calls are never unlimited, and never wait for the store longer than `Redis.run` does.
 */
export const createRedisSlots = ({
  redis,
  clock,
  fleet,
  forgets = () => false,
}: RedisSlotsDeps): SlotStore => {
  const buckets = keepMostRecent<Known>(maxBuckets);
  const oneClock = createStoreClock();
  /** A single server has one clock, which every bucket helps to know; the servers of a cluster have their own. */
  const clockOf = (known: Known | undefined): StoreClock =>
    (redis.isCluster() ? known?.ownClock : undefined) ?? oneClock;
  const knownOf = (bucket: Bucket): Known => {
    const known = buckets.get(bucket.id);
    if (known !== undefined) return known;
    const fresh = nothingKnown();
    buckets.set(bucket.id, fresh);
    return fresh;
  };

  const run = async (
    known: Known,
    action: 'reserve' | 'confirm' | 'settle' | 'penalise',
    bucket: Bucket,
    rest: readonly string[],
  ) => {
    const asked = clock.now();
    const told = known.untold;
    known.untold = [];
    const padded = Array.from({ length: argumentsOfAction }, (_, index) => rest[index] ?? '');
    const answer = await redis
      .run(
        slotsScript,
        [`slots2:{${bucket.id}}`],
        [action, String(bucket.callsPerSecond), String(lifeMs(bucket)), '', ...padded, told.join(' ')],
      )
      .catch((error: unknown) => {
        known.untold = [...told, ...known.untold].slice(-maxUntold);
        throw error;
      });
    const [granted, wait, due, now, state, slotId] = answer;
    known.state = JSON.parse(String(state)) as BucketState;
    known.at = clock.now();
    clockOf(known).heard({ asked, at: Number(now), heard: known.at });
    const since = known.at + clockOf(known).offsetMs() - Number(now);
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
    { bucket, maxWaitMs, spacing, latenessMs, open }: SlotRequest,
  ): Promise<SlotAnswer> => {
    if (usesShare(bucket)) throw new Error('vanished members may use the whole limit');
    const answer = await run(known, 'reserve', bucket, [
      String(maxWaitMs),
      spacing,
      String(latenessMs),
      open ? 'open' : '',
      known.cold ? 'cold' : wasUsedLately(known) || forgets() ? 'known' : '',
      String(heldBackOf(bucket)),
    ]);
    known.cold = false;
    known.share = undefined;
    return answer;
  };

  /** Members that have vanished may only be cut off from the store: they then use their share, and others must not. */
  const heldBackOf = (bucket: Bucket): number => callsLeftTo(fleet.vanished(), capacityOf(bucket));

  /** Whether the store has nothing to grant, so that each member uses its share, as those that are cut off do. */
  const usesShare = (bucket: Bucket): boolean => heldBackOf(bucket) >= capacityOf(bucket);

  /** True if the store must know the bucket too; if it does not, it has lost its data. */
  const wasUsedLately = ({ state, at }: Known): boolean =>
    state !== undefined && clock.now() - at < rules.refusalMemoryMs;

  /** Clock time in ms until which slots reserved in the store may still be used by any instance. */
  const lastReserved = (known: Known): number => {
    const { state, at } = known;
    const now = clock.now();
    const tail = state === undefined ? -Infinity : lastAt(state) - clockOf(known).offsetMs();
    // If slots were reserved ahead, other instances have continued to reserve since the last reply.
    return tail > at ? tail + (now - at) : now;
  };

  /**
   * From when on this instance may use its share. Until the others miss it, they may use the whole limit, and that window must
   * be over. If they do not know it, the slots that are reserved in the store must be over.
   */
  const shareFrom = ({ pausedUntil, reservedUntil }: Known): number =>
    Math.max(pausedUntil, (fleet.missedBy() ?? reservedUntil) + rules.windowMs + rules.guardMs);

  /** A slot of this instance's share, unless the store is back before it is due: the store may only have been slow. */
  const fromShare = async (known: Known, request: SlotRequest): Promise<SlotAnswer> => {
    if (known.share === undefined) {
      known.share = createOfflineShare({ place: () => fleet.place(), clock });
      known.reservedUntil = lastReserved(known);
    }
    const asked = clock.now();
    const answer = known.share.reserve(request, shareFrom(known));
    if (!answer.granted) return answer;
    const slot = asked + answer.waitMs;
    while (slot - clock.now() > lookAgainMs) {
      await sleep(clock, lookAgainMs);
      try {
        return await ask(known, { ...request, maxWaitMs: request.maxWaitMs - (clock.now() - asked) });
      } catch {
        // Still unavailable.
      }
    }
    known.cold = true;
    const at = clock.now();
    const waitMs = Math.max(0, slot - at);
    return { granted: true, slotId: 0, at, waitMs, dueMs: Math.max(waitMs, rules.leadMs) };
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
    async confirm({ bucket, slotId, due }) {
      const known = knownOf(bucket);
      const answer = { slotId, at: due, waitMs: 0, dueMs: 0 };
      // A slot of a share belongs to this instance alone, and the store does not know it.
      if (slotId === 0) return { granted: true, ...answer };
      if (usesShare(bucket)) return { granted: false, ...answer };
      try {
        const rest = [slotId, due + clockOf(known).offsetMs(), heldBackOf(bucket), '', 'known'];
        return await run(known, 'confirm', bucket, rest.map(String));
      } catch {
        // Nobody knows how late the calls before it are, and the others could not learn when this one is written.
        return { granted: false, ...answer };
      }
    },
    async settle({ bucket, slotId, arrivesBy, open }) {
      const known = knownOf(bucket);
      if (slotId === 0) return;
      const until = clock.now() + rules.windowMs;
      // One window later it no longer matters to any slot.
      while (clock.now() < until)
        try {
          const arrival = arrivesBy === undefined ? '' : String(arrivesBy + clockOf(known).offsetMs());
          await run(known, 'settle', bucket, [String(slotId), arrival, open ? 'open' : '', '', 'known']);
          return;
        } catch {
          await sleep(clock, lookAgainMs);
        }
    },
    learn(bucket, roundTripMs) {
      const known = knownOf(bucket);
      known.untold = [...known.untold, roundTripMs].slice(-maxUntold);
    },
    roundTrips(bucket) {
      const known = buckets.peek(bucket.id);
      return viewRoundTrips(known?.state?.trips, clock.now() + clockOf(known).offsetMs());
    },
    async penalise(bucket, retryAfterMs) {
      const known = knownOf(bucket);
      try {
        const after = retryAfterMs === undefined ? '' : String(retryAfterMs);
        await run(known, 'penalise', bucket, [after, '', '', '', 'known']);
      } catch {
        // Without the store, only this instance pauses.
        known.pausedUntil = clock.now() + Math.min(rules.maxAheadMs, retryAfterMs ?? rules.windowMs);
      }
    },
    view(bucket) {
      const known = buckets.peek(bucket.id);
      return viewState(known?.state, bucket, clock.now() + clockOf(known).offsetMs());
    },
  };
};

/** An idle bucket is forgotten once nothing in it matters any more; refusals and holds last the longest. */
const lifeMs = (bucket: Bucket): number => 2 * rules.refusalMemoryMs + windowOf(bucket);
