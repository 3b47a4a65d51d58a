import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { systemClock } from '../../src/shared/clock';
import { createRedis, type Redis } from '../../src/store/redis';
import { freePort } from './free-port';

/** A separate redis-server for the test, on a free port, without persistence by default. */
export interface RedisServer {
  readonly url: string;
  readonly directory: string;
  /** Runs a command on a connection of its own, as an operator does. */
  command(...args: readonly string[]): Promise<unknown>;
  /** The words of every command that clients give from now on, until `stop`. */
  monitor(): Promise<{ readonly commands: readonly (readonly string[])[]; stop(): void }>;
  /** kill -9: the data in memory is lost. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** SIGSTOP and SIGCONT: connections stay open, but get no reply. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

const isInstalled = spawnSync('redis-server', ['--version']).status === 0;
if (!isInstalled)
  process.stderr.write('\n*** NO redis-server ON THIS MACHINE: EVERY TEST THAT NEEDS ONE IS SKIPPED ***\n\n');

/** `describe`; skipped if redis-server is not installed. */
export const describeWithRedis = isInstalled ? describe : describe.skip;

/** `args`: further arguments of redis-server. `configured`: its port and other settings are in a file. */
export const startRedis = async (
  args: readonly string[] = [],
  configured?: { readonly port: number; readonly file: string },
): Promise<RedisServer> => {
  const port = configured?.port ?? (await freePort());
  const directory = mkdtempSync(join(tmpdir(), 'redis-'));
  const url = `redis://127.0.0.1:${String(port)}`;
  let child: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    const settings =
      configured === undefined
        ? ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory]
        : [configured.file];
    child = spawn('redis-server', [...settings, ...args], { stdio: 'ignore' });
    (await answering(url)).destroy();
  };
  const kill = async (): Promise<void> => {
    if (child?.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  await start();
  return {
    url,
    directory,
    async command(...command) {
      const client = await answering(url);
      try {
        return await client.sendCommand([...command]);
      } finally {
        client.destroy();
      }
    },
    async monitor() {
      const client = await answering(url);
      const commands: (readonly string[])[] = [];
      await client.monitor((line) => {
        // Scripts name their keys when they are called.
        if (!/^[\d.]+ \[\d+ lua\]/.test(line)) commands.push(wordsOf(line));
      });
      return {
        commands,
        stop: () => {
          client.destroy();
        },
      };
    },
    start,
    kill,
    freeze: () => child?.kill('SIGSTOP'),
    thaw: () => child?.kill('SIGCONT'),
    async close() {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};

/** A cluster of so many primaries, without replicas. The first server's address leads to all of them. */
export const startRedisCluster = async (primaries = 3): Promise<readonly RedisServer[]> => {
  const servers = await Promise.all(
    Array.from({ length: primaries }, () => startRedis(['--cluster-enabled', 'yes'])),
  );
  const nodes = servers.map(({ url }) => new URL(url).host);
  const created = spawnSync('redis-cli', ['--cluster', 'create', ...nodes, '--cluster-yes']);
  if (created.status !== 0) throw new Error(`no cluster: ${created.stdout.toString()}`);
  return servers;
};

/** A Sentinel that watches a primary under the name `cards` and decides alone, after half a second of silence. */
export const startSentinel = async (primary: RedisServer): Promise<RedisServer> => {
  const { hostname, port } = new URL(primary.url);
  const own = await freePort();
  const file = join(primary.directory, 'sentinel.conf');
  writeFileSync(
    file,
    [
      `port ${String(own)}`,
      'bind 127.0.0.1',
      `sentinel monitor cards ${hostname} ${port} 1`,
      'sentinel down-after-milliseconds cards 500',
      'sentinel failover-timeout cards 3000',
    ].join('\n'),
  );
  return startRedis(['--sentinel'], { port: own, file });
};

/** A connection that waits for the store without a limit: on a busy machine Redis itself may need more than 50 ms. */
export const connectPatiently = (url: string): Promise<Redis> =>
  createRedis({
    url,
    clock: { ...systemClock, after: () => () => undefined },
    onChange: () => undefined,
  });

/**
 * Repeats a round until every instance had the store throughout. On a busy machine Redis may need more than the 50 ms that an
 * instance waits. Such an instance rightly acts alone, so that round proves nothing.
 */
export const withStoreThroughout = async (
  instances: readonly { readonly storeChanges: readonly boolean[] }[],
  round: () => Promise<void>,
): Promise<void> => {
  const changes = (): number => instances.reduce((sum, one) => sum + one.storeChanges.length, 0);
  for (;;) {
    const before = changes();
    try {
      await round();
      if (changes() === before) return;
    } catch (error) {
      if (changes() === before) throw error;
    }
  }
};

/** The quoted words of a line of MONITOR. Others than quotes and backslashes stay escaped. */
const wordsOf = (line: string): readonly string[] =>
  Array.from(line.matchAll(/"((?:[^"\\]|\\.)*)"/g), ([, word = '']) => word.replaceAll(/\\(["\\])/g, '$1'));

const answering = async (url: string) => {
  const client = createClient({
    url,
    socket: { reconnectStrategy: (attempt) => (attempt < 200 ? 25 : false) },
  });
  client.on('error', () => undefined);
  await client.connect();
  await client.ping();
  return client;
};
