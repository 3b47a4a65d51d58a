import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuditLog } from '../../src/audit/audit-log';
import { anAuditEvent, anIntent, runAuditVerify } from '../support/audit';
import { fakeClock } from '../support/fake-clock';

const keys = [randomBytes(32), randomBytes(32)].map((bytes) => createSecretKey(bytes));
const [firstKey, secondKey] = keys as [(typeof keys)[number], (typeof keys)[number]];

describe('npm run audit:verify with intents', () => {
  let directory: string;
  const disk = { isFull: false };
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'audit-'));
    disk.isFull = false;
    keys.forEach((key, index) => {
      writeFileSync(join(directory, `key-${String(index)}`), key.export().toString('base64'));
    });
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });
  const open = () =>
    openAuditLog({
      directory: join(directory, 'log'),
      key: firstKey,
      clock: fakeClock(),
      onError: () => undefined,
      write(file, bytes, from) {
        if (disk.isFull) throw new Error('ENOSPC');
        return writeSync(file, bytes, from);
      },
    });
  const files = () => readdirSync(join(directory, 'log')).map((name) => join(directory, 'log', name));
  const verify = (...paths: readonly string[]) => {
    const keyFiles = keys.flatMap((_, index) => ['--key-file', join(directory, `key-${String(index)}`)]);
    const { code, text } = runAuditVerify(...keyFiles, ...(paths.length > 0 ? paths : files()));
    return { code, listed: text.split('\n').filter((line) => line.includes('NO OUTCOME')) };
  };

  it('lists no intent with an outcome, and exits with 0', async () => {
    const log = open();
    await log.recordDurably(anIntent());
    log.record(anAuditEvent({ id: 'i1' }));
    // Refused before anything would be sent.
    log.record(anAuditEvent({ outcome: 'FORBIDDEN' }));
    log.close();
    expect(verify()).toEqual({ code: 0, listed: [] });
  });

  it('lists an intent without an outcome with operation, caller, time and hash, and exits with 2', async () => {
    const log = open();
    for (const id of ['i1', 'i2', 'i3']) await log.recordDurably(anIntent({ id }));
    log.record(anAuditEvent({ id: 'i3' }));
    log.record(anAuditEvent({ id: 'i1' }));
    expect(verify()).toEqual({
      code: 2,
      listed: [
        `${log.path()}:3: NO OUTCOME of updateUserCard for brand 1004 by till-7 at 2023-11-14T22:13:20.000Z, ` +
          'target abc under key k1, id i2: the process was killed or could not write on, or the write is under way',
      ],
    });
    log.close();
    expect(verify().listed).toEqual([
      expect.stringMatching(
        /id i2: the outcome could not be written, see the log of the server; or it is in/,
      ),
    ]);
  });

  it('finds an outcome in another given file, e.g. after a key change', async () => {
    const log = open();
    await log.recordDurably(anIntent());
    const before = log.path();
    log.replaceKey(secondKey);
    log.record(anAuditEvent({ id: 'i1' }));
    log.close();
    expect(verify()).toEqual({ code: 0, listed: [] });
    expect(verify(before)).toMatchObject({
      code: 2,
      listed: [expect.stringMatching(/file that was not given/)],
    });
  });

  it('distinguishes a killed process from a changed file, and exits with 1 for the latter', async () => {
    const log = open();
    for (const id of ['i1', 'i2']) {
      await log.recordDurably(anIntent({ id }));
      log.record(anAuditEvent({ id }));
    }
    log.close();
    const content = readFileSync(log.path(), 'utf8');
    const lines = content.split('\n');

    // Killed while it wrote the last outcome.
    writeFileSync(log.path(), `${lines.slice(0, 4).join('\n')}\n${lines[4]?.slice(0, 50) ?? ''}`);
    expect(verify()).toMatchObject({
      code: 2,
      listed: [expect.stringMatching(/i2: the process was killed/)],
    });

    // The last outcome, removed from the middle.
    writeFileSync(log.path(), [...lines.slice(0, 4), ...lines.slice(5)].join('\n'));
    expect(verify()).toMatchObject({
      code: 1,
      listed: [expect.stringMatching(/i2: the rest of the file was tampered with/)],
    });

    // A forged outcome does not count.
    writeFileSync(log.path(), content.replace('"kind":"MUTATION","id":"i1"', '"kind":"MUTATION","id":"i0"'));
    expect(verify()).toMatchObject({ code: 1, listed: [expect.stringMatching(/id i1: the rest/)] });
  });

  it('lists an intent whose outcome could not be written to a full disk', async () => {
    const log = open();
    await log.recordDurably(anIntent());
    disk.isFull = true;
    expect(() => {
      log.record(anAuditEvent({ id: 'i1' }));
    }).toThrow();
    disk.isFull = false;
    log.record(anAuditEvent({ id: 'later' }));
    log.close();
    expect(verify()).toMatchObject({
      code: 2,
      listed: [expect.stringMatching(/id i1: .*could not write on/)],
    });
  });

  it('exits with 0 for files of the first version, which have no intents', () => {
    const log = open();
    log.record(anAuditEvent());
    log.record(anAuditEvent({ kind: 'DECRYPTION' }));
    log.close();
    expect(readFileSync(log.path(), 'utf8')).not.toContain('"id"');
    expect(verify()).toEqual({ code: 0, listed: [] });
  });
});
