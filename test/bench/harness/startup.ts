import { readPlainCard } from '../scenarios/operations';
import { membersOf, nth } from '../scenarios/scenario';
import type { Outcome } from '../measure/operation';
import { startChild } from './child';
import { contenders } from './contenders';
import { startGenerator } from './generator';
import type { Load } from './load';
import { readMembers } from './members';
import { describeRun, recordLine, writeResults } from './record';
import { cell, tableHead } from './report';
import { writeSetup } from './setup';
import { startStandIn } from './stand-in';

const starts = 5;

interface Start {
  readonly contender: string;
  /** To the printed address, and to the first right answer, which needs one call upstream; ms. */
  readonly listeningMs: number;
  readonly answerMs: number;
  readonly cpuSeconds: number;
}

/** `npm run bench -- startup`: from starting the process to its first answer. */
const main = async (): Promise<void> => {
  const record = describeRun();
  const member = nth(membersOf({ members: await readMembers() }, '1001622624'), 0);
  const standIn = await startStandIn();
  const generator = startGenerator('load.js');
  const rows: Start[] = [];
  try {
    for (let start = 0; start < starts; start += 1)
      for (const { id, program, headers } of contenders) {
        await standIn.reset();
        const setup = writeSetup(standIn.url, standIn.provision);
        const began = performance.now();
        const child = await startChild(program(setup));
        try {
          const [outcome] = await generator.ask<readonly Outcome[]>({
            urls: [child.url],
            headers: headers(setup),
            operations: [{ ...readPlainCard(member), at: 0, instance: 0 }],
            deadlineMs: 10_000,
          } satisfies Load);
          if (outcome?.verdict !== 'useful')
            throw new Error(`${id} answered with: ${outcome?.verdict ?? ''}`);
          const answerMs = performance.now() - began;
          const { cpuSeconds } = await child.usage();
          rows.push({ contender: id, listeningMs: child.startMs, answerMs, cpuSeconds });
        } finally {
          await child.stop();
        }
      }
  } finally {
    generator.stop();
    await standIn.stop();
  }
  const file = writeResults('startup', record, { rows });
  const lines = contenders.map(({ id }) => {
    const own = rows.filter(({ contender }) => contender === id);
    const of = (value: (row: Start) => number, digits: number): string => cell(own.map(value), digits);
    return `| ${[id, of(({ listeningMs }) => listeningMs, 0), of(({ answerMs }) => answerMs, 0), of(({ cpuSeconds }) => cpuSeconds, 2)].join(' | ')} |`;
  });
  const head = tableHead(['contender', 'listening ms', 'first answer ms', 'CPU s']);
  process.stdout.write(`${[...head, ...lines].join('\n')}\n\n${recordLine(record)}\nraw rows: ${file}\n`);
};

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
