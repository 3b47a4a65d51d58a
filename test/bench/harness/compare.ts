import { parseArgs } from 'node:util';
import type { Scenario } from '../scenarios/scenario';
import { scenariosFor } from '../scenarios/scenarios';
import { chosen, wholeNumber } from '../measure/options';
import { bare, contenders, type Contender } from './contenders';
import { startGenerator } from './generator';
import { readMembers, type Member } from './members';
import { perform, type Bench, type Performance, type Row } from './perform';
import { describeRun, recordLine, writeResults } from './record';
import { report } from './report';
import { startStandIn } from './stand-in';
import { measureThroughput, shapesOf, type ThroughputRow } from './throughput';
import { throughputReport } from './throughput-report';

/** Is no scenario: its load is as large as a contender can bear, and it has a table of its own. */
const hot = { id: 'hot' };

/** No run is begun that would not end within it. */
const maxMinutes = 14.5;

interface Results {
  readonly rows: Row[];
  readonly hot: ThroughputRow[];
  readonly failures: string[];
}

const readOptions = () => {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string' },
      contender: { type: 'string' },
      runs: { type: 'string' },
      'at-once': { type: 'string' },
      instances: { type: 'string' },
      short: { type: 'boolean', default: false },
    },
  });
  const taking = chosen('contender', contenders, values.contender);
  const scenarios = scenariosFor(values);
  const ids = chosen('scenario', [...scenarios, hot], values.scenario).map(({ id }) => id);
  if (values.instances !== undefined && !/^(1|2|1,2)$/.test(values.instances))
    throw new Error('--instances: write 1, 2 or 1,2');
  const instances = values.instances?.split(',').map(Number);
  return {
    scenarios: scenarios
      .filter(({ id }) => ids.includes(id))
      .map((scenario) => ({ ...scenario, instances: instances ?? scenario.instances })),
    contenders: taking.filter(({ isHotOnly = false }) => !isHotOnly),
    // From memory, limiters and retries have nothing to do.
    hot: ids.includes(hot.id) ? [bare, ...taking.filter(({ id }) => !id.endsWith('+'))] : [],
    atOnce: wholeNumber('at-once', values['at-once'] ?? String(taking.length)),
    runs: wholeNumber('runs', values.runs ?? (values.short ? '1' : '3')),
  };
};

type Asked = ReturnType<typeof readOptions>;

const main = async (): Promise<void> => {
  const asked = readOptions();
  const record = describeRun();
  const members = await readMembers();
  const results: Results = { rows: [], hot: [], failures: [] };
  const began = performance.now();
  const minutes = (): number => (performance.now() - began) / 60_000;

  let run = 0;
  do {
    run += 1;
    await measureRun(asked, { run, members, results });
    process.stderr.write(`run ${run} of ${asked.runs}: ${minutes().toFixed(1)} minutes\n`);
  } while (run < asked.runs && minutes() * (1 + 1 / run) < maxMinutes);

  const file = writeResults('compare', record, results);
  const tables = [
    report(results.rows, asked),
    throughputReport(
      results.hot,
      asked.hot.map(({ id }) => id),
    ),
  ];
  process.stdout.write(`\n${tables.filter((text) => text !== '').join('\n\n')}\n\n`);
  for (const { id, title } of new Set([...asked.contenders, ...asked.hot]))
    process.stdout.write(`- ${id}: ${title}\n`);
  process.stdout.write(`\nMedian of ${run} run(s), spread in brackets. ${recordLine(record)}\n`);
  process.stdout.write(`${minutes().toFixed(1)} minutes; raw rows: ${file}\n`);
  for (const failure of results.failures) process.stdout.write(`FAILED ${failure}\n`);
  if (results.failures.length > 0) process.exitCode = 1;
};

interface RunOptions {
  readonly run: number;
  readonly members: ReadonlyMap<string, readonly Member[]>;
  readonly results: Results;
}

type Job = (bench: Bench) => Promise<void>;

/** Everything once: first what may run side by side, then what needs the machine for itself. */
const measureRun = async (asked: Asked, { run, members, results }: RunOptions): Promise<void> => {
  const job =
    (name: string, contender: Contender, measure: Job): Job =>
    async (bench) => {
      try {
        await measure(bench);
      } catch (error) {
        results.failures.push(`run ${run}, ${name}, ${contender.id}: ${String(error)}`);
      }
    };
  const scenarioJobs = (wanted: Scenario['pace']): readonly Job[] =>
    asked.scenarios
      .filter(({ pace }) => pace === wanted)
      .flatMap((scenario) =>
        scenario.instances.flatMap((instances) =>
          asked.contenders.map((contender) => {
            const performance: Performance = { scenario, contender, instances, run, members };
            return job(scenario.id, contender, async (bench) => {
              results.rows.push(...(await perform(bench, performance)));
            });
          }),
        ),
      );
  const hotJobs = asked.hot.map((contender) =>
    job('hot', contender, async (bench) => {
      results.hot.push(...(await measureThroughput(bench, { contender, run, shapes: shapesOf(members) })));
    }),
  );
  await Promise.all([
    workOff(scenarioJobs('long'), asked.atOnce),
    workOff(scenarioJobs('light'), asked.atOnce),
  ]);
  await workOff([...scenarioJobs('alone'), ...hotJobs], 1);
};

/** `atOnce` at a time, each with a stand-in of its own, so that contenders share nothing but the machine. */
const workOff = async (jobs: readonly Job[], atOnce: number): Promise<void> => {
  const left = [...jobs];
  const work = async (): Promise<void> => {
    if (left.length === 0) return;
    const bench: Bench = { standIn: await startStandIn(), generator: startGenerator('load.js') };
    try {
      for (let next = left.shift(); next !== undefined; next = left.shift()) await next(bench);
    } finally {
      bench.generator.stop();
      await bench.standIn.stop();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, atOnce) }, work));
};

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
