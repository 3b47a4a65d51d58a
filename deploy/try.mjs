// node deploy/try.mjs [--check]
// From a clone to two replicas that share Redis and PostgreSQL, with Prometheus, on this machine and without containers. The upstream is
// the sandbox. --check ends when everything has been seen to work; without it, everything runs until Ctrl-C.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { root } from './files.mjs';

const isCheck = process.argv.includes('--check');
const began = performance.now();
const say = (text) =>
  console.log(`${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${text}`);
const scratch = mkdtempSync(join(tmpdir(), 'member-card-'));
const children = [];

const start = (name, file, args, options = {}) => {
  const child = spawn(file, args, { cwd: scratch, stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const started = { name, child, output: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (started.output = `${started.output}${chunk}`.slice(-20_000)));
  children.push(started);
  return started;
};

/** The first result that is not undefined. */
const until = async (what, look) => {
  for (let left = 600; left > 0; left -= 1) {
    const dead = children.find(({ child }) => child.exitCode !== null);
    if (dead !== undefined) throw new Error(`${dead.name} has ended:\n${dead.output}`);
    const found = await Promise.resolve()
      .then(look)
      .catch(() => undefined);
    if (found !== undefined && found !== false) return found;
    await sleep(100);
  }
  throw new Error(`${what}: not within a minute`);
};
const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
};
const json = async (url, init) => (await fetch(url, init)).json();

const isInstalled = (program) => spawnSync(program, ['--version']).status === 0;
/** Debian keeps PostgreSQL's programs outside PATH. */
const postgresFolder = () => {
  const folder = '/usr/lib/postgresql';
  const versions = existsSync(folder) ? readdirSync(folder).toSorted((a, b) => Number(b) - Number(a)) : [];
  return versions
    .map((version) => join(folder, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')));
};

const startRedis = async () => {
  const port = await freePort();
  start('redis-server', 'redis-server', [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--appendonly',
    'yes',
  ]);
  return `redis://127.0.0.1:${port}`;
};

const startPostgres = async (bin) => {
  const port = await freePort();
  const directory = join(scratch, 'postgres');
  mkdirSync(directory);
  // PostgreSQL refuses to run as root; Debian's package brings a user for it.
  const idOf = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  const user = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};
  if ('uid' in user) {
    chownSync(directory, user.uid, user.gid);
    chownSync(scratch, user.uid, user.gid);
  }
  const data = join(directory, 'data');
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'cards', '-A', 'trust', '-E', 'UTF8', '-N'], {
    cwd: directory,
    stdio: 'ignore',
    ...user,
  });
  start(
    'postgres',
    join(bin, 'postgres'),
    ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', directory],
    {
      cwd: directory,
      ...user,
    },
  );
  return `postgres://cards@127.0.0.1:${port}/postgres`;
};

const startSandbox = async () => {
  const sandbox = start('sandbox', process.execPath, [join(root, 'dist/cli/sandbox.js'), '--port', '0']);
  return until('the sandbox', () => /interfaces at (http:\S+)/.exec(sandbox.output)?.[1]);
};

/** deploy/config/config.yaml, with what only holds in a container changed, and the files that it names. */
const writeConfig = ({ sandbox, provision, redis, database }, { name, port, metrics }) => {
  const file = join(scratch, 'config', `${name}.yaml`);
  const config = parse(readFileSync(join(root, 'deploy/config/config.yaml'), 'utf8'));
  const brand = provision.brands.find(({ brandId }) => brandId === config.brands[0].brandId);
  const contents = {
    'brand-1004.pem': brand.privateKeyPem,
    'wechatpay-brand-1004.pem': provision.wechatPay.publicKeyPem,
    'brand-1004-api.key': brand.apiKey,
    'redis.url': redis,
    'database.url': database,
  };
  for (const key of ['ids.key', 'encryption-k1.key', 'audit.key'])
    contents[key] = randomBytes(32).toString('base64');
  for (const [key, content] of Object.entries(contents)) {
    const path = join(scratch, 'keys', key);
    if (!existsSync(path)) writeFileSync(path, content, { mode: 0o600 });
  }
  const [credential] = config.brandCredentials;
  const [publicKey] = credential.publicKeys;
  const changed = {
    ...config,
    server: { ...config.server, host: '127.0.0.1', port },
    http: { ...config.http, drainDelayMs: 0 },
    metrics: { host: '127.0.0.1', port: metrics },
    audit: { ...config.audit, directory: join(scratch, 'audit') },
    brandCredentials: [
      {
        ...credential,
        serial: brand.serial,
        publicKeys: [{ ...publicKey, id: provision.wechatPay.publicKeyId }],
      },
    ],
    hosts: { main: sandbox, backup: sandbox },
  };
  writeFileSync(file, stringify(changed), { mode: 0o600 });
  return file;
};

const startReplica = async (parts, name) => {
  const [port, metrics] = [await freePort(), await freePort()];
  const file = writeConfig(parts, { name, port, metrics });
  start(name, process.execPath, [join(root, 'dist/main.js'), '--config', file]);
  return {
    name,
    url: `http://127.0.0.1:${port}`,
    operators: `http://127.0.0.1:${metrics}`,
    target: `127.0.0.1:${metrics}`,
  };
};

/** Prometheus with the alerts of deploy/, if it is installed. */
const startPrometheus = async (replicas) => {
  const config = parse(readFileSync(join(root, 'deploy/prometheus.yml'), 'utf8'));
  const [scrape] = config.scrape_configs;
  const file = join(scratch, 'prometheus.yml');
  const changed = {
    rule_files: [join(root, 'deploy/alerts.yaml')],
    scrape_configs: [
      {
        ...scrape,
        scrape_interval: '1s',
        static_configs: [{ targets: replicas.map(({ target }) => target) }],
      },
    ],
  };
  writeFileSync(file, stringify(changed));
  if (isInstalled('promtool')) execFileSync('promtool', ['check', 'config', file], { stdio: 'ignore' });
  if (!isInstalled('prometheus')) return undefined;
  const port = await freePort();
  const storage = join(scratch, 'prometheus');
  start('prometheus', 'prometheus', [
    `--config.file=${file}`,
    `--storage.tsdb.path=${storage}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  const url = `http://127.0.0.1:${port}`;
  await until('prometheus', async () => {
    const { data } = await json(`${url}/api/v1/query?query=${encodeURIComponent('sum(up)')}`);
    return data.result[0]?.value[1] === String(replicas.length);
  });
  return url;
};

const makeKey = () => {
  const args = [
    'make',
    '--file',
    join(scratch, 'keys/api-keys.json'),
    '--caller',
    'try',
    '--scope',
    'brand:1004:write',
  ];
  const made = execFileSync(process.execPath, [join(root, 'dist/cli/api-keys.js'), ...args], {
    encoding: 'utf8',
  });
  return /wxm_\S+/.exec(made)[0];
};

const asker =
  (key) =>
  async ({ url }, query) => {
    const { data, errors } = await json(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query }),
    });
    if (errors !== undefined) throw new Error(`${query}: ${JSON.stringify(errors)}`);
    return data;
  };

const main = async () => {
  const bin = postgresFolder();
  const missing = [
    ...(isInstalled('redis-server') ? [] : ['redis-server']),
    ...(bin === undefined ? ['postgresql'] : []),
  ];
  if (missing.length > 0) throw new Error(`install ${missing.join(' and ')} first, e.g. with apt-get`);
  execFileSync(process.execPath, [join(root, 'deploy/build.mjs')], { cwd: root, stdio: 'inherit' });
  say('built');
  for (const folder of ['config', 'keys', 'audit']) mkdirSync(join(scratch, folder));
  const [redis, database, sandbox] = await Promise.all([startRedis(), startPostgres(bin), startSandbox()]);
  const provision = await json(`${sandbox}/sandbox/provision`);
  say(`sandbox at ${sandbox}, Redis and PostgreSQL on free ports`);
  const key = makeKey();
  const parts = { sandbox, provision, redis, database };
  const replicas = [await startReplica(parts, 'replica-a'), await startReplica(parts, 'replica-b')];
  for (const { name, url, operators } of replicas) {
    await until(name, async () => (await fetch(`${url}/readyz`)).status === 200);
    const { findings } = await json(`${operators}/readyz`);
    say(`${name} is ready at ${url}/graphql; findings: ${JSON.stringify(findings.map(({ code }) => code))}`);
  }
  const ask = asker(key);
  const [a, b] = replicas;
  const list = `{ brand(brandId: "1004") { name cardTemplates(first: 1) { nodes { cardTitle } } } }`;
  const { brand } = await ask(a, list);
  await ask(b, list);
  const { entries } = await json(`${sandbox}/sandbox/ledger`);
  say(
    `both answer for ${brand.name}: ${brand.cardTemplates.nodes[0].cardTitle}; WeChat Pay was asked ${entries.length} time(s)`,
  );
  const stored = await ask(b, '{ brand(brandId: "1004") { bulkOperations(first: 1) { nodes { id } } } }');
  say(`the database answers: ${stored.brand.bulkOperations.nodes.length} bulk operations`);
  const prometheus = await startPrometheus(replicas);
  say(
    prometheus === undefined
      ? 'Prometheus is not installed; its configuration is valid'
      : `Prometheus at ${prometheus}/alerts sees both`,
  );
  const { panels } = JSON.parse(readFileSync(join(root, 'deploy/grafana.json'), 'utf8'));
  say(`dashboard: import deploy/grafana.json (${panels.length} panels) into Grafana`);
  if (isCheck) return;
  console.log(`
  curl -s ${a.url}/graphql -H 'authorization: Bearer ${key}' -H 'content-type: application/json' -d '${JSON.stringify({ query: list })}'
  curl -s ${a.operators}/readyz

  Ctrl-C stops everything and forgets it.`);
  await new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
};

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  // Replicas first, in reverse order of their start.
  for (const { child } of children.toReversed()) {
    if (child.exitCode !== null) continue;
    child.kill('SIGTERM');
    await Promise.race([once(child, 'exit'), sleep(10_000).then(() => child.kill('SIGKILL'))]);
  }
  rmSync(scratch, { recursive: true, force: true });
}
say('stopped');
process.exit();
