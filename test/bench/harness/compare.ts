import { parseArgs } from 'node:util';
import { scenarios } from '../scenarios/scenarios';
import { contenders } from './contenders';
import { readMembers } from './members';
import { perform, type Performance, type Row } from './perform';
import { describeRun, recordLine, writeResults } from './record';
import { report } from './report';
import { startStandIn } from './stand-in';

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string' },
      contender: { type: 'string' },
      runs: { type: 'string', default: '3' },
    },
  });
  const chosen = <T extends { id: string }>(all: readonly T[], named: string | undefined): readonly T[] =>
    named === undefined ? all : all.filter(({ id }) => named.split(',').includes(id));
  const asked = {
    scenarios: chosen(scenarios, values.scenario),
    contenders: chosen(contenders, values.contender),
  };
  const record = describeRun();
  const members = await readMembers();
  const began = performance.now();

  const plan: Performance[] = Array.from({ length: Number(values.runs) }, (_, index) => index + 1).flatMap(
    (run) =>
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
  const file = writeResults('compare', record, { rows });
  process.stdout.write(`\n${report(rows, asked)}\n\n`);
  process.stdout.write(asked.contenders.map(({ title }) => `- ${title}\n`).join(''));
  process.stdout.write(`\n${recordLine(record)}\n`);
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
