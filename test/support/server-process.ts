import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port';
import type { Answer } from './test-app';

const root = join(__dirname, '..', '..');

export const build = async (): Promise<void> => {
  await promisify(execFile)('npm', ['run', 'build', '--silent'], { cwd: root });
};

/** The built server in its own process, on the same port at every start. */
export interface ServerProcess {
  readonly url: string;
  readonly output: () => string;
  readonly pid: () => number;
  start(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
  /** Sends SIGTERM and returns the exit code. */
  end(): Promise<number | null>;
}

export const serverProcess = async (configFile: string): Promise<ServerProcess> => {
  const port = await freePort();
  let child: ChildProcess | undefined;
  let output = '';
  const gone = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return null;
    child.kill(signal);
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  };
  return {
    url: `http://127.0.0.1:${String(port)}`,
    output: () => output,
    pid: () => child?.pid ?? 0,
    async start() {
      const started = spawn(
        process.execPath,
        [join(root, 'dist', 'main.js'), '--config', configFile, '--port', String(port)],
        { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
      );
      child = started;
      let own = '';
      const hear = (chunk: Buffer): void => {
        own += chunk.toString();
        output = own;
      };
      started.stdout.on('data', hear);
      started.stderr.on('data', hear);
      while (!own.includes('/graphql')) {
        if (started.exitCode !== null) throw new Error(`the server ended: ${own}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async kill() {
      await gone('SIGKILL');
    },
    end: () => gone('SIGTERM'),
  };
};

/** Asks a server process over GraphQL. */
export const clientOf = (server: ServerProcess) => ({
  url: `${server.url}/graphql`,
  async ask<T>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Answer<T>> {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer<T>;
  },
});
