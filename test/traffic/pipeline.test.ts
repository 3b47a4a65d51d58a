import { createHosts } from '../../src/traffic/attempts/hosts';
import { createRetryBudget } from '../../src/traffic/attempts/retry-budget';
import { createMemoryRegister } from '../../src/traffic/cache/register';
import type { Call } from '../../src/traffic/call';
import { createLimiter } from '../../src/traffic/limiter/limiter';
import { createMemorySlots } from '../../src/traffic/limiter/memory-slots';
import { pipeline } from '../../src/traffic/pipeline';
import { aCall, aReply } from '../support/calls';
import { fakeClock } from '../support/fake-clock';

describe('the order of the policies', () => {
  it('has the right to a brand above the cache and above calls that are shared', async () => {
    const clock = fakeClock();
    const wired: Call[] = [];
    const send = pipeline(
      {
        clock,
        random: () => 0.5,
        observer: () => undefined,
        cache: { register: createMemoryRegister(clock), mostBytes: 1_000_000 },
        hosts: createHosts(clock),
        budget: createRetryBudget(),
        limiter: createLimiter({ slots: createMemorySlots(clock), clock, random: () => 0.5 }),
      },
      async (call) => {
        wired.push(call);
        await new Promise<void>((resolve) => clock.after(100, resolve));
        return aReply({ level: 'gold' }, clock.now());
      },
    );
    const cache = { kind: 'userCard', key: 'card', subject: 'cards' } as const;
    const may = aCall({ cache, deadline: clock.now() + 60_000 });
    const mayNot = { ...may, caller: 'other', mayReach: () => false };

    const underWay = send(may);
    await expect(send(mayNot)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await clock.until(underWay);
    await expect(send(may)).resolves.toMatchObject({ data: { level: 'gold' } });
    await expect(send(mayNot)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(wired).toHaveLength(1);
  });
});
