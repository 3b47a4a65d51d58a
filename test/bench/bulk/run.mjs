// `npm run bench:bulk`: what bulk operations cost, and what they leave to others.
//   --rows 300         rows that are imported, at most 10 per second by WeChat Pay's limit
//   --file-rows 20000  rows of a file that is uploaded and checked by a dry run, up to 1000000
//   --file-mb 0        makes that file so large by a column that nobody reads, up to 256
//   --url postgres://… an empty PostgreSQL database instead of an embedded one
// `npm run bench:bulk -- kills --rows 10000 --kills 50`: imports while server, database or both are killed; prints its seed and the
//   longest time that passed from a kill to the next row.
import { cpus, loadavg } from 'node:os';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeKeyPairs } from '../limits/key-pairs.mjs';
import { importBesideOthers } from './import.mjs';
import { checkLargeFile } from './large-file.mjs';
import { startBoth } from './processes.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '300' },
    kills: { type: 'string', default: '50' },
    'file-rows': { type: 'string', default: '20000' },
    'file-mb': { type: 'string', default: '0' },
    url: { type: 'string' },
    seed: { type: 'string' },
  },
});

if (positionals.includes('kills')) {
  const directory = mkdtempSync(join(tmpdir(), 'bench-bulk-kills-'));
  const report = join(directory, 'report.jsonl');
  const { status } = spawnSync('npx', ['jest', 'test/e2e/bulk-kill.test.ts'], {
    stdio: 'inherit',
    env: {
      ...process.env,
      BULK_ROWS: values.rows,
      BULK_KILLS: values.kills,
      BULK_KILLS_REPORT: report,
      ...(values.seed === undefined ? {} : { SEED: values.seed }),
    },
  });
  console.log('| after a kill, until the next row is sent | longest | median |\n| --- | ---: | ---: |');
  const lines = existsSync(report) ? readFileSync(report, 'utf8').trim().split('\n') : [];
  for (const { name, pausesMs } of lines.map((line) => JSON.parse(line))) {
    const sorted = pausesMs.toSorted((a, b) => a - b);
    const seconds = (ms) => (ms === undefined ? 'unknown' : `${(ms / 1_000).toFixed(1)} s`);
    console.log(
      `| ${name}, ${sorted.length} kills | ${seconds(sorted.at(-1))} | ${seconds(sorted[sorted.length >> 1])} |`,
    );
  }
  rmSync(directory, { recursive: true, force: true });
  process.exit(status ?? 1);
}

await makeKeyPairs();
const both = await startBoth({ url: values.url });
const load = (loadavg()[0] ?? 0).toFixed(1);
console.log(
  `Node ${process.version}, ${cpus().length} cores, ${cpus()[0]?.model ?? ''}, ${new Date().toISOString().slice(0, 10)}, ` +
    `load average ${load} at the start, ${values.url === undefined ? 'embedded database' : 'PostgreSQL'}\n`,
);
console.log('| what | measured |\n| --- | ---: |');
const print = (name, value) => console.log(`| ${name} | ${value} |`);
try {
  await importBesideOthers(both, { rows: Number(values.rows), print });
  await checkLargeFile(both, {
    rows: Number(values['file-rows']),
    megabytes: Number(values['file-mb']),
    print,
  });
} finally {
  print('longest stall of the event loop, by its own computing', `${await both.stop()} ms`);
}
