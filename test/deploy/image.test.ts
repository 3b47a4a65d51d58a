import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { adapt, deployedConfig, installConfig } from '../support/deployed-config';
import { buildImage, type Image } from '../support/dockerfile';
import { freePort } from '../support/free-port';
import { podTemplate, prometheus } from '../support/manifests';
import { startPostgres, type PostgresServer } from '../support/postgres-server';
import { describeWithRedis, startRedis, type RedisServer } from '../support/redis-server';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { build } from '../support/server-process';

const context = join(__dirname, '..', '..');
const deployed = deployedConfig();

/** The container's life without a container engine: built step by step, configured as in `deploy/`, started as by its entry point. */
describeWithRedis('the image', () => {
  let scratch: string;
  let image: Image;
  let app: string;
  let sandbox: Sandbox;
  let redis: RedisServer;
  let postgres: PostgresServer;
  /** If the image cannot be built, nothing is. */
  const opened: { close(): Promise<unknown> }[] = [];
  let child: ChildProcess | undefined;
  let output = '';
  let ports: { readonly public: number; readonly metrics: number };
  let etc: string;
  let files: readonly string[];
  let env: Readonly<Record<string, string>>;
  const list = (): readonly string[] => readdirSync(app, { recursive: true, encoding: 'utf8' }).toSorted();
  const run = async (
    command: readonly string[],
  ): Promise<{ readonly code: number; readonly out: string }> => {
    const [file = '', ...args] = command;
    try {
      const { stdout } = await promisify(execFile)(file, args, { cwd: app, env: { ...env, PATH: path } });
      return { code: 0, out: stdout };
    } catch (error) {
      return { code: Number((error as { readonly code?: unknown }).code), out: String(error) };
    }
  };
  const { PATH: path = '' } = process.env;

  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'image-'));
    mkdirSync(join(scratch, 'stages'));
    await build();
    image = buildImage({ context, into: join(scratch, 'stages') });
    app = join(image.directory, image.workdir);
    files = list();
    sandbox = await startSandbox({ membersPerBrand: 3 });
    redis = await startRedis();
    postgres = await startPostgres();
    opened.push(sandbox, redis, postgres);
    etc = join(scratch, 'etc');
    mkdirSync(etc);
    ports = { public: await freePort(), metrics: await freePort() };
    const file = installConfig(etc, sandbox, { redis: redis.url, database: postgres.url });
    const audit = join(scratch, 'audit');
    mkdirSync(audit);
    adapt(file, sandbox, {
      server: { ...deployed.server, host: '127.0.0.1', port: ports.public },
      http: { drainDelayMs: 2_000 },
      metrics: { host: '127.0.0.1', port: ports.metrics },
      audit: { directory: audit, keyFile: '../keys/audit.key' },
    });
    // The variable that the image sets, with the place where this test has mounted the file.
    env = Object.fromEntries(Object.keys(image.env).map((name) => [name, file]));
  }, 300_000);
  afterAll(async () => {
    child?.kill('SIGKILL');
    for (const one of opened) await one.close();
    rmSync(scratch, { recursive: true });
  });
  const start = async (): Promise<void> => {
    const [file = '', ...args] = image.entrypoint;
    const started = spawn(file, args, { cwd: app, env: { ...env, PATH: path } });
    child = started;
    output = '';
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    while (!output.includes('/metrics')) {
      if (started.exitCode !== null) throw new Error(`the server ended: ${output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const end = async (): Promise<number | null> => {
    if (child === undefined || child.exitCode !== null) return null;
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  };
  afterEach(end);
  const healthcheck = (): Promise<{ readonly code: number }> =>
    run(image.healthcheck.map((word) => word.replace(`:${deployed.server.port}/`, `:${ports.public}/`)));

  it('holds the built server and the packages of production, and no source, test, key or compiler', () => {
    expect(readdirSync(app).toSorted()).toEqual([
      'LICENSE',
      'dist',
      'node_modules',
      'package.json',
      'schema',
    ]);
    expect(existsSync(join(app, 'node_modules/@apollo/server/package.json'))).toBe(true);
    const development = ['typescript', 'jest', 'eslint', '@swc/core', 'wechatpay-axios-plugin'];
    expect(development.filter((name) => existsSync(join(app, 'node_modules', name)))).toEqual([]);
  });

  it('runs as a numbered user that is not root, and opens the ports of the configuration', () => {
    expect(image.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(image.ports).toEqual([deployed.server.port, deployed.metrics.port]);
  });

  it('starts, is healthy, answers a caller, and writes nothing beside the audit directory', async () => {
    const made = await run([
      ...['node', 'dist/cli/api-keys.js', 'make', '--file', join(etc, 'keys/api-keys.json')],
      ...['--caller', 'storefront', '--scope', 'brand:1004:read'],
    ]);
    const [key = made.out] = /wxm_\S+/.exec(made.out) ?? [];
    expect((await healthcheck()).code).toBe(1);
    await start();
    expect((await healthcheck()).code).toBe(0);
    const response = await fetch(`http://127.0.0.1:${ports.public}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query: '{ brand(brandId: "1004") { name } }' }),
    });
    expect(await response.json()).toMatchObject({ data: { brand: { name: '示例品牌' } } });
    expect(await end()).toBe(0);
    expect(list()).toEqual(files);
  });

  it('has every path and port that the probes and Prometheus ask', async () => {
    await start();
    const { spec, metadata } = podTemplate();
    const [container] = spec.containers;
    const portNamed = (name: string): number => {
      const found = container.ports.find((one) => one.name === name)?.containerPort;
      if (found === deployed.server.port) return ports.public;
      if (found === deployed.metrics.port) return ports.metrics;
      throw new Error(`${name} is no port of the configuration`);
    };
    const status = async (port: number, asked: string): Promise<number> =>
      (await fetch(`http://127.0.0.1:${port}${asked}`)).status;
    for (const { httpGet } of [container.startupProbe, container.livenessProbe, container.readinessProbe])
      expect([httpGet.path, await status(portNamed(httpGet.port), httpGet.path)]).toEqual([
        httpGet.path,
        200,
      ]);
    for (const { metrics_path: asked } of prometheus().scrape_configs)
      expect(await status(ports.metrics, asked)).toBe(200);
    expect(metadata.annotations).toMatchObject({
      'prometheus.io/port': String(deployed.metrics.port),
      'prometheus.io/path': '/metrics',
    });
  });

  it('drains on SIGTERM: readiness fails while the port stays open, then it ends with 0', async () => {
    await start();
    const ended = end();
    const status = async () => (await fetch(`http://127.0.0.1:${ports.public}/readyz`)).status;
    // The signal takes its time to arrive; a closed port would reject.
    while ((await status()) !== 503) expect(child?.exitCode).toBeNull();
    expect((await healthcheck()).code).toBe(0);
    expect(await ended).toBe(0);
  });

  it('does not start the demo if no configuration was mounted', async () => {
    const { code, out } = await run([
      'env',
      ...Object.entries(image.env).map(([n, v]) => `${n}=${v}`),
      ...image.entrypoint,
    ]);
    expect([code, out]).toEqual([1, expect.stringContaining('/etc/member-card/config/config.yaml')]);
  });

  it('is a command of its own as well', () => {
    const { bin } = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8')) as {
      readonly bin: Readonly<Record<string, string>>;
    };
    expect(Object.values(bin)).toEqual([image.entrypoint[1]]);
    expect(readFileSync(join(app, image.entrypoint[1] ?? ''), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });
});
