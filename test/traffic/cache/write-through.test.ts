import { AppError } from '../../../src/shared/errors';
import { cache } from '../../../src/traffic/cache/cache';
import { createMemoryWriteEpochs, type WriteEpochs } from '../../../src/traffic/cache/write-epochs';
import type { SubjectAliases, Call, Reply } from '../../../src/traffic/calls/call';
import { aCall, aReply } from '../../support/calls';
import { fakeClock } from '../../support/fake-clock';

/** An upstream with one object, whose writes end when the test says so. */
const setUp = () => {
  const clock = fakeClock();
  const ends: ((error?: AppError) => void)[] = [];
  let value = 0;
  const send = cache({
    clock,
    random: () => 0.5,
    writeEpochs: createMemoryWriteEpochs(clock),
    maxBytes: 1_000_000,
  })(async (call: Call): Promise<Reply> => {
    if (call.access === 'read') return aReply(value, clock.now());
    const error = await new Promise<AppError | undefined>((resolve) => ends.push(resolve));
    value += 1;
    if (error !== undefined) throw error;
    return aReply(value, clock.now());
  });
  const read = async (subject: string): Promise<unknown> =>
    (await clock.until(send(aCall({ cache: { kind: 'userCard', key: subject, subject } })))).data;
  const write = (subjects: () => SubjectAliases): Promise<unknown> =>
    send(
      aCall({
        access: 'write',
        idempotency: 'set',
        writes: {
          subjects,
          parts: (data) => [{ kind: 'userCard', key: subjects()[0], subjects: subjects(), data }],
        },
      }),
    ).catch((error: unknown) => error);
  const writeUnreadably = (subject: string): Promise<unknown> =>
    send(
      aCall({
        access: 'write',
        idempotency: 'set',
        writes: {
          subjects: () => [subject],
          parts: () => {
            throw new AppError('UPSTREAM_MALFORMED', 'x', { sent: true });
          },
        },
      }),
    );
  const end = async (error?: AppError): Promise<void> => {
    await clock.advance(0);
    ends.shift()?.(error);
    await clock.advance(0);
  };
  return { read, write, writeUnreadably, end };
};

const unknown = new AppError('OUTCOME_UNKNOWN', 'x', { sent: true });

describe('a write to a subject with several names', () => {
  it.each(['first', 'second'])('invalidates what was read under the %s one', async (name) => {
    const { read, write, end } = setUp();
    expect(await read(name)).toBe(0);
    const writing = write(() => ['first', 'second']);
    await end();
    await writing;
    expect(await read(name)).toBe(1);
  });

  it('caches its reply under the first one', async () => {
    const { read, write, end } = setUp();
    const writing = write(() => ['first', 'second']);
    await end();
    await writing;
    const another = write(() => ['elsewhere']);
    await end();
    await another;
    expect([await read('first'), await read('second')]).toEqual([1, 2]);
  });

  it.each([
    ['succeeds', undefined],
    ['ends as nobody knows', unknown],
  ])('invalidates the names that it has when it %s', async (_, error) => {
    const { read, write, end } = setUp();
    let names: SubjectAliases = ['old'];
    const writing = write(() => names);
    names = ['new', 'old'];
    // From before the write, and kept: by this name no write is under way.
    expect(await read('new')).toBe(0);
    await end(error);
    await writing;
    expect(await read('new')).toBe(1);
  });
});

describe('a retry of a write', () => {
  const other = 'of another object';
  const writing = (writeEpochs: WriteEpochs) => {
    const calls: { readonly call: Call; readonly end: (error?: AppError) => void }[] = [];
    const send = cache({ clock: fakeClock(), random: () => 0.5, writeEpochs, maxBytes: 1_000_000 })(
      (call) =>
        new Promise((resolve, reject) =>
          calls.push({
            call,
            end(error) {
              if (error === undefined) resolve(aReply({}, 0));
              else reject(error);
            },
          }),
        ),
    );
    return async (object: string) => {
      const done = send(
        aCall({
          access: 'write',
          idempotency: 'set',
          writes: { subjects: () => ['member'], object: () => [object], parts: () => [] },
        }),
      ).catch(() => undefined);
      while (calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
      const [{ call, end }] = calls.splice(0) as [(typeof calls)[number]];
      return {
        mayBeRepeated: () => call.isNewestWrite?.(),
        end: async (error?: AppError) => {
          end(error);
          await done;
        },
      };
    };
  };

  it.each([undefined, unknown])(
    'is held back by a newer write to its object, not to another of the member',
    async (error) => {
      const write = writing(createMemoryWriteEpochs(fakeClock()));
      const older = await write('card');
      const beside = await write(other);
      expect(await older.mayBeRepeated()).toBe(true);
      await beside.end(error);
      expect(await older.mayBeRepeated()).toBe(true);
      const newer = await write('card');
      expect(await older.mayBeRepeated()).toBe(false);
      expect(await newer.mayBeRepeated()).toBe(true);
      await newer.end(error);
      expect(await older.mayBeRepeated()).toBe(false);
    },
  );
});

describe('a write whose response cannot be read', () => {
  it('is done: earlier reads are invalid, and later reads are cached', async () => {
    const { read, writeUnreadably, end } = setUp();
    expect(await read('card')).toBe(0);
    const done = writeUnreadably('card');
    await end();
    expect(await done).toMatchObject({ data: 1 });
    expect(await read('card')).toBe(1);
  });
});

describe('a write after one with an unknown outcome', () => {
  it('caches nothing while the earlier one may still take effect', async () => {
    const { read, write, end } = setUp();
    const doubtful = write(() => ['card']);
    await end(unknown);
    await doubtful;
    const writing = write(() => ['card']);
    await end();
    await writing;
    const another = write(() => ['elsewhere']);
    await end();
    await another;
    expect(await read('card')).toBe(3);
  });
});
