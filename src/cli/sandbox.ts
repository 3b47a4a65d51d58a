import { parseArgs } from 'node:util';
import { exampleCalls } from '../sandbox/example-calls';
import { startSandbox } from '../sandbox/server';
import { systemClock } from '../shared/clock';
import { endOnSignal, npmParent } from './end-on-signal';

/** `npm run sandbox -- --port 8080` runs the sandbox alone, for developing other programs. */
const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '8080' } } });
  const { url, provision, close } = await startSandbox({ port: Number(values.port) });
  process.stdout.write(`
  A sandbox of WeChat Pay's member-card interfaces at ${url} (made-up data: this is NOT WeChat Pay)
  partner mchid ${provision.partner.mchid}, brands ${provision.brands.map(({ brandId }) => brandId).join(', ')}

  Keys to call it with:  curl -s ${url}/sandbox/provision
  Calls it received:     curl -s ${url}/sandbox/ledger
  Send notifications to: curl -s -X PUT ${url}/sandbox/deliveries -d '{"url":"http://127.0.0.1:4000/wechat/notify"}'
${exampleCalls(url, 'brand')
  .map(({ does, command }) => `  ${does}:\n  ${command}\n`)
  .join('')}  Its whole API:         src/sandbox/README.md
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

main().catch((error: unknown) => {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  process.stderr.write(taken ? 'The port is taken: choose another with --port.\n' : `${String(error)}\n`);
  process.exitCode = 1;
});
