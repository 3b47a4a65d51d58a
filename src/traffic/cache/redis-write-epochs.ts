import type { Clock } from '../../shared/clock';
import type { Redis } from '../../store/redis';
import { createMemoryWriteEpochs, type WriteEpochs, type SubjectState } from './write-epochs';
import { floorScript, writeEpochsScript } from './write-epochs.lua';
import { keepMostRecent } from '../../shared/most-recent';

export interface RedisWriteEpochsDeps {
  readonly redis: Redis;
  readonly clock: Clock;
}

/** The store's last reply about a subject. */
interface StoreState {
  readonly epoch: number;
  /** Clock times in ms of this process. */
  readonly unsettledUntil: number;
  readonly at: number;
  /** Epoch from which on the store remembers the subject's writes. */
  readonly since: number;
}

/**
 * How long a reply of the store is trusted, ms. A process that missed another's write serves its own entry no longer than
 * that.
 */
const confirmMs = 1_000;
const maxSubjects = 200_000;
/** How soon writes that the store missed are published again, ms: until then, others serve what they have. */
const publishAgainMs = 100;

/**
 * Write epochs of a fleet, in Redis. Every process also keeps its own epochs: its writes apply to itself at once, and to
 * the fleet as soon as the store is back.
 */
export const createRedisWriteEpochs = ({ redis, clock }: RedisWriteEpochsDeps): WriteEpochs => {
  const own = createMemoryWriteEpochs(clock);
  const storeStates = keepMostRecent<StoreState>(maxSubjects);
  const asking = new Map<string, Promise<StoreState>>();
  /** Subjects written while the store was unavailable. */
  const pendingWrites = new Set<string>();
  let willPublish = false;
  const floor = createFloor(redis);

  const run = async (action: string, subject: string, min = 0, more = 0) => {
    const [epoch, unsettledMs, alone, now, since] = await redis.run(
      writeEpochsScript,
      [`epoch:{${subject}}`],
      [action, String(min), String(more)],
    );
    const state = {
      epoch: Number(epoch),
      unsettledUntil: clock.now() + Number(unsettledMs),
      at: clock.now(),
      since: Number(since),
    };
    storeStates.set(subject, state);
    return { state, alone: alone === 1, now: Number(now) };
  };

  const flushPending = async (): Promise<void> => {
    await Promise.all(
      [...pendingWrites].map(async (subject) => {
        // Removed first: a later write of the subject publishes itself.
        pendingWrites.delete(subject);
        try {
          await run('raise', subject, own.peek(subject).epoch, own.unsettledMs(subject));
        } catch (error) {
          pendingWrites.add(subject);
          throw error;
        }
      }),
    );
  };
  /** Publishes it once the store is back, even if this process does not use the store until then. */
  const keepPending = (subject: string): void => {
    pendingWrites.add(subject);
    publishLater();
  };
  const publishLater = (): void => {
    if (willPublish || pendingWrites.size === 0) return;
    willPublish = true;
    clock.after(publishAgainMs, () => {
      willPublish = false;
      if (redis.up()) flushPending().then(publishLater, publishLater);
      else publishLater();
    });
  };

  /** Publishes pending writes before it runs the action. */
  const remote = async (action: string, subject: string, min = 0, more = 0) => {
    await floor.learn();
    if (pendingWrites.size > 0) await flushPending();
    return run(action, subject, min, more);
  };

  const ask = (subject: string): Promise<StoreState> => {
    const underway = asking.get(subject);
    if (underway !== undefined) return underway;
    const answer = remote('read', subject)
      .then(({ state }) => state)
      .finally(() => asking.delete(subject));
    asking.set(subject, answer);
    return answer;
  };

  /** The store's state of the subject, at most `confirmMs` old; `undefined` if the store is unavailable. */
  const confirmed = async (subject: string, seen: number): Promise<StoreState | undefined> =>
    recentStoreState(subject, seen) ?? ask(subject).catch(() => undefined);

  const recentStoreState = (subject: string, seen: number): StoreState | undefined => {
    const last = storeStates.get(subject);
    return last !== undefined && clock.now() - last.at < confirmMs && last.epoch >= seen && floor.isKnown()
      ? last
      : undefined;
  };

  const stateOf = (
    subject: string,
    last: StoreState | undefined,
    seen: number,
  ): Omit<SubjectState, 'sure'> => {
    const mine = own.peek(subject);
    const epoch = Math.max(mine.epoch, last?.epoch ?? 0);
    return {
      epoch: Math.max(epoch, seen),
      settled: epoch >= seen && mine.settled && clock.now() >= (last?.unsettledUntil ?? 0),
      floor: Math.max(floor.last(), last?.since ?? 0),
    };
  };

  /** Keeps the write pending if the store is unavailable; whether another write overlapped is then unknown. */
  const tryStore = async (subject: string, action: string, min: number, more = 0) => {
    if (pendingWrites.has(subject)) return undefined;
    try {
      const answer = await remote(action, subject, min, more);
      own.raise(subject, answer.state.epoch);
      return answer;
    } catch {
      keepPending(subject);
      return undefined;
    }
  };

  return {
    async read(subject, seen = 0) {
      const answer = await confirmed(subject, seen);
      return { ...stateOf(subject, answer ?? storeStates.get(subject), seen), sure: answer !== undefined };
    },
    peek(subject) {
      const last = recentStoreState(subject, 0);
      return last && { ...stateOf(subject, last, 0), sure: true };
    },
    async begin(subject) {
      if (subject === undefined)
        // Without the store's time, no entry can be known to be older.
        return remote('read', 'now').then(
          ({ now }) => now,
          () => -1,
        );
      const epoch = await own.begin(subject);
      const answer = await tryStore(subject, 'begin', epoch);
      return answer?.state.epoch ?? epoch;
    },
    async commit(subject, since) {
      const mine = await own.commit(subject, since);
      const answer = await tryStore(subject, 'commit', mine.epoch, since);
      return answer === undefined
        ? { epoch: mine.epoch, alone: false }
        : { epoch: answer.state.epoch, alone: mine.alone && answer.alone };
    },
    async abort(subject) {
      await own.abort(subject);
      await tryStore(subject, 'abandon', 0);
    },
    async markUnknown(subject) {
      const epoch = await own.markUnknown(subject);
      const answer = await tryStore(subject, 'doubt', epoch);
      return answer?.state.epoch ?? epoch;
    },
  };
};

/** The epoch from which on the running servers remember every write that they do remember. */
const createFloor = (redis: Redis) => {
  let floor = 0;
  let run: string | undefined;
  return {
    isKnown: () => run !== undefined && redis.runId() === run,
    last: () => floor,
    async learn(): Promise<void> {
      const current = redis.runId();
      if (current === run && run !== undefined) return;
      const [answer] = await redis.run(floorScript, [`floor:{${current ?? ''}}`], []);
      floor = Number(answer);
      run = current;
    },
  };
};
