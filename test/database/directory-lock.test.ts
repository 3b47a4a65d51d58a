import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDirectory } from '../../src/database/directory-lock';
import { systemClock, type Clock } from '../../src/shared/clock';

/** A clock a hundred times as fast, so that ten seconds pass soon. */
const fast = (): Clock => {
  const start = systemClock.now();
  return {
    ...systemClock,
    now: () => start + (systemClock.now() - start) * 100,
    after: (ms, action) => systemClock.after(ms / 100, action),
  };
};

describe('the lock of a directory', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'lock-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  const file = (): string => join(directory, 'owner.lock');
  const written = (): Record<string, unknown> =>
    JSON.parse(readFileSync(file(), 'utf8')) as Record<string, unknown>;

  it('refuses a second process while the first one lives, and leaves no file behind', async () => {
    const clock = fast();
    const first = await lockDirectory({ directory, clock });
    await expect(lockDirectory({ directory, clock })).rejects.toMatchObject({ reason: 'locked' });
    await first.check();
    await first.release();
    expect(readdirSync(directory)).toEqual([]);
    const next = await lockDirectory({ directory, clock });
    await next.release();
  });

  it('takes the directory of a killed process of this machine at once', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const first = await lockDirectory({ directory, clock: systemClock });
    writeFileSync(file(), JSON.stringify({ ...written(), token: 'of the child', pid: child.pid }));
    child.kill('SIGKILL');
    await once(child, 'exit');
    let waited = 0;
    const clock: Clock = {
      ...systemClock,
      after(ms, action) {
        waited += ms;
        return systemClock.after(ms, action);
      },
    };
    const second = await lockDirectory({ directory, clock });
    // The beats of the new owner, and no wait before them.
    expect(waited).toBe(2_000);
    await first.release();
    await second.release();
  });

  it.each([
    [
      'of another host or container',
      JSON.stringify({ token: 'a', pid: 1, place: `not ${hostname()}`, beat: 3 }),
    ],
    ['half written', '{"token":'],
  ])('takes it from an owner that does not beat for ten seconds: %s', async (_, text) => {
    writeFileSync(file(), text);
    const clock = fast();
    const began = clock.now();
    const lock = await lockDirectory({ directory, clock });
    expect(clock.now() - began).toBeGreaterThanOrEqual(10_000);
    await lock.release();
  });

  it('is checked by many statements at once after a pause', async () => {
    let skipped = 0;
    const paused: Clock = { ...systemClock, now: () => systemClock.now() + skipped };
    const lock = await lockDirectory({ directory, clock: paused });
    const { beat } = written();
    skipped = 6_000;
    await Promise.all([lock.check(), lock.check(), lock.check()]);
    expect(written().beat).toBe(Number(beat) + 1);
    await lock.release();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is lost by a process that was paused while another one took it', async () => {
    let skipped = 0;
    const paused: Clock = {
      ...systemClock,
      now: () => systemClock.now() + skipped,
      after: () => () => undefined,
    };
    const first = await lockDirectory({ directory, clock: paused });
    const second = await lockDirectory({ directory, clock: fast() }).catch(() => undefined);
    // Its beats have stopped, so ten seconds of the other clock were enough.
    expect(second).toBeDefined();
    skipped = 6_000;
    await expect(first.check()).rejects.toMatchObject({ reason: 'locked' });
    await first.release();
    await second?.check();
    await second?.release();
  });
});
