import { setTimeout as delay } from 'node:timers/promises';
import type { Operation, Outcome } from '../measure/operation';
import { seededRandom } from '../measure/random';
import { score, type LedgerCall, type Score } from '../measure/score';
import type { Scenario, ScenarioOptions, State } from '../scenarios/scenario';
import { startChild, type Child } from './child';
import type { Contender } from './contenders';
import type { Generator } from './generator';
import type { Load } from './load';
import type { Member } from './members';
import { quiet } from './quiet';
import { startRedis } from './redis';
import { writeSetup } from './setup';
import type { StandIn } from './stand-in';

export interface Row extends Score {
  readonly scenario: string;
  readonly instances: number;
  readonly state: State;
  readonly contender: string;
  readonly run: number;
  /** Share of useful answers, 0 … 1, by group of operations. */
  readonly usefulByGroup: Readonly<Record<string, number>>;
  /** How many operations ended with which verdict and error code. */
  readonly endings: Readonly<Record<string, number>>;
}

/** What one contender at a time is measured with. */
export interface Bench {
  readonly standIn: StandIn;
  /** Runs load.js. */
  readonly generator: Generator;
}

export interface Performance {
  readonly scenario: Scenario;
  readonly contender: Contender;
  readonly instances: number;
  readonly run: number;
  readonly members: ReadonlyMap<string, readonly Member[]>;
}

export const deadlineMs = 3_000;
/** Until calls that nobody waits for any more have arrived, and the upstream's last second is over. */
const settleMs = 1_300;

/** One scenario with one contender: fresh processes, each state in turn, a row for each. */
export const perform = async (
  { standIn, generator }: Bench,
  { scenario, contender, instances, run, members }: Performance,
): Promise<readonly Row[]> => {
  await standIn.reset();
  const redis = instances > 1 ? await startRedis() : undefined;
  const setup = writeSetup(standIn.url, standIn.provision, redis?.url);
  const headers = contender.headers(setup);
  const children = await Promise.all(
    Array.from({ length: instances }, () => startChild(contender.program(setup))),
  );
  const partsOf = (state: State): ScenarioOptions => ({
    members,
    instances,
    state,
    random: seededRandom(1000 + run),
  });
  const send = (operations: readonly Operation[]): Promise<readonly Outcome[]> =>
    generator.ask({ urls: children.map(({ url }) => url), operations, headers, deadlineMs } satisfies Load);
  const rows: Row[] = [];
  try {
    for (const state of scenario.states) {
      const earlier = scenario.before?.(partsOf(state)) ?? [];
      if (earlier.length > 0) {
        await send(earlier);
        await delay(settleMs);
        await standIn.takeLedger();
      }
      await quiet();
      const before = await usageOf(children);
      const script = follow(standIn, scenario);
      const outcomes = await send(scenario.load(partsOf(state)));
      await script.end();
      await delay(settleMs);
      const after = await usageOf(children);
      rows.push({
        scenario: scenario.id,
        instances,
        state,
        contender: contender.id,
        run,
        ...rowOf(outcomes, await standIn.takeLedger(), {
          cpuSeconds: after.cpuSeconds - before.cpuSeconds,
          peakMemoryMiB: after.peakMemoryMiB,
        }),
      });
    }
  } finally {
    await Promise.all(children.map((child) => child.stop()));
    await redis?.stop();
  }
  return rows;
};

const rowOf = (
  outcomes: readonly Outcome[],
  calls: readonly LedgerCall[],
  usage: Pick<Score, 'cpuSeconds' | 'peakMemoryMiB'>,
) => {
  const endings: Record<string, number> = {};
  for (const { verdict, code } of outcomes) {
    const ending = code === '' ? verdict : `${verdict} ${code}`;
    endings[ending] = (endings[ending] ?? 0) + 1;
  }
  return { ...score(outcomes, calls, usage), usefulByGroup: usefulByGroup(outcomes), endings };
};

const usefulByGroup = (outcomes: readonly Outcome[]): Readonly<Record<string, number>> => {
  const groups = [...new Set(outcomes.map(({ group }) => group))];
  return Object.fromEntries(
    groups.map((name) => {
      const own = outcomes.filter(({ group }) => group === name);
      return [name, own.filter(({ verdict }) => verdict === 'useful').length / own.length];
    }),
  );
};

const usageOf = async (children: readonly Child[]) => {
  const all = await Promise.all(children.map((child) => child.usage()));
  const sum = (of: (usage: (typeof all)[number]) => number): number =>
    all.reduce((total, usage) => total + of(usage), 0);
  return {
    cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
    peakMemoryMiB: sum(({ peakMemoryMiB }) => peakMemoryMiB),
  };
};

/** Sets the scenario's faults as their times come. */
const follow = (standIn: StandIn, { script = [] }: Scenario) => {
  const over = new AbortController();
  const steps = script.map(async ({ atMs, faults }) => {
    try {
      await delay(atMs, undefined, { signal: over.signal });
    } catch {
      return;
    }
    await standIn.setFaults(faults);
  });
  return {
    async end() {
      over.abort();
      await Promise.all(steps);
      if (script.length > 0) await standIn.setFaults([]);
    },
  };
};
