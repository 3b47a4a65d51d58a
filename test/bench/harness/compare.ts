import { parseArgs } from 'node:util';
import { scenariosFor } from '../scenarios/scenarios';
import { bare, contenders } from './contenders';
import { readMembers } from './members';
import { perform, type Performance, type Row } from './perform';
import { describeRun, recordLine, writeResults } from './record';
import { report } from './report';
import { startStandIn } from './stand-in';
import { measureThroughput, throughputReport } from './throughput';

const readOptions = () => {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string' },
      contender: { type: 'string' },
      runs: { type: 'string' },
      short: { type: 'boolean', default: false },
    },
  });
  const chosen = <T extends { readonly id: string }>(all: readonly T[], named: string | undefined) =>
    named === undefined ? all : all.filter(({ id }) => named.split(',').includes(id));
  return {
    scenarios: chosen(scenariosFor(values), values.scenario),
    contenders: chosen(contenders, values.contender),
    hot: values.scenario === undefined || values.scenario.split(',').includes('hot'),
    runs: Number(values.runs ?? (values.short ? 1 : 3)),
  };
};

const main = async (): Promise<void> => {
  const asked = readOptions();
  const record = describeRun();
  const members = await readMembers();
  const began = performance.now();

  const plan: Performance[] = Array.from({ length: asked.runs }, (_, index) => index + 1).flatMap((run) =>
    asked.scenarios.flatMap((scenario) =>
      scenario.instances.flatMap((instances) =>
        asked.contenders.map((contender) => ({ scenario, contender, instances, run, members })),
      ),
    ),
  );
  const rows = [
    ...(await performAll(
      plan.filter(({ scenario }) => scenario.light),
      asked.contenders.length,
    )),
    ...(await performAll(
      plan.filter(({ scenario }) => !scenario.light),
      1,
    )),
  ];
  const hotContenders = [bare, ...asked.contenders];
  const hot = asked.hot ? await measureThroughput(hotContenders, { runs: asked.runs, members }) : [];

  const file = writeResults('compare', record, { rows, hot });
  const tables = [report(rows, asked), throughputReport(hot, hotContenders)].filter((text) => text !== '');
  process.stdout.write(`\n${tables.join('\n\n')}\n\n`);
  process.stdout.write(hotContenders.map(({ id, title }) => `- ${id}: ${title}\n`).join(''));
  process.stdout.write(`\nMedian of ${asked.runs} run(s), spread in brackets. ${recordLine(record)}\n`);
  process.stdout.write(`${((performance.now() - began) / 60_000).toFixed(1)} minutes; raw rows: ${file}\n`);
};

/** `atOnce` at a time, each with a stand-in of its own, so that contenders share nothing but the machine. */
const performAll = async (plan: readonly Performance[], atOnce: number): Promise<readonly Row[]> => {
  const left = [...plan];
  const rows: Row[] = [];
  const work = async (): Promise<void> => {
    if (left.length === 0) return;
    const standIn = await startStandIn();
    try {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        rows.push(...(await perform(standIn, next)));
        const { scenario, contender, instances, run } = next;
        process.stderr.write(`run ${run}: ${scenario.id}, ${contender.id} × ${instances}\n`);
      }
    } finally {
      await standIn.stop();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, atOnce) }, work));
  return rows;
};

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
