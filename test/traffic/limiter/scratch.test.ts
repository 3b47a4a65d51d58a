import type { Clock } from '../../../src/shared/clock';
import {
  SlotMissed,
  type Attempt,
  type Reply,
  type ScheduledCall,
  type Send,
} from '../../../src/traffic/calls/call';
import { createLimiter } from '../../../src/traffic/limiter/limiter';
import { createRedisSlots } from '../../../src/traffic/limiter/redis-slots';
import { aBucket, anAttempt, aReply } from '../../support/calls';
import { aFleet } from '../../support/a-fleet';
import { fakeClock } from '../../support/fake-clock';
import { virtualSlotStore } from '../../support/virtual-slot-store';

const limit = 5;
const bucket = aBucket(limit);
const wait = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => void clock.after(ms, resolve));
let seed = 1;
const rnd = () => {
  seed = (seed * 1103515245 + 12345) & 0x7fffffff;
  return ((seed >> 8) % 1_000_000) / 1_000_000;
};
interface Run {
  kind: 'chunk' | 'conn' | 'none';
  work: number;
  processes: number;
  forMs: number;
  cold: number;
  store: number;
  outstanding: number;
}
const run = async ({ kind, work, processes, forMs, cold, store, outstanding }: Run) => {
  const clock = fakeClock();
  const start = clock.now();
  const vs = virtualSlotStore(clock);
  let asked = 0;
  const redis = {
    ...vs.redis,
    run: async (...a: Parameters<typeof vs.redis.run>) => {
      asked += 1;
      if (store > 0) await wait(clock, store * rnd());
      const r = await vs.redis.run(...a);
      if (store > 0) await wait(clock, store * rnd());
      return r;
    },
  };
  const arrivals: number[] = [];
  const unusedAt: number[] = [];
  let missed = 0, unused = 0, reopened = 0, settled = 0, voided = 0, moved = 0, movedBy = 0, confirms = 0;
  const senders = Array.from({ length: processes }, (_, instance) => {
    const idle: { o: number; r: number }[] = [];
    let firstAt: number | undefined;
    const next: Send<ScheduledCall> = async (call): Promise<Reply> => {
      await wait(clock, Math.max(0, call.sendAt - clock.now()));
      await wait(clock, Math.floor(rnd() * 3));
      if (clock.now() > call.sendBy) {
        missed++;
        throw new SlotMissed();
      }
      const d = () => 15 + Math.floor(rnd() * 30);
      const c = idle.pop() ?? { o: d(), r: d() };
      const isCold = firstAt === undefined || clock.now() - firstAt < 500;
      firstAt ??= clock.now();
      const o =
        (kind === 'none' ? 1 : kind === 'chunk' ? d() : c.o) + (isCold ? Math.floor(cold * rnd()) : 0);
      const r =
        (kind === 'none' ? 1 : kind === 'chunk' ? d() : c.r) + (isCold ? Math.floor(cold * rnd()) : 0);
      call.onWritten(clock.now());
      arrivals.push(clock.now() + o);
      await wait(clock, o + work + Math.floor(rnd() * 5) + r);
      idle.push(c);
      return aReply('card', 0);
    };
    const inner = createRedisSlots({ redis, clock, fleet: aFleet(instance, processes) });
    const slots = { ...inner, settle: (q: Parameters<typeof inner.settle>[0]) => { if (q.arrivesBy === undefined) { unused += 1; unusedAt.push(Math.round(clock.now() - start)); } else if (q.open) reopened += 1; else settled += 1; return inner.settle(q); }, confirm: async (q: Parameters<typeof inner.confirm>[0]) => { const a = await inner.confirm(q); confirms += 1; if (!a.granted) voided += 1; else if (a.at + a.dueMs > q.due + 1) { moved += 1; movedBy += a.at + a.dueMs - q.due; } return a; } };
    return createLimiter({ slots, clock, random: rnd }).wrapper(next);
  });
  const until = clock.now() + forMs;
  const worker = async (send: Send<Attempt>): Promise<void> => {
    while (clock.now() < until)
      await send(anAttempt({ bucket, deadline: clock.now() + 4_500 })).catch(async () => {
        await wait(clock, 100);
      });
  };
  await clock.until(
    Promise.all(senders.flatMap((s) => Array.from({ length: outstanding }, () => worker(s)))),
  );
  arrivals.sort((a, b) => a - b);
  let over = 0,
    worst = 0;
  for (let i = limit; i < arrivals.length; i++) {
    const gap = arrivals[i]! - arrivals[i - limit]!;
    if (gap < 1000) {
      over++;
      worst = Math.max(worst, 1000 - gap);
    }
  }
  const first = arrivals[0]!;
  const per = [0, 1, 2, 3, 4, 5].map(
    (k) => arrivals.filter((a) => a - first >= k * 10_000 && a - first < (k + 1) * 10_000).length,
  );
  return {
    total: arrivals.filter((a) => a - first < 60_000).length,
    over,
    worst,
    per,
    firsts: arrivals.slice(0, 24).map((a) => Math.round(a - start)),
    missed, unused, unusedAt, reopened, settled, voided, moved, movedBy: Math.round(movedBy / Math.max(1, moved)), confirms,
    asked,
  };
};

it('sim', async () => {
  const runs = Number(process.env.RUNS ?? 5);
  const cases: readonly (readonly ['chunk' | 'conn' | 'none', number, number])[] = [
    ['none', 1500, 60],
    ['chunk', 1500, 60],
    ['conn', 1500, 60],
    ['chunk', 3, 60],
    ['conn', 3, 60],
    ['none', 3, 60],
    ['none', 1500, 250],
    ['none', 200, 250],
  ];
  const only = process.env.ONLY ?? '';
  for (const [kind, work, cold] of cases) {
    if (!`${kind} ${work}`.includes(only)) continue;
    const out = [];
    for (let i = 0; i < runs; i++) {
      seed = 77 + i * 7919;
      out.push(await run({ kind, work, processes: 8, forMs: 62_000, cold, store: 2, outstanding: 3 }));
    }
    process.stderr.write(
      `${kind} ${work} cold ${cold}: totals ${out.map((o) => o.total).join(' ')}  over ${out.map((o) => `${o.over}${o.over ? `(${Math.round(o.worst)})` : ''}`).join(' ')} per10 ${out[0]!.per.join(' ')} asked ${(out[0]!.asked / out[0]!.total).toFixed(2)} ${JSON.stringify({ ...out[0], firsts: 0, per: 0 })}\n   ${out[0]!.firsts.join(' ')}\n`,
    );
  }
}, 900_000);
