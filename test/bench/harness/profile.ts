import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sharesOf, type CpuProfile, type Share } from '../measure/profile';
import { median } from '../measure/quantile';
import { bare, contenders } from './contenders';
import { startGenerator } from './generator';
import { readMembers } from './members';
import { describeRun, recordLine, writeResults } from './record';
import { tableHead } from './report';
import { writeSetup } from './setup';
import { startStandIn } from './stand-in';
import { measureProgram, shapesOf } from './throughput';

const shown = 24;
/** Operations before anything is counted: V8 has optimized by then. */
const minWarmUp = 8_000;
const repeats = 3;

/**
 * `npm run bench -- profile [--contender C] [--shape 0]`: processor time of a hot operation, and where it goes. The time
 * is the process's own, so that it says something on a busy machine as well.
 */
const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { contender: { type: 'string', default: 'C' }, shape: { type: 'string', default: '0' } },
  });
  const contender = [...contenders, bare].find(({ id }) => id === values.contender);
  if (contender === undefined) throw new Error(`there is no contender ${values.contender}`);
  const record = describeRun();
  const shapes = shapesOf(await readMembers()).slice(Number(values.shape), Number(values.shape) + 1);
  if (shapes.length === 0) throw new Error(`there is no shape ${values.shape}`);
  const directory = mkdtempSync(join(tmpdir(), 'bench-profile-'));
  const bench = { standIn: await startStandIn(), generator: startGenerator('load.js') };
  const microseconds: number[] = [];
  try {
    const measure = async (nodeOptions: readonly string[]) => {
      await bench.standIn.reset();
      const setup = writeSetup(bench.standIn.url, bench.standIn.provision);
      const program = { ...contender.program(setup), nodeOptions };
      const headers = contender.headers(setup);
      return measureProgram(bench, { program, headers, shapes, minWarmUp });
    };
    for (let repeat = 0; repeat < repeats; repeat += 1)
      microseconds.push(...(await measure([])).map(({ cpuSecondsPer1000 }) => cpuSecondsPer1000 * 1_000));
    await measure(['--cpu-prof', `--cpu-prof-dir=${directory}`]);
  } finally {
    bench.generator.stop();
    await bench.standIn.stop();
  }
  const profile = profileIn(directory);
  const shares = profile === undefined ? [] : sharesIn(profile);
  const file = writeResults('profile', record, { contender: contender.id, microseconds, shares });
  const lines = [
    `${contender.id}, ${shapes[0]?.shape ?? ''}: ${median(microseconds).toFixed(0)} µs of processor time an operation ` +
      `(${microseconds.map((value) => value.toFixed(0)).join(', ')})`,
    '',
    ...(profile === undefined
      ? ['no profile written']
      : [
          ...tableHead(['spent in', '% of busy time']),
          ...shares.slice(0, shown).map(({ name, share }) => `| ${name} | ${(share * 100).toFixed(1)} |`),
        ]),
  ];
  const where = profile === undefined ? '' : `profile: ${profile}; `;
  process.stdout.write(`${lines.join('\n')}\n\n${recordLine(record)}\n${where}raw: ${file}\n`);
};

/** A process that does not end when it is asked to is killed, and writes none. */
const profileIn = (directory: string): string | undefined => {
  const [name] = readdirSync(directory);
  return name === undefined ? undefined : join(directory, name);
};

const sharesIn = (file: string): readonly Share[] =>
  sharesOf(JSON.parse(readFileSync(file, 'utf8')) as CpuProfile);

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
