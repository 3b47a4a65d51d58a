// `npm run bench:limits`: prints the table. `--short` for CI, without the cases that cannot be shortened; `--only TEXT` for
// the cases whose name has it; `--again N` measures a case that is not as it must be so often again, and shows every result.
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { cacheCases } from './cache-cases.mjs';
import { limiterCases } from './limiter-cases.mjs';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    again: { type: 'string', default: '0' },
  },
});
const size = values.short
  ? { seconds: 10, outageSeconds: 10, operations: 20_000, coldBursts: 6 }
  : { seconds: 60, outageSeconds: 30, operations: 200_000, coldBursts: 200 };

console.log(
  `Node ${process.version}, ${availableParallelism()} cores, ${cpus()[0]?.model ?? ''}, ${new Date().toISOString().slice(0, 10)}\n`,
);
console.log(
  'Every process has made 24 calls in other buckets before it is measured. The stand-in and the store run at a higher priority\n' +
    'than the instances: they are other machines in earnest, and must not wait for a processor here.\n',
);
console.log('| case | must show | measured | |\n|---|---|---|---|');
let failed = 0;
const cases = [...limiterCases, ...cacheCases].filter(
  ({ name, longOnly }) => name.includes(values.only) && !(values.short && longOnly),
);
for (const { name, must, run } of cases) {
  const operationEvent = [];
  let ok = false;
  // A pause of the machine looks like a fault of ours; what is wrong with us is wrong again.
  for (let turn = 0; turn <= Number(values.again) && !ok; turn += 1) {
    const seen = await run(size).catch((error) => ({ shown: String(error?.message ?? error), ok: false }));
    operationEvent.push(seen.shown);
    ok = seen.ok;
  }
  if (!ok) failed += 1;
  console.log(
    `| ${name} | ${must(size.seconds)} | ${operationEvent.join('; again: ')} | ${ok ? 'yes' : '**no**'} |`,
  );
}
console.log(failed === 0 ? '\nAll as they must be.' : `\n${failed} not as they must be.`);
process.exit(failed === 0 ? 0 : 1);
