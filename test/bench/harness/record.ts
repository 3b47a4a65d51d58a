import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { benchDir, resultsDir, rootDir } from './places';

/** What figures mean nothing without: date, machine, its load, versions. */
export const describeRun = () => ({
  date: new Date().toISOString(),
  commit: commit(),
  machine: {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryMiB: Math.round(totalmem() / 1_048_576),
    platform: `${process.platform} ${process.arch}`,
    // Above the number of cores, other work took part in the figures.
    loadAtStart: loadavg().map((load) => Number(load.toFixed(2))),
  },
  versions: {
    node: process.versions.node,
    ...dependenciesOf(rootDir, 'product'),
    ...dependenciesOf(benchDir, 'bench'),
  },
});

export type RunRecord = ReturnType<typeof describeRun>;

const commit = (): string => {
  try {
    const run = (...args: string[]) => execFileSync('git', args, { cwd: rootDir, encoding: 'utf8' }).trim();
    return run('rev-parse', '--short', 'HEAD') + (run('status', '--porcelain') === '' ? '' : ' with changes');
  } catch {
    return 'unknown';
  }
};

const dependenciesOf = (directory: string, name: string): Readonly<Record<string, unknown>> => {
  const { dependencies } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
    dependencies: Readonly<Record<string, string>>;
  };
  return { [name]: dependencies };
};

/** Writes raw rows and the record beside them; answers the file. */
export const writeResults = (name: string, record: RunRecord, content: object): string => {
  mkdirSync(resultsDir, { recursive: true });
  const file = join(resultsDir, `${record.date.slice(0, 19).replace(/[:T]/g, '-')}-${name}.json`);
  writeFileSync(file, `${JSON.stringify({ ...record, ...content }, undefined, 1)}\n`);
  return file;
};

export const recordLine = ({ date, commit: at, machine, versions }: RunRecord): string =>
  `${date.slice(0, 16)}Z, commit ${at}, Node ${versions.node}, ${machine.cores} × ${machine.processor}, ` +
  `load at start ${machine.loadAtStart[0] ?? '?'}`;
