import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from './free-port';

/** A separate PostgreSQL for the test, on a free port, with fsync off. */
export interface PostgresServer {
  readonly url: string;
  /** kill -9 of the whole server. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** The address of a new, empty database. */
  newDatabase(): Promise<string>;
  close(): Promise<void>;
}

/** Debian keeps the server's programs outside PATH, in a folder for each version. */
const binaries = ((): string | undefined => {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(root, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
})();
if (binaries === undefined)
  process.stderr.write('\n*** NO PostgreSQL ON THIS MACHINE: EVERY TEST THAT NEEDS ONE IS SKIPPED ***\n\n');

/** `describe`; skipped if PostgreSQL is not installed. */
export const describeWithPostgres = binaries === undefined ? describe.skip : describe;

/** PostgreSQL refuses to run as root: Debian's package brings a user for it. */
const user = ((): { readonly uid: number; readonly gid: number } | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return binaries === undefined ? undefined : { uid: idOf('-u'), gid: idOf('-g') };
})();

export const startPostgres = async (): Promise<PostgresServer> => {
  if (binaries === undefined) throw new Error('PostgreSQL is not installed');
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'postgres-'));
  const data = join(directory, 'data');
  if (user !== undefined) chownSync(directory, user.uid, user.gid);
  const options = { cwd: directory, stdio: 'ignore', ...user } as const;
  const addressOf = (name: string): string => `postgres://tester@127.0.0.1:${port}/${name}`;
  let child: ChildProcess | undefined;
  let databases = 0;

  execFileSync(
    join(binaries, 'initdb'),
    ['-D', data, '-U', 'tester', '-A', 'trust', '-N', '-E', 'UTF8'],
    options,
  );
  const start = async (): Promise<void> => {
    child = spawn(
      join(binaries, 'postgres'),
      ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', directory, '-F', '-c', 'max_connections=60'],
      options,
    );
    await answering(addressOf('postgres'));
  };
  const kill = async (): Promise<void> => {
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const backends = childrenOf(child.pid);
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    // One that was just forked is not in the list; it ends when it sees that its parent is gone.
    await Promise.all(backends.map(ended));
  };
  await start();
  return {
    url: addressOf('postgres'),
    start,
    kill,
    async newDatabase() {
      databases += 1;
      const name = `test_${databases}`;
      await asked(addressOf('postgres'), `create database ${name}`);
      return addressOf(name);
    },
    async close() {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};

const asked = async (url: string, sql: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  // The server may be killed while it answers.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};

/** Each session has a process of its own, which outlives its parent for a moment, answers meanwhile and prevents a new start. */
const childrenOf = (pid: number): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

/** Kills a process, and waits until it is gone. Nobody may be there to collect it: then it stays as a zombie, which does nothing. */
const ended = async (pid: number): Promise<void> => {
  for (;;)
    try {
      process.kill(pid, 'SIGKILL');
      if (/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    } catch {
      return;
    }
};

/** Waits until the server answers; after a kill it recovers first. */
const answering = async (url: string): Promise<void> => {
  for (;;)
    try {
      await asked(url, 'select 1');
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
};
