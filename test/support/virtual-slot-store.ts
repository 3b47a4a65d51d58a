import type { Redis } from '../../src/store/redis';
import { newBucketState, rules, windowOf, type BucketState } from '../../src/traffic/limiter/bucket-state';
import type { SlotAnswer } from '../../src/traffic/limiter/slot-store';
import { beatScript, leaveScript } from '../../src/traffic/limiter/fleet-scripts';
import { addRoundTrip } from '../../src/traffic/limiter/round-trips';
import { confirmSlot, penaliseBucket, reserveSlot, settleSlot } from '../../src/traffic/limiter/slots';
import type { Member } from '../../src/traffic/limiter/vanished-members';
import { aBucket } from './calls';
import type { FakeClock } from './fake-clock';

export interface VirtualSlotStore {
  readonly redis: Pick<Redis, 'run' | 'isCluster'>;
  /** Makes it unavailable and deletes its data. */
  kill(): void;
  start(): void;
}

/** A store in virtual time with the rules that the real one runs in Lua (redis-slots.test.ts compares them). */
export const virtualSlotStore = (clock: FakeClock): VirtualSlotStore => {
  let states = new Map<string, BucketState>();
  let fleet = new Map<string, Member>();
  let isUp = true;
  const run: Redis['run'] = (script, keys, args) => {
    if (!isUp) return Promise.reject(new Error('away'));
    if (script === leaveScript) {
      fleet.delete(String(args[0]));
      return Promise.resolve([1]);
    }
    return Promise.resolve(
      script === beatScript ? beat(fleet, args, clock.wallNow()) : onSlots(String(keys[0]), args),
    );
  };
  const onSlots = (key: string, [action, callsPerSecond, , , ...args]: readonly string[]) => {
    const bucket = aBucket(Number(callsPerSecond), key);
    const known = states.get(key);
    const state = known ?? newBucketState(bucket);
    states.set(key, state);
    // As the store's clock, which is read once per script.
    const now = clock.wallNow();
    let answer: SlotAnswer = { granted: false, slotId: 0, at: now, waitMs: 0, dueMs: 0 };
    const [first = '', second = '', third = '', fourth = '', fifth = '', sixth = '', trips = ''] = args;
    for (const trip of trips.split(' ')) if (trip !== '') addRoundTrip(state.trips, Number(trip), now);
    if (fifth === 'cold' || (fifth === 'known' && known === undefined))
      state.blockedUntil = Math.max(
        state.blockedUntil,
        now + windowOf(bucket) + rules.guardMs + rules.unknownMs,
      );
    if (action === 'reserve') {
      const spacing = second === 'pace' ? 'pace' : 'burst';
      answer = reserveSlot(
        state,
        {
          bucket,
          maxWaitMs: Number(first),
          spacing,
          latenessMs: Number(third),
          open: fourth === 'open',
          heldBack: Number(sixth),
        },
        now,
      );
    } else if (action === 'confirm')
      answer = confirmSlot(
        state,
        { bucket, slotId: Number(first), due: Number(second), heldBack: Number(third) },
        now,
      );
    else if (action === 'penalise')
      penaliseBucket(state, { bucket, retryAfterMs: first === '' ? undefined : Number(first) }, now);
    else
      settleSlot(
        state,
        {
          bucket,
          slotId: Number(first),
          arrivesBy: second === '' ? undefined : Number(second),
          open: third === 'open',
        },
        now,
      );
    return [
      answer.granted ? 1 : 0,
      String(answer.waitMs),
      String(answer.dueMs),
      String(now),
      JSON.stringify(state),
      String(answer.slotId),
    ];
  };
  return {
    redis: { run, isCluster: () => false },
    kill() {
      isUp = false;
      states = new Map();
      fleet = new Map();
    },
    start() {
      isUp = true;
    },
  };
};

/** The heartbeat's rules, as in Lua; fleet.test.ts holds the script to the same. */
const beat = (
  fleet: Map<string, Member>,
  [id = '', known, vanishedAfterMs, , , over, ...rest]: readonly string[],
  now: number,
): readonly unknown[] => {
  const silentSince = now - Number(vanishedAfterMs);
  const isKnown = fleet.has(id);
  for (const gone of rest.slice(0, Number(over)))
    if ((fleet.get(gone)?.beatAt ?? now) <= silentSince) fleet.delete(gone);
  const lost = rest.slice(Number(over));
  for (let index = 0; index < lost.length; index += 3) {
    const [other = '', agoMs, size] = lost.slice(index);
    if (!fleet.has(other))
      fleet.set(other, { id: other, beatAt: Math.min(silentSince, now - Number(agoMs)), size: Number(size) });
  }
  fleet.set(id, { id, beatAt: now, size: 0 });
  const size = Number(known) > 0 ? Math.min(fleet.size, Number(known)) : fleet.size;
  fleet.set(id, { id, beatAt: now, size });
  return [
    String(now),
    isKnown ? 1 : 0,
    ...[...fleet.values()].flatMap((member) => [member.id, String(member.beatAt), String(member.size)]),
  ];
};
