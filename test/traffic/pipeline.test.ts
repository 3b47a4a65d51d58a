import type { Call } from '../../src/traffic/calls/call';
import { aCall, aReply } from '../support/calls';
import { fakeClock } from '../support/fake-clock';
import { pipelineOver } from '../support/pipeline-over';

describe('the order of the policies', () => {
  it('checks brand access above the cache and above shared calls', async () => {
    const clock = fakeClock();
    const wired: Call[] = [];
    const send = pipelineOver(clock, async (call) => {
      wired.push(call);
      await new Promise<void>((resolve) => clock.after(100, resolve));
      return aReply({ level: 'gold' }, clock.now());
    });
    const cache = { kind: 'userCard', key: 'card', subject: 'cards' } as const;
    const may = aCall({ cache, deadline: clock.now() + 60_000 });
    const mayNot = { ...may, caller: 'other', canAccess: () => false };

    const underWay = send(may);
    await expect(send(mayNot)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await clock.until(underWay);
    await expect(send(may)).resolves.toMatchObject({ data: { level: 'gold' } });
    await expect(send(mayNot)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(wired).toHaveLength(1);
  });
});
