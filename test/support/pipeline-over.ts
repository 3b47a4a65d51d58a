import { createHosts } from '../../src/traffic/retry/hosts';
import { createRetryBudget } from '../../src/traffic/retry/retry-budget';
import { createMemoryWriteEpochs } from '../../src/traffic/cache/write-epochs';
import type { ScheduledCall, Send } from '../../src/traffic/calls/call';
import type { BulkheadLimits } from '../../src/traffic/limiter/bulkhead';
import { createLimiter } from '../../src/traffic/limiter/limiter';
import { createMemorySlots } from '../../src/traffic/limiter/memory-slots';
import { pipeline } from '../../src/traffic/pipeline';
import type { Clock } from '../../src/shared/clock';
import { silentMeter } from './calls';

/** The application's pipeline with another transport. */
export const pipelineOver = (
  clock: Clock,
  transport: Send<ScheduledCall>,
  connections?: BulkheadLimits,
): Send =>
  pipeline(
    {
      clock,
      random: () => 0.5,
      observer: () => undefined,
      cache: { writeEpochs: createMemoryWriteEpochs(clock), maxBytes: 1_000_000 },
      hosts: createHosts(clock),
      budget: createRetryBudget(),
      limiter: createLimiter({ slots: createMemorySlots(clock), clock, random: () => 0.5, connections }),
      hooks: silentMeter,
    },
    transport,
  );
