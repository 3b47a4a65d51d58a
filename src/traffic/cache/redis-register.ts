import { LRUCache } from 'lru-cache';
import type { Clock } from '../../shared/clock';
import type { Redis } from '../../store/redis';
import { createMemoryRegister, type Register, type SubjectState } from './register';
import { floorScript, registerScript } from './register.lua';

export interface RedisRegisterParts {
  readonly redis: Redis;
  readonly clock: Clock;
}

/** What the store last said of a subject. */
interface Said {
  readonly epoch: number;
  /** Clock times in ms of this process. */
  readonly unsettledUntil: number;
  readonly at: number;
}

/**
 * An answer of the store is believed for this long, ms: a process that does not know of another's write serves what it
 * holds no longer than that.
 */
export const confirmMs = 1_000;
const mostSubjects = 200_000;

/**
 * The register of a fleet. Every process also keeps its own, so that its writes hold for itself at once, and for all as
 * soon as the store is back.
 */
export const createRedisRegister = ({ redis, clock }: RedisRegisterParts): Register => {
  const own = createMemoryRegister(clock);
  const said = new LRUCache<string, Said>({ max: mostSubjects });
  const asking = new Map<string, Promise<Said>>();
  /** Written while the store was away. */
  const untold = new Set<string>();
  const floor = createFloor(redis);

  const run = async (action: string, subject: string, least = 0, more = 0) => {
    const [epoch, unsettledMs, alone, now] = await redis.run(
      registerScript,
      [`wxm:epoch:{${subject}}`],
      [action, String(least), String(more)],
    );
    const state = {
      epoch: Number(epoch),
      unsettledUntil: clock.now() + Number(unsettledMs),
      at: clock.now(),
    };
    said.set(subject, state);
    return { state, alone: alone === 1, now: Number(now) };
  };

  const tell = async (): Promise<void> => {
    await Promise.all(
      [...untold].map(async (subject) => {
        // What happens to the subject from here on tells itself.
        untold.delete(subject);
        try {
          await run('raise', subject, own.peek(subject).epoch, own.unsettledMs(subject));
        } catch (error) {
          untold.add(subject);
          throw error;
        }
      }),
    );
  };

  /** Only after the store has heard of what happened without it. */
  const remote = async (action: string, subject: string, least = 0, more = 0) => {
    await floor.learn();
    if (untold.size > 0) await tell();
    return run(action, subject, least, more);
  };

  const ask = (subject: string): Promise<Said> => {
    const underway = asking.get(subject);
    if (underway !== undefined) return underway;
    const answer = remote('read', subject)
      .then(({ state }) => state)
      .finally(() => asking.delete(subject));
    asking.set(subject, answer);
    return answer;
  };

  /** What the store says now, or said a moment ago; `undefined` where it is away. */
  const confirmed = async (subject: string, seen: number): Promise<Said | undefined> =>
    saidLately(subject, seen) ?? ask(subject).catch(() => undefined);

  const saidLately = (subject: string, seen: number): Said | undefined => {
    const last = said.get(subject);
    return last !== undefined && clock.now() - last.at < confirmMs && last.epoch >= seen && floor.isKnown()
      ? last
      : undefined;
  };

  const stateOf = (subject: string, last: Said | undefined, seen: number): Omit<SubjectState, 'sure'> => {
    const mine = own.peek(subject);
    const epoch = Math.max(mine.epoch, last?.epoch ?? 0);
    return {
      epoch: Math.max(epoch, seen),
      settled: epoch >= seen && mine.settled && clock.now() >= (last?.unsettledUntil ?? 0),
      floor: floor.last(),
    };
  };

  /** A write that could not be told stays to be told; whether it was alone is then unknown. */
  const aside = async (subject: string, action: string, least: number, more = 0) => {
    if (untold.has(subject)) return undefined;
    try {
      const answer = await remote(action, subject, least, more);
      own.raise(subject, answer.state.epoch);
      return answer;
    } catch {
      untold.add(subject);
      return undefined;
    }
  };

  return {
    async read(subject, seen = 0) {
      const answer = await confirmed(subject, seen);
      return { ...stateOf(subject, answer ?? said.get(subject), seen), sure: answer !== undefined };
    },
    peek(subject) {
      const last = saidLately(subject, 0);
      return last && { ...stateOf(subject, last, 0), sure: true };
    },
    async begin(subject) {
      if (subject === undefined)
        // Without the store's time nothing is known to be older.
        return remote('read', 'now').then(
          ({ now }) => now,
          () => -1,
        );
      const epoch = await own.begin(subject);
      const answer = await aside(subject, 'begin', epoch);
      return answer?.state.epoch ?? epoch;
    },
    async commit(subject, since) {
      const mine = await own.commit(subject, since);
      const answer = await aside(subject, 'commit', mine.epoch, since);
      return answer === undefined
        ? { epoch: mine.epoch, alone: false }
        : { epoch: answer.state.epoch, alone: mine.alone && answer.alone };
    },
    async abandon(subject) {
      await own.abandon(subject);
      await aside(subject, 'abandon', 0);
    },
    async doubt(subject) {
      const epoch = await own.doubt(subject);
      const answer = await aside(subject, 'doubt', epoch);
      return answer?.state.epoch ?? epoch;
    },
  };
};

/** From when on the server that answers now remembers everything. */
const createFloor = (redis: Redis) => {
  let floor = 0;
  let run: string | undefined;
  let known = false;
  redis.client.on('ready', () => {
    known = false;
  });
  return {
    isKnown: () => known,
    last: () => floor,
    async learn(): Promise<void> {
      if (known) return;
      const info = await redis.ask((client) => client.info('server'));
      const current = /^run_id:(\w+)/m.exec(info)?.[1] ?? '';
      if (current !== run) {
        const [answer] = await redis.run(floorScript, [`wxm:floor:{${current}}`], []);
        floor = Number(answer);
        run = current;
      }
      known = true;
    },
  };
};
