import type { Call, Reply } from '../../../src/traffic/calls/call';
import { createInFlightCalls } from '../../../src/traffic/cache/in-flight';
import { aCall, aReply } from '../../support/calls';

interface Started {
  readonly call: Call;
  readonly answer: (value: unknown) => void;
  readonly fail: (error: Error) => void;
}

const setUp = () => {
  const started: Started[] = [];
  const flights = createInFlightCalls();
  const join = (changes: Partial<Call>) =>
    flights.join(
      'card',
      aCall(changes),
      (call) =>
        new Promise<Reply>((resolve, reject) => {
          started.push({
            call,
            answer: (value) => {
              resolve(aReply(value, 0));
            },
            fail: reject,
          });
        }),
    );
  return { started, join };
};

describe('callers that miss together', () => {
  it('share one call, and each can leave without the others', async () => {
    const { started, join } = setUp();
    const leaver = new AbortController();
    const first = join({ deadline: 10, signal: leaver.signal });
    const second = join({ deadline: 20 });
    expect(started).toHaveLength(1);
    leaver.abort(new Error('left'));
    await expect(first).rejects.toThrow('left');
    expect(started[0]?.call.signal?.aborted).toBe(false);
    started[0]?.answer('A');
    expect((await second).data).toBe('A');
  });

  it('do not wait for a less urgent call: the urgent reply serves both, and the other call is aborted', async () => {
    const { started, join } = setUp();
    const bulk = join({ lane: 'bulk', deadline: 10 });
    const urgent = join({ lane: 'interactive', deadline: 10 });
    expect(started.map(({ call }) => call.lane)).toEqual(['bulk', 'interactive']);
    const later = join({ lane: 'interactive', deadline: 12 });
    expect(started).toHaveLength(2);
    started[1]?.answer('A');
    expect((await Promise.all([bulk, urgent, later])).map(({ data }) => data)).toEqual(['A', 'A', 'A']);
    expect(started[0]?.call.signal?.aborted).toBe(true);
  });

  it('do not wait for one that may take longer than their own deadline', async () => {
    const { started, join } = setUp();
    const patient = join({ deadline: 1_000 });
    const hasty = join({ deadline: 10 });
    expect(started).toHaveLength(2);
    started[1]?.fail(new Error('too late'));
    await expect(hasty).rejects.toThrow('too late');
    started[0]?.answer('A');
    expect((await patient).data).toBe('A');
  });

  it("try again if the first caller's deadline ended the call", async () => {
    const { started, join } = setUp();
    const hasty = join({ deadline: 10 });
    const patient = join({ lane: 'bulk', deadline: 1_000 });
    started[0]?.fail(new Error('too late'));
    await expect(hasty).rejects.toThrow('too late');
    expect(started).toHaveLength(2);
    started[1]?.answer('B');
    expect((await patient).data).toBe('B');
  });
});
