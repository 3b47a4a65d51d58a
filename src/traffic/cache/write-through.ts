import { AppError } from '../../shared/errors';
import type { CachePart, Call, Reply, Send, WriteRule } from '../call';
import type { Register } from './register';

export interface WriteThroughParts {
  readonly register: Register;
  /** Keeps what an answer holds, as read under the epoch. */
  readonly keepParts: (found: readonly CachePart[], epoch: number, reply: Reply) => Promise<void>;
}

/** Lets a write through: outdates what was read before it, and keeps what its answer tells. */
export const createWriteThrough = ({ register, keepParts }: WriteThroughParts) => {
  /** The epoch of each subject, and of what is not known yet, when the write began. */
  const begin = async (subjects: readonly string[]) => {
    const epochs = new Map(
      await Promise.all(subjects.map(async (subject) => [subject, await register.begin(subject)] as const)),
    );
    const [first] = epochs.values();
    return { epochs, since: first ?? (await register.begin(undefined)) };
  };

  return async (call: Call, rule: WriteRule, next: Send): Promise<Reply> => {
    const [subject, ...aliases] = rule.subjects();
    const { epochs, since } = await begin(subject === undefined ? [] : [subject, ...aliases]);
    // Every process outdates every alias, so that one of them tells of all writes.
    const stillNewest = async (): Promise<boolean> =>
      subject === undefined || (await register.read(subject)).epoch <= since;
    let reply: Reply;
    let found: readonly CachePart[];
    try {
      reply = await next({ ...call, stillNewest });
      found = rule.parts(reply.data);
    } catch (error) {
      if (certainlyNotDone(error)) await each([...epochs.keys()], (one) => register.abandon(one));
      else
        await each([...epochs.keys(), ...rule.subjects()], async (one) => {
          const epoch = await register.doubt(one);
          call.tally?.wrote(one, epoch);
        });
      throw error;
    }
    await each(
      [...epochs.keys(), ...rule.subjects(), ...found.flatMap(({ subjects }) => subjects)],
      async (one) => {
        const { epoch, alone } = await register.commit(one, epochs.get(one) ?? since);
        call.tally?.wrote(one, epoch);
        const parts = found.filter(({ subjects }) => subjects[0] === one);
        // Another write overlapped: whose answer is the later state is unknown, so the next read asks.
        if (alone) await keepParts(parts, epoch, reply);
      },
    );
    return reply;
  };
};

const each = async (subjects: readonly string[], act: (subject: string) => Promise<void>): Promise<void> => {
  await Promise.all([...new Set(subjects)].map(act));
};

/** Never sent, or refused under WeChat Pay's signature. Anything less proves nothing about a write. */
const certainlyNotDone = (error: unknown): boolean =>
  error instanceof AppError &&
  error.code !== 'OUTCOME_UNKNOWN' &&
  (error.upstream === undefined ? !error.sent : error.upstream.verified && error.upstream.status < 500);
