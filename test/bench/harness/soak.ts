import { parseArgs } from 'node:util';
import type { Outcome } from '../measure/operation';
import { wholeNumber } from '../measure/options';
import { median } from '../measure/quantile';
import { seededRandom } from '../measure/random';
import { zipfReads } from '../scenarios/storefront';
import { startChild } from './child';
import { contenders } from './contenders';
import { startGenerator } from './generator';
import type { Load } from './load';
import { readMembers } from './members';
import { describeRun, recordLine, writeResults } from './record';
import { tableHead } from './report';
import { writeSetup } from './setup';
import { startStandIn } from './stand-in';

const sampleSeconds = 10;
const perSecond = 50;

/** `npm run bench -- soak [--minutes 10] [--contender C]`: memory over a long steady load. */
const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { minutes: { type: 'string', default: '10' }, contender: { type: 'string', default: 'C' } },
  });
  const minutes = wholeNumber('minutes', values.minutes);
  const contender = contenders.find(({ id }) => id === values.contender);
  if (contender === undefined) throw new Error(`there is no contender ${values.contender}`);
  const record = describeRun();
  const members = await readMembers();
  const standIn = await startStandIn();
  const generator = startGenerator('load.js');
  const samples: { minute: number; memoryMiB: number; heapMiB: number; useful: number }[] = [];
  try {
    await standIn.reset();
    const setup = writeSetup(standIn.url, standIn.provision);
    const headers = contender.headers(setup);
    const child = await startChild({
      ...contender.program(setup),
      // A heap that was just collected shows what is held, not what has not been collected yet.
      nodeOptions: ['--expose-gc'],
    });
    try {
      const all = Math.round((minutes * 60) / sampleSeconds);
      for (let sample = 0; sample < all; sample += 1) {
        const parts = { members, instances: 1, random: seededRandom(sample) };
        const outcomes = await generator.ask<readonly Outcome[]>({
          urls: [child.url],
          headers,
          operations: zipfReads(parts, { perSecond, seconds: sampleSeconds }),
          deadlineMs: 3_000,
        } satisfies Load);
        const { memoryMiB, heapMiB } = await child.usage();
        const useful = outcomes.filter(({ verdict }) => verdict === 'useful').length / outcomes.length;
        samples.push({ minute: ((sample + 1) * sampleSeconds) / 60, memoryMiB, heapMiB, useful });
        await standIn.takeLedger();
      }
    } finally {
      await child.stop();
    }
  } finally {
    generator.stop();
    await standIn.stop();
  }
  const file = writeResults('soak', record, { samples });
  const third = Math.floor(samples.length / 3);
  const line = (name: string, part: typeof samples): string =>
    `| ${[
      name,
      median(part.map(({ heapMiB }) => heapMiB)).toFixed(1),
      median(part.map(({ memoryMiB }) => memoryMiB)).toFixed(1),
      (median(part.map(({ useful }) => useful)) * 100).toFixed(1),
    ].join(' | ')} |`;
  const lines = [
    ...tableHead(['of the run', 'heap after collection, MiB', 'resident MiB', 'useful %']),
    line('second third', samples.slice(third, 2 * third)),
    line('last third', samples.slice(2 * third)),
  ];
  process.stdout.write(
    `${contender.id}, ${perSecond} reads/s for ${minutes} minutes\n\n${lines.join('\n')}\n\n` +
      `${recordLine(record)}\nraw rows: ${file}\n`,
  );
};

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
