import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openLogDestination } from '../../src/cli/log-destination';
import { freePort } from '../support/free-port';
import { build } from '../support/server-process';

const root = join(__dirname, '..', '..');

describe('a server whose log is not read', () => {
  beforeAll(build, 300_000);

  // A pipe holds 64 KiB, about 250 lines.
  it.each([
    ['is a pipe whose reader has ended', 20, '2> >(head -c 1 >/dev/null)'],
    ['is a pipe whose reader ends later', 20, '2> >(sleep 1)'],
    ['is a full pipe', 400, '2> >(exec sleep 30)'],
    ['is a full disk', 20, '2>/dev/full'],
    ['was closed', 20, '2>&-'],
  ])('responds, and ends on SIGTERM, if the log %s', async (_, lines, redirection) => {
    const port = String(await freePort());
    const command = `exec node dist/main.js --port ${port} >/dev/null ${redirection}`;
    const child = spawn('bash', ['-c', command], { cwd: root, stdio: 'ignore', detached: true });
    const ended = once(child, 'exit');
    const ask = async (): Promise<number> => {
      const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: `query A${'a'.repeat(40)} { brands { totalCount } }` }),
      });
      await response.text();
      return response.status;
    };
    try {
      const up = async (): Promise<boolean> =>
        ask().then(
          () => true,
          () => false,
        );
      while (!(await up())) await new Promise((resolve) => setTimeout(resolve, 50));
      await new Promise((resolve) => setTimeout(resolve, 1_300));
      for (let asked = 0; asked < lines; asked += 1) expect(await ask()).toBe(200);
      child.kill('SIGTERM');
      // The drain allows 10 s. A process that never ends is killed below.
      const late = sleep(9_000, 'does not end', { ref: false });
      expect(await Promise.race([ended, late])).toEqual([0, null]);
    } finally {
      // Together with the reader, if there is one.
      await promisify(execFile)('kill', ['-9', '--', `-${String(child.pid)}`]).catch(() => undefined);
    }
  });
});

describe('the destination of the log', () => {
  it('buffers lines and writes them on request', () => {
    const stream = new PassThrough();
    const log = openLogDestination(stream);
    log.write('a\n');
    log.write('b\n');
    expect(stream.read()).toBeNull();
    log.flush();
    expect(String(stream.read())).toBe('a\nb\n');
    expect(log.dropped()).toBe(0);
  });

  it('counts dropped lines, with a slow reader and after the reader has ended', async () => {
    const stream = new PassThrough({ highWaterMark: 1 });
    const log = openLogDestination(stream);
    const line = `${'x'.repeat(4_999)}\n`;
    for (let written = 0; written < 300; written += 1) log.write(line);
    const behind = log.dropped();
    expect(behind).toBeGreaterThan(50);
    expect(behind).toBeLessThan(100);
    const closed = new Promise((resolve) => stream.on('close', resolve));
    stream.destroy(new Error('EPIPE'));
    await closed;
    log.write(line);
    expect(log.dropped()).toBeGreaterThan(behind);
  });

  it('stops waiting for a reader that reads nothing', async () => {
    const log = openLogDestination(new PassThrough({ highWaterMark: 1 }));
    for (let written = 0; written < 20; written += 1) log.write(`${'x'.repeat(4_999)}\n`);
    await expect(log.written()).resolves.toBeUndefined();
  });
});
