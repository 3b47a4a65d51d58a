// The server as it is built, and the sandbox, in processes of their own.
import { fork, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { firstExample } from '../../../dist/sandbox/seed.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const ticksPerSecond = 100;

/** `url`: of PostgreSQL. Absent: an embedded database. */
export const startBoth = async ({ url }) => {
  const directory = mkdtempSync(join(tmpdir(), 'bench-bulk-'));
  const standIn = fork(join(root, 'test/bench/limits/stand-in.mjs'), [
    JSON.stringify({ membersPerBrand: 50, brands: 1 }),
  ]);
  const [sandbox] = await once(standIn, 'message');
  const { partner, wechatPay, brands } = sandbox.provision;
  const put = (name, content) => {
    writeFileSync(join(directory, name), content, { mode: 0o600 });
    return `./${name}`;
  };
  const { cardId } = firstExample;
  const brand = brands.find(({ brandId }) => brandId === '1004');
  const config = {
    server: { port: '0', queryDeadlineMs: '10000' },
    brands: [{ brandId: brand.brandId, name: brand.name, route: 'partner' }],
    partner: {
      mchid: partner.mchid,
      serial: partner.serial,
      privateKeyFile: put('partner.pem', partner.privateKeyPem),
      publicKeys: [{ id: wechatPay.publicKeyId, file: put('wechatpay.pem', wechatPay.publicKeyPem) }],
      apiV3KeyFile: put('partner.key', partner.apiV3Key),
    },
    hosts: { main: sandbox.url, backup: sandbox.url },
    ids: { keyFile: put('ids.key', randomBytes(32).toString('base64')) },
    encryptionKeys: [{ id: 'k1', file: put('k1.key', randomBytes(32).toString('base64')) }],
    database: url === undefined ? { directory: 'data' } : { url },
  };
  const file = join(directory, 'config.json');
  writeFileSync(file, JSON.stringify(config));
  const server = spawn(
    process.execPath,
    ['--require', join(root, 'test/support/watch-stalls.cjs'), join(root, 'dist/main.js'), '--config', file],
    { stdio: ['ignore', 'pipe', 'ignore'], cwd: directory },
  );
  // Also if the benchmark is ended in the middle.
  const end = () => {
    server.kill('SIGKILL');
    standIn.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', end);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  let output = '';
  server.stdout.on('data', (chunk) => (output += chunk));
  const found = () => /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
  while (found() === undefined) {
    if (server.exitCode !== null) throw new Error(`the server ended: ${output}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  server.kill('SIGUSR2');
  const statusOf = (name) =>
    Number(
      new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1] ?? 0,
    );
  const origin = found();
  return {
    origin,
    brandId: brand.brandId,
    template: { key: { brandId: brand.brandId, cardId } },
    sandboxUrl: sandbox.url,
    async ask(query, variables) {
      const response = await fetch(`${origin}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = await response.json();
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      return data;
    },
    /** Processor time of the server so far, ms. */
    processorMs() {
      const [, fields] = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ');
      const [user, system] = fields.split(' ').slice(11, 13).map(Number);
      return ((user + system) * 1000) / ticksPerSecond;
    },
    /** Resident memory now, and at most since `forgetPeak`, MiB. */
    residentMb: () => statusOf('VmRSS') / 1024,
    peakMb: () => statusOf('VmHWM') / 1024,
    forgetPeak: () => writeFileSync(`/proc/${server.pid}/clear_refs`, '5'),
    /** Bytes of the database. */
    async databaseBytes() {
      if (url === undefined)
        return readdirSync(join(directory, 'data'), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query('select pg_database_size(current_database()) as bytes');
      await client.end();
      return Number(rows[0].bytes);
    },
    /** Ends both; resolves to the longest stall, ms. */
    async stop() {
      server.kill('SIGTERM');
      if (server.exitCode === null) await once(server, 'exit');
      standIn.disconnect();
      rmSync(directory, { recursive: true, force: true });
      return Number(/longest stall (\d+) ms/.exec(output)?.[1] ?? NaN);
    },
  };
};
