import { AppError } from '../../../src/shared/errors';
import type { Call } from '../../../src/traffic/calls/call';
import { intentFirst } from '../../../src/traffic/calls/intent';
import { pipelineOver } from '../../support/pipeline-over';
import { aCall, aReply } from '../../support/calls';
import { fakeClock } from '../../support/fake-clock';

const setUp = () => {
  const steps: string[] = [];
  const send = (changes: Partial<Call>) =>
    intentFirst((call) => {
      steps.push(`${call.access} sent`);
      return Promise.resolve(aReply({}, 0));
    })(aCall(changes));
  return { steps, send };
};

describe('a call that writes', () => {
  it('is sent after its intent is recorded', async () => {
    const { steps, send } = setUp();
    let recorded: () => void = () => undefined;
    const sending = send({
      access: 'write',
      recordIntent: () =>
        new Promise((resolve) => {
          recorded = resolve;
        }),
    });
    await new Promise(setImmediate);
    expect(steps).toEqual([]);
    recorded();
    await sending;
    expect(steps).toEqual(['write sent']);
  });

  it('is not sent if its intent cannot be recorded', async () => {
    const { steps, send } = setUp();
    const full = new AppError('AUDIT_UNAVAILABLE', 'the disk is full');
    await expect(send({ access: 'write', recordIntent: () => Promise.reject(full) })).rejects.toBe(full);
    expect(steps).toEqual([]);
  });

  it('is not sent without a way to record its intent', async () => {
    const { steps, send } = setUp();
    await expect(send({ access: 'write' })).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(steps).toEqual([]);
  });

  it("takes no slot before its intent is recorded, in the application's pipeline", async () => {
    const clock = fakeClock();
    const wired: Call[] = [];
    const send = pipelineOver(clock, (call) => {
      wired.push(call);
      return Promise.resolve(aReply({}, clock.now()));
    });
    const write = aCall({ access: 'write', idempotency: 'unsafe', deadline: clock.now() + 1_000 });
    const full = new AppError('AUDIT_UNAVAILABLE', 'the disk is full');
    for (let count = 0; count < 20; count += 1)
      await expect(send({ ...write, recordIntent: () => Promise.reject(full) })).rejects.toBe(full);
    await clock.until(send({ ...write, recordIntent: () => Promise.resolve() }));
    expect(wired).toHaveLength(1);
  });
});

describe('a call that reads', () => {
  it('needs no intent', async () => {
    const { steps, send } = setUp();
    await send({ access: 'read' });
    expect(steps).toEqual(['read sent']);
  });
});
