import { parseArgs } from 'node:util';
import { exampleCalls } from '../sandbox/example-calls';
import { startSandbox } from '../sandbox/server';
import { editions, type Edition } from '../sandbox/state';
import { systemClock } from '../shared/clock';
import { endOnSignal, npmParent } from './end-on-signal';

const usage = `Usage: npm run sandbox -- [--port PORT] [--documents YEAR]

  --port PORT        default 8080; 0 takes a free port
  --documents YEAR   whose rules apply where WeChat Pay's documents differ: ${editions.join(' or ')} (default)`;

class UsageError extends Error {}

/** `npm run sandbox -- --port 8080` runs the sandbox alone, for developing other programs. */
const main = async (): Promise<void> => {
  const { url, provision, close } = await startSandbox(readArguments());
  const calls = exampleCalls(url, 'brand').map(({ does, command }) => `  ${does}:\n  ${command}\n`);
  process.stdout.write(`
  A sandbox of WeChat Pay's member-card interfaces at ${url} (made-up data: this is NOT WeChat Pay)
  partner mchid ${provision.partner.mchid}, brands ${provision.brands.map(({ brandId }) => brandId).join(', ')}

  Keys to call it with:
  curl -s ${url}/sandbox/provision
  Calls that it received:
  curl -s ${url}/sandbox/ledger
  Send its notifications to your program:
  curl -s -X PUT ${url}/sandbox/deliveries -d '{"url":"http://127.0.0.1:4000/wechat/notify"}'
${calls.join('')}
  Its refusals and its whole API: src/sandbox/README.md
`);
  endOnSignal({
    stop: close,
    onError(error) {
      process.stderr.write(`${String(error)}\n`);
    },
    clock: systemClock,
    // eslint-disable-next-line no-restricted-properties -- how npm names the script that it runs
    parent: npmParent(process.env, 'sandbox'),
  });
};

const readArguments = (): { readonly port: number; readonly documents: Edition } => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8080' },
      documents: { type: 'string', default: editions.at(-1) ?? '' },
    },
  });
  const documents = editions.find((edition) => edition === values.documents);
  if (documents === undefined) throw new UsageError(`--documents must be ${editions.join(' or ')}`);
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535)
    throw new UsageError('--port must be a number from 0 to 65535');
  return { port: Number(values.port), documents };
};

const explain = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'EADDRINUSE') return 'The port is taken: choose another with --port.';
  if (error instanceof UsageError || code.startsWith('ERR_PARSE_ARGS')) return `${error.message}\n\n${usage}`;
  return String(error);
};

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
});
