import { AppError } from '../../shared/errors';
import type { CachePart, Call, Reply, Send, WriteRule } from '../calls/call';
import type { WriteEpochs } from './write-epochs';

export interface WriteThroughDeps {
  readonly writeEpochs: WriteEpochs;
  /** Caches the objects found in a reply under the epoch. */
  readonly keepParts: (found: readonly CachePart[], epoch: number, reply: Reply) => Promise<void>;
}

/** Sends a write: invalidates what was read before it, and caches the objects in its reply. */
export const createWriteThrough = ({ writeEpochs, keepParts }: WriteThroughDeps) => {
  /** The epoch of each subject when the write began; `since` also covers subjects that only the reply reveals. */
  const begin = async (subjects: readonly string[]) => {
    const epochs = new Map(
      await Promise.all(
        subjects.map(async (subject) => [subject, await writeEpochs.begin(subject)] as const),
      ),
    );
    const [first] = epochs.values();
    return { epochs, since: first ?? (await writeEpochs.begin(undefined)) };
  };

  /** Orders retries of writes to one object; writes to other objects of the subject do not block them. */
  const fence = async (names: readonly string[]) => {
    const { epochs, since } = await begin(names);
    const [first] = names;
    return {
      // Every process raises every alias, so a single alias shows all writes.
      isNewest: async (): Promise<boolean> =>
        first === undefined || (await writeEpochs.read(first)).epoch <= since,
      end: (act: (name: string, since: number) => Promise<unknown>): Promise<void> =>
        each(names, async (name) => {
          await act(name, epochs.get(name) ?? since);
        }),
    };
  };

  return async (call: Call, rule: WriteRule, next: Send): Promise<Reply> => {
    const subjects = rule.subjects();
    const [{ epochs, since }, object] = await Promise.all([
      begin(subjects),
      rule.object === undefined ? undefined : fence(rule.object()),
    ]);
    const [subject] = subjects;
    const isNewestWrite = async (): Promise<boolean> =>
      object !== undefined
        ? object.isNewest()
        : subject === undefined || (await writeEpochs.read(subject)).epoch <= since;
    let reply: Reply;
    try {
      reply = await next({ ...call, isNewestWrite });
    } catch (error) {
      if (certainlyNotDone(error)) {
        await each([...epochs.keys()], (one) => writeEpochs.abort(one));
        await object?.end((name) => writeEpochs.abort(name));
      } else {
        await each([...epochs.keys(), ...rule.subjects()], async (one) => {
          const epoch = await writeEpochs.markUnknown(one);
          call.stats?.wrote(one, epoch);
        });
        await object?.end((name) => writeEpochs.markUnknown(name));
      }
      throw error;
    }
    const found = partsOf(rule, reply);
    await Promise.all([
      object?.end((name, begun) => writeEpochs.commit(name, begun)),
      each(
        [...epochs.keys(), ...rule.subjects(reply.data), ...found.flatMap(({ subjects: named }) => named)],
        async (one) => {
          const { epoch, alone } = await writeEpochs.commit(one, epochs.get(one) ?? since);
          call.stats?.wrote(one, epoch);
          const parts = found.filter(({ subjects: [first] }) => first === one);
          // Overlapping writes have no known order, so nothing is cached and the next read asks the upstream.
          if (alone) await keepParts(parts, epoch, reply);
        },
      ),
    ]);
    return reply;
  };
};

/** The write is done even if its reply cannot be read; then nothing is cached. */
const partsOf = (rule: WriteRule, { data }: Reply): readonly CachePart[] => {
  try {
    return rule.parts(data);
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
};

const each = async (subjects: readonly string[], act: (subject: string) => Promise<void>): Promise<void> => {
  await Promise.all([...new Set(subjects)].map(act));
};

/** Never sent, or refused under WeChat Pay's signature. Anything less proves nothing about a write. */
const certainlyNotDone = (error: unknown): boolean =>
  error instanceof AppError &&
  error.code !== 'OUTCOME_UNKNOWN' &&
  (error.upstream === undefined ? !error.sent : error.upstream.verified && error.upstream.status < 500);
