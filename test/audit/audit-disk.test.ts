import { createSecretKey, randomBytes } from 'node:crypto';
import {
  chmodSync,
  fdatasyncSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuditLog, type AuditLogOptions } from '../../src/audit/audit-log';
import { verifyAudit } from '../../src/audit/verify';
import type { AppError } from '../../src/shared/errors';
import { anAuditEvent, anIntent } from '../support/audit';
import { fakeClock } from '../support/fake-clock';

const key = createSecretKey(randomBytes(32));

describe('the audit log on a disk that', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'audit-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });
  const open = (options: Partial<AuditLogOptions> = {}) => {
    const errors: AppError[] = [];
    const clock = fakeClock();
    const disk = { isFull: false, room: Infinity };
    const log = openAuditLog({
      directory,
      key,
      clock,
      onError: (error) => errors.push(error as AppError),
      write(file, bytes, from) {
        if (!disk.isFull) return writeSync(file, bytes, from);
        // As on a full disk: what still fits is written.
        if (disk.room <= 0) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
        const written = writeSync(file, bytes, from, Math.min(disk.room, bytes.length - from));
        disk.room -= written;
        return written;
      },
      ...options,
    });
    return { log, disk, clock, errors };
  };
  const files = () => readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'));

  it.each([0, 10, 200])(
    'has only %i bytes left creates no file without a record, however often it is tried',
    (room) => {
      const { log, disk } = open();
      log.record(anAuditEvent());
      for (let count = 0; count < 40; count += 1) {
        [disk.isFull, disk.room] = [true, room];
        expect(() => {
          log.record(anAuditEvent());
        }).toThrow('ENOSPC');
      }
      disk.isFull = false;
      log.record(anAuditEvent({ targetHash: 'last' }));
      log.close();
      expect(files()).toHaveLength(2);
      for (const content of files()) {
        expect(content).toMatch(/MUTATION/);
        expect(['whole', 'open', 'torn']).toContain(verifyAudit(content, { key }).state);
      }
    },
  );

  it('is full at the start of the process creates no file', () => {
    expect(() =>
      openAuditLog({
        directory,
        key,
        clock: fakeClock(),
        onError: () => undefined,
        write: () => {
          throw new Error('ENOSPC');
        },
      }),
    ).toThrow('ENOSPC');
    expect(files()).toEqual([]);
  });

  it('has room again notices it without a record to write', async () => {
    const { log, disk, clock } = open();
    [disk.isFull, disk.room] = [true, 0];
    await expect(log.recordDurably(anIntent())).rejects.toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
      sent: false,
      retryAfterMs: 5_000,
    });
    await clock.advance(60_000);
    expect(log.failing()).toBe(true);
    disk.isFull = false;
    await clock.advance(5_000);
    expect(log.failing()).toBe(false);
    log.close();
  });

  it('cannot store outcomes counts and reports them, without the intents that were refused', async () => {
    const { log, disk, errors } = open();
    await log.recordDurably(anIntent());
    [disk.isFull, disk.room] = [true, 0];
    await expect(log.recordDurably(anIntent())).rejects.toThrow();
    for (const outcome of ['OK', 'AUDIT_UNAVAILABLE'])
      expect(() => {
        log.record(anAuditEvent({ id: 'i1', outcome }));
      }).toThrow();
    expect(log.missingOutcomes()).toBe(1);
    expect(errors[1]?.message).toBe(
      'the audit record MUTATION i1 of updateUserCard with outcome OK could not be written (ENOSPC)',
    );
  });

  it('is slow waits until an intent is on the disk, and syncs once for all waiting ones', async () => {
    const syncs: (() => void)[] = [];
    const { log } = open({
      sync: () =>
        new Promise((resolve) => {
          syncs.push(resolve);
        }),
    });
    const settled: string[] = [];
    const intend = (id: string) => log.recordDurably(anIntent({ id })).then(() => settled.push(id));
    const turn = () => new Promise(setImmediate);

    const first = intend('first');
    await turn();
    // These are written during a sync, which need not cover them.
    const others = [intend('second'), intend('third')];
    await turn();
    expect([syncs.length, settled]).toEqual([1, []]);
    syncs[0]?.();
    await first;
    await turn();
    expect([syncs.length, settled]).toEqual([2, ['first']]);
    syncs[1]?.();
    await Promise.all(others);
    expect(settled).toEqual(['first', 'second', 'third']);
    log.close();
  });

  it('fails to sync refuses the intent, and uses another file for the next one', async () => {
    let isBroken = true;
    const { log, errors } = open({
      sync: () => (isBroken ? Promise.reject(new Error('EIO')) : Promise.resolve()),
    });
    await expect(log.recordDurably(anIntent({ id: 'lost' }))).rejects.toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
    });
    expect([log.failing(), errors.length]).toEqual([true, 1]);
    isBroken = false;
    await log.recordDurably(anIntent({ id: 'kept' }));
    expect(log.failing()).toBe(false);
    log.close();
    expect(
      files()
        .map((content) => /lost|kept/.exec(content)?.[0])
        .sort(),
    ).toEqual(['kept', 'lost']);
  });

  it('is slow keeps its file open during a key change until the sync has ended', async () => {
    let reachDisk: () => void = () => undefined;
    const { log } = open({
      async sync(file) {
        await new Promise<void>((resolve) => {
          reachDisk = resolve;
        });
        // EBADF if the file was closed meanwhile.
        fdatasyncSync(file);
      },
    });
    const intent = log.recordDurably(anIntent());
    await new Promise(setImmediate);
    log.replaceKey(createSecretKey(randomBytes(32)));
    reachDisk();
    await intent;
    log.close();
    expect(files()).toHaveLength(2);
  });

  it.each<[string, (path: string) => void]>([
    ['file is removed', (path) => rmSync(path)],
    ['file is renamed', (path) => renameSync(path, `${path}.old`)],
    ['directory is removed', () => rmSync(directory, { recursive: true })],
  ])('lost its file continues in another one, and reports it, if the %s meanwhile', async (_, takeAway) => {
    const { log, errors } = open();
    log.record(anAuditEvent());
    const first = log.path();
    takeAway(first);
    await log.recordDurably(anIntent());
    log.record(anAuditEvent());
    log.close();
    expect(log.path()).not.toBe(first);
    expect(readFileSync(log.path(), 'utf8')).toMatch(/INTENT[\s\S]*MUTATION[\s\S]*CLOSED/);
    expect(errors.map(({ message }) => message)).toEqual([
      'the audit file was removed or renamed while it was in use',
    ]);
  });

  it('does not allow listing the directory still works', async () => {
    chmodSync(directory, 0o300);
    const { log } = open();
    await log.recordDurably(anIntent());
    log.close();
    chmodSync(directory, 0o700);
    expect(files()).toHaveLength(1);
  });
});
