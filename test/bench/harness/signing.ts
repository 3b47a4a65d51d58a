import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startChild } from './child';
import { benchDir } from './places';
import { describeRun, recordLine, writeResults } from './record';
import { cell, tableHead } from './report';
import type { SigningResult } from './signing-client';

const runs = 3;
const seconds = 5;

/** `npm run bench -- signing`: signed calls a second against what RSA-2048 on this machine allows. */
const main = async (): Promise<void> => {
  const record = describeRun();
  const { url, stop } = await startChild({ file: join(benchDir, 'dist', 'harness', 'echo.js') });
  const results: SigningResult[] = [];
  try {
    for (let run = 0; run < runs; run += 1) {
      const { stdout } = await promisify(execFile)(process.execPath, [
        join(benchDir, 'dist', 'harness', 'signing-client.js'),
        url,
        String(seconds),
      ]);
      results.push(JSON.parse(stdout) as SigningResult);
    }
  } finally {
    await stop();
  }
  const file = writeResults('signing', record, { results });
  const of = (value: (result: SigningResult) => number, digits: number): string =>
    cell(results.map(value), digits);
  const line = (name: string, cells: readonly string[]): string => `| ${[name, ...cells].join(' | ')} |`;
  const lines = [
    ...tableHead(['', 'per second', 'event-loop delay p99 ms', 'CPU ms each']),
    line('RSA-2048 signatures alone', [
      of(({ rawPerSecond }) => rawPerSecond, 0),
      of(({ rawDelayP99Ms }) => rawDelayP99Ms, 1),
      of(({ rawCpuMs }) => rawCpuMs, 2),
    ]),
    line('signed calls, answered by another process on the same cores', [
      of(({ sentPerSecond }) => sentPerSecond, 0),
      of(({ sentDelayP99Ms }) => sentDelayP99Ms, 1),
      of(({ sentCpuMs }) => sentCpuMs, 2),
    ]),
    line('share', [
      of(({ sentPerSecond, rawPerSecond }) => sentPerSecond / rawPerSecond, 2),
      '',
      of(({ sentCpuMs, rawCpuMs }) => rawCpuMs / sentCpuMs, 2),
    ]),
  ];
  process.stdout.write(`${lines.join('\n')}\n\n${recordLine(record)}\nraw rows: ${file}\n`);
};

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
