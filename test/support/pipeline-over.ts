import { createHosts } from '../../src/traffic/attempts/hosts';
import { createRetryBudget } from '../../src/traffic/attempts/retry-budget';
import { createMemoryRegister } from '../../src/traffic/cache/register';
import type { Send } from '../../src/traffic/call';
import { createLimiter } from '../../src/traffic/limiter/limiter';
import { createMemorySlots } from '../../src/traffic/limiter/memory-slots';
import { pipeline } from '../../src/traffic/pipeline';
import type { Clock } from '../../src/shared/clock';
import { silentMeter } from './calls';

/** The pipeline of the application, over something in place of the wire. */
export const pipelineOver = (clock: Clock, wire: Send): Send =>
  pipeline(
    {
      clock,
      random: () => 0.5,
      observer: () => undefined,
      cache: { register: createMemoryRegister(clock), mostBytes: 1_000_000 },
      hosts: createHosts(clock),
      budget: createRetryBudget(),
      limiter: createLimiter({ slots: createMemorySlots(clock), clock, random: () => 0.5 }),
      meter: silentMeter,
    },
    wire,
  );
