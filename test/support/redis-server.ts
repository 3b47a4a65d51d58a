import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { freePort } from './free-port';

/** A real redis-server of the test's own, on a free port, without persistence unless told. */
export interface RedisServer {
  readonly url: string;
  readonly directory: string;
  /** kill -9: what was in memory is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** SIGSTOP and SIGCONT: connections stay open, nothing answers. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

const isInstalled = spawnSync('redis-server', ['--version']).status === 0;
if (!isInstalled)
  process.stderr.write('\n*** NO redis-server ON THIS MACHINE: EVERY TEST THAT NEEDS ONE IS SKIPPED ***\n\n');

/** `describe`, or a skipped one where no redis-server is installed. */
export const describeWithRedis = isInstalled ? describe : describe.skip;

export const startRedis = async (): Promise<RedisServer> => {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'redis-'));
  const url = `redis://127.0.0.1:${String(port)}`;
  let child: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    child = spawn(
      'redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory],
      { stdio: 'ignore' },
    );
    await answering(url);
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

const answering = async (url: string): Promise<void> => {
  const client = createClient({
    url,
    socket: { reconnectStrategy: (attempt) => (attempt < 200 ? 25 : false) },
  });
  client.on('error', () => undefined);
  await client.connect();
  await client.ping();
  client.destroy();
};
