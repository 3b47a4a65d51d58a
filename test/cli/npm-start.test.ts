import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { configFile, type ConfigFile } from '../support/config-on-disk';
import { freePort } from '../support/free-port';
import { build } from '../support/server-process';

const root = join(__dirname, '..', '..');

interface Npm {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly url: string;
  readonly output: () => string;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly signal: string | null;
  }>;
}

/** npm in its own process group, as a shell starts it, with the commands of the README. */
const npmStart = async (...args: readonly string[]): Promise<Npm> => {
  const port = await freePort();
  const words = ['start', '--', ...args, '--port', String(port)];
  const child = spawn('npm', words, { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'exit').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
  }));
  const url = `http://127.0.0.1:${String(port)}`;
  for (let waited = 0; !(await answers(url)); waited += 50) {
    if (child.exitCode !== null || waited > 60_000) throw new Error(`npm start does not answer: ${output}`);
    await pause(50);
  }
  return { child, pid: child.pid ?? 0, url, output: () => output, ended };
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const answers = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(`${url}/livez`, { headers: { connection: 'close' } })).ok;
  } catch {
    return false;
  }
};

/** The processes of a group, by /proc. */
const groupOf = (leader: number): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const [, group = ''] =
          /^\d+ \(.*\) \S \d+ (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
        return Number(group) === leader;
      } catch {
        return false;
      }
    });

interface Reply {
  readonly status: number;
  readonly connection: string | undefined;
  readonly body: string;
}

/** One request on a keep-alive connection, as a proxy makes it. */
const post = (url: string, query: string): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const body = JSON.stringify({ query });
    const headers = { 'content-type': 'application/json', connection: 'keep-alive' };
    const sent = request(`${url}/graphql`, { method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, connection: response.headers.connection, body: text });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });

describe('npm start', () => {
  let sandbox: Sandbox;
  let file: ConfigFile;
  const started: Npm[] = [];
  beforeAll(async () => {
    await build();
    sandbox = await startSandbox({ membersPerBrand: 3 });
    file = configFile(sandbox);
  }, 300_000);
  afterEach(() => {
    sandbox.faults.set([]);
    for (const { pid } of started.splice(0)) for (const one of groupOf(pid)) process.kill(one, 'SIGKILL');
  });
  afterAll(async () => {
    await sandbox.close();
    file.remove();
  });
  const start = async (...args: readonly string[]): Promise<Npm> => {
    const npm = await npmStart(...args);
    started.push(npm);
    return npm;
  };
  /** A read that has arrived at the sandbox, which does not respond until `sandbox.faults.set([])`. */
  const underway = async (npm: Npm): Promise<{ readonly reply: Promise<Reply> }> => {
    sandbox.ledger.clear();
    sandbox.faults.set([{ kind: 'blackHole' }]);
    const reply = post(npm.url, slowCard());
    // A failure is reported to whoever awaits it.
    reply.catch(() => undefined);
    while (sandbox.ledger.entries({ interface: 'GET_USER_CARD' }).length === 0) await pause(10);
    return { reply };
  };
  /** Resolves when the signal has arrived: the port is closed. */
  const draining = async (npm: Npm): Promise<void> => {
    while (await answers(npm.url)) await pause(20);
  };
  const slowCard = (): string => {
    const { brandId, cardId, openid, userCardCode } = sandbox.example;
    return `{ userCard(by: { key: { brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "${userCardCode}" } }, maxAgeSeconds: 0) { level } }`;
  };

  describe.each(['SIGTERM', 'SIGINT'] as const)('ended by %s to npm', (signal) => {
    it('finishes requests under way, frees the port and leaves no process running', async () => {
      const npm = await start('--config', file.path);
      const { reply } = await underway(npm);
      process.kill(npm.pid, signal);
      await draining(npm);
      sandbox.faults.set([]);
      const { status, connection, body } = await reply;
      expect([status, connection]).toEqual([200, 'close']);
      expect(JSON.parse(body)).toMatchObject({ data: { userCard: { level: expect.any(String) as string } } });
      // The drain allows 2 minutes: what ends it is the last answer.
      expect((await npm.ended).code).toBe(0);
      expect(groupOf(npm.pid)).toEqual([]);
      expect(await answers(npm.url)).toBe(false);
    });

    it('ends the demo too', async () => {
      const npm = await start();
      process.kill(npm.pid, signal);
      expect((await npm.ended).code).toBe(0);
      expect(groupOf(npm.pid)).toEqual([]);
    });
  });

  it('treats Ctrl-C as one request to stop, although npm forwards it as well', async () => {
    const npm = await start('--config', file.path);
    const { reply } = await underway(npm);
    process.kill(-npm.pid, 'SIGINT');
    await draining(npm);
    sandbox.faults.set([]);
    expect((await reply).status).toBe(200);
    expect((await npm.ended).code).toBe(0);
  });

  it('ends at once on a second signal', async () => {
    const npm = await start('--config', file.path);
    const { reply } = await underway(npm);
    process.kill(npm.pid, 'SIGTERM');
    await draining(npm);
    // A second signal at once is treated as a copy of the first.
    await pause(700);
    process.kill(npm.pid, 'SIGTERM');
    expect((await npm.ended).code).toBe(1);
    await expect(reply).rejects.toThrow();
  });

  it('ends its event streams cleanly', async () => {
    const npm = await start('--config', file.path);
    const response = await fetch(`${npm.url}/graphql/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: 'subscription { userCardEvents(brandId: "1004") { eventId } }' }),
    });
    expect(response.status).toBe(200);
    const text = response.text();
    process.kill(npm.pid, 'SIGTERM');
    // Rejects if the connection breaks inside a chunk. Without `complete`, the client reconnects.
    expect(await text).not.toMatch(/complete/);
    // The drain would end what is open after 2 minutes.
    expect((await npm.ended).code).toBe(0);
  });

  it('does not outlive an npm that was killed', async () => {
    const npm = await start('--config', file.path);
    process.kill(npm.pid, 'SIGKILL');
    await npm.ended;
    while (groupOf(npm.pid).length > 0) await pause(50);
    expect(await answers(npm.url)).toBe(false);
  });

  it('builds nothing if nothing has changed', async () => {
    const builtAt = () => statSync(join(root, 'dist', '.build.json'), { bigint: true }).mtimeNs;
    const before = builtAt();
    await start('--config', file.path);
    expect(builtAt()).toBe(before);
  });
});
