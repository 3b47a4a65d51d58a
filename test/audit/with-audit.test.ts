import { createOperationAudit } from '../../src/audit/operation-audit';
import { withAudit } from '../../src/audit/with-audit';
import { actionOf } from '../../src/audit/event';
import { Sentence } from '../../src/shared/sentence';
import { AppError } from '../../src/shared/errors';
import { memoryAudit } from '../support/audit';
import { keyRing } from '../support/key-ring';

const setUp = () => {
  const { audit, disk, events } = memoryAudit();
  const operationAudit = createOperationAudit({
    audit,
    now: () => 42,
    keys: keyRing('k1'),
    isBrand: () => true,
  })('key:shop');
  const run = <T>(action: Parameters<typeof withAudit<T>>[0]) =>
    withAudit(action, {
      audit: operationAudit,
      of: { brandId: '1004', operation: 'updateUserCard', target: ['card'], fields: [] },
      requestIds: () => ['08-1'],
    });
  const records = () =>
    events.map((event) => (event.kind === 'INTENT' ? event.kind : `${event.kind} ${event.outcome}`));
  return { run, disk, events, records };
};

describe('a write with audit records', () => {
  it('has its intent recorded before it is sent and its outcome afterwards, with one id', async () => {
    const { run, events, records } = setUp();
    const write = async (recordIntent: () => Promise<void>) => {
      const before = records().length;
      await recordIntent();
      expect(records().slice(before)).toEqual(['INTENT']);
      return 'done';
    };
    await expect(run(write)).resolves.toBe('done');
    await run(write);
    expect(records()).toEqual(['INTENT', 'MUTATION OK', 'INTENT', 'MUTATION OK']);
    const [first, second, third, fourth] = events.map(({ id }) => id);
    expect([second, fourth]).toEqual([first, third]);
    expect(first).not.toBe(third);
  });

  it('has one intent for all of its calls', async () => {
    const { run, records } = setUp();
    await run((recordIntent) => Promise.all([recordIntent(), recordIntent()]));
    expect(records()).toEqual(['INTENT', 'MUTATION OK']);
  });

  it('has an outcome and no intent if nothing would be sent', async () => {
    const { run, events, records } = setUp();
    const refused = new AppError('FORBIDDEN', 'no');
    await expect(run(() => Promise.reject(refused))).rejects.toBe(refused);
    expect([records(), events[0]?.id]).toEqual([['MUTATION FORBIDDEN'], undefined]);
  });

  it("has WeChat Pay's redacted sentence if it failed, in file and log", async () => {
    const { run, events } = setUp();
    const sentence = new Sentence('手机号 13812345678 有误');
    const refused = new AppError('MISCONFIGURED', 'no', {
      upstream: { status: 401, sentence, verified: false },
    });
    await expect(run(() => Promise.reject(refused))).rejects.toBe(refused);
    const [event] = events;
    expect(event).toMatchObject({ outcome: 'MISCONFIGURED', wechatMessages: ['手机号 … 有误'] });
    expect(event && actionOf(event)).toMatchObject({ wechatMessages: ['手机号 … 有误'] });
  });

  it('is not done if its intent cannot be recorded, and rejects with the reason', async () => {
    const { run, disk, records } = setUp();
    disk.full = true;
    let isSent = false;
    const error = await run(async (recordIntent) => {
      await recordIntent();
      isSent = true;
    }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'AUDIT_UNAVAILABLE', sent: false });
    expect([isSent, records()]).toEqual([false, []]);
  });

  it.each([
    ['succeeded', undefined],
    ['failed', new AppError('UPSTREAM_REJECTED', 'no', { sent: true })],
  ])('that %s returns its result even if its outcome cannot be recorded', async (_, error) => {
    const { run, disk, records } = setUp();
    const outcome = run(async (recordIntent) => {
      await recordIntent();
      disk.full = true;
      if (error !== undefined) throw error;
      return 'done';
    });
    await (error === undefined ? expect(outcome).resolves.toBe('done') : expect(outcome).rejects.toBe(error));
    expect(records()).toEqual(['INTENT']);
  });
});
