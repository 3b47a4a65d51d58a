import { AppError } from '../../../src/shared/errors';
import { cache } from '../../../src/traffic/cache/cache';
import { createMemoryRegister } from '../../../src/traffic/cache/register';
import type { Aliases, Call, Reply } from '../../../src/traffic/call';
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
    register: createMemoryRegister(clock),
    mostBytes: 1_000_000,
  })(async (call: Call): Promise<Reply> => {
    if (call.access === 'read') return aReply(value, clock.now());
    const error = await new Promise<AppError | undefined>((resolve) => ends.push(resolve));
    value += 1;
    if (error !== undefined) throw error;
    return aReply(value, clock.now());
  });
  const read = async (subject: string): Promise<unknown> =>
    (await clock.until(send(aCall({ cache: { kind: 'userCard', key: subject, subject } })))).data;
  const write = (subjects: () => Aliases): Promise<unknown> =>
    send(
      aCall({
        access: 'write',
        repeat: 'absolute',
        writes: {
          subjects,
          parts: (data) => [{ kind: 'userCard', key: subjects()[0], subjects: subjects(), data }],
        },
      }),
    ).catch((error: unknown) => error);
  const end = async (error?: AppError): Promise<void> => {
    await clock.advance(0);
    ends.shift()?.(error);
    await clock.advance(0);
  };
  return { read, write, end };
};

const unknown = new AppError('OUTCOME_UNKNOWN', 'x', { sent: true });

describe('a write to a subject with several names', () => {
  it.each(['first', 'second'])('outdates what was read by the %s one', async (name) => {
    const { read, write, end } = setUp();
    expect(await read(name)).toBe(0);
    const writing = write(() => ['first', 'second']);
    await end();
    await writing;
    expect(await read(name)).toBe(1);
  });

  it('leaves what its answer tells under the first one', async () => {
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
  ])('outdates the names that it has by the time it %s', async (_, error) => {
    const { read, write, end } = setUp();
    let names: Aliases = ['old'];
    const writing = write(() => names);
    names = ['new', 'old'];
    // From before the write, and kept: by this name no write is under way.
    expect(await read('new')).toBe(0);
    await end(error);
    await writing;
    expect(await read('new')).toBe(1);
  });
});

describe('a write after one of which nobody knows', () => {
  it('keeps nothing of its answer while the earlier one may still land', async () => {
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
