// `npm run bench:limits`: prints the table. `--short` for CI, without the cases that cannot be shortened; `--only TEXT` for
// the cases whose name has it, or whose group it is; `--together N` runs up to N cases of one group beside each other;
// `--again N` measures a case that is not as it must be so often again, by itself, and shows every result; `--seconds N`
// measures for another time than 60 s, to try a case.
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { cacheCases } from './cache-cases.mjs';
import { coldCases } from './cold-cases.mjs';
import { makeKeyPairs } from './key-pairs.mjs';
import { limiterCases } from './limiter-cases.mjs';
import { pathCases } from './path-cases.mjs';
import { stopProcesses } from './processes.mjs';
import { storeCases } from './store-cases.mjs';
import { batchesOf, runTogether } from './together.mjs';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    again: { type: 'string', default: '0' },
    together: { type: 'string', default: '1' },
    seconds: { type: 'string' },
  },
});
const size = values.short
  ? { seconds: 10, outageSeconds: 10, operations: 20_000, coldBursts: 6 }
  : { seconds: 60, outageSeconds: 30, operations: 200_000, coldBursts: 200 };
if (values.seconds !== undefined) size.seconds = Number(values.seconds);

const cases = [...limiterCases, ...pathCases, ...storeCases, ...coldCases, ...cacheCases].filter(
  ({ name, group, longOnly }) =>
    (name.includes(values.only) || group === values.only) && !(values.short && longOnly),
);
/** What was not measured must not end as "all as they must be". */
const refuse = (reason) => {
  console.error(reason);
  process.exit(2);
};
if (!(size.seconds > 0)) refuse(`--seconds must be a number above 0, not "${values.seconds}"`);
if (cases.length === 0)
  refuse(
    `no ${values.short ? 'case of --short' : 'case'} has "${values.only}" in its name or is of that group`,
  );

await makeKeyPairs();
console.log(
  `Node ${process.version}, ${availableParallelism()} cores, ${cpus()[0]?.model ?? ''}, ${new Date().toISOString().slice(0, 10)}\n`,
);
console.log(
  'Every instance has made 24 calls in other buckets before it is measured, but for those of cold processes. The cases have\n' +
    'instances of their own in the same eight processes; cold processes are new. The stand-in and the store run at a higher\n' +
    'priority: they are other machines in earnest, and must not wait for a processor here.\n',
);
console.log('| case | must show | measured | seconds | |\n|---|---|---|---|---|');

const measure = async ({ run }, ready) => {
  const began = performance.now();
  const seen = await run({ ...size, ready }).catch((error) => ({
    shown: String(error?.message ?? error),
    ok: false,
  }));
  return { ...seen, tookMs: performance.now() - began };
};

let failed = 0;
for (const batch of batchesOf(cases, Number(values.together))) {
  const first = await runTogether(batch, measure);
  for (const [index, one] of batch.entries()) {
    const turns = [first[index]];
    // A pause of the machine looks like a fault of ours; what is wrong with us is wrong again.
    while (!turns.at(-1).ok && turns.length <= Number(values.again))
      turns.push(...(await runTogether([one], measure)));
    const { ok } = turns.at(-1);
    if (!ok) failed += 1;
    const shown = turns.map((turn) => turn.shown).join('; again: ');
    const seconds = turns.reduce((sum, { tookMs }) => sum + tookMs, 0) / 1000;
    console.log(
      `| ${one.name} | ${one.must(size.seconds)} | ${shown} | ${seconds.toFixed(0)} | ${ok ? 'yes' : '**no**'} |`,
    );
  }
}
await stopProcesses();
console.log(failed === 0 ? '\nAll as they must be.' : `\n${failed} not as they must be.`);
process.exit(failed === 0 ? 0 : 1);
