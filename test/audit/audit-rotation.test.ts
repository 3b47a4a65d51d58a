import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuditLog, type AuditLogOptions } from '../../src/audit/audit-log';
import { verifyAudit } from '../../src/audit/verify';
import { anAuditEvent, runAuditVerify } from '../support/audit';
import { fakeClock } from '../support/fake-clock';

const [oldKey, newKey] = [createSecretKey(randomBytes(32)), createSecretKey(randomBytes(32))];

describe('an audit log whose key is replaced', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'audit-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });
  const open = (parts: Partial<AuditLogOptions> = {}) =>
    openAuditLog({
      directory: join(directory, 'log'),
      key: oldKey,
      clock: fakeClock(),
      onError(error) {
        throw error;
      },
      ...parts,
    });
  const files = () => readdirSync(join(directory, 'log')).map((name) => join(directory, 'log', name));
  const stateOf = (path: string, key: KeyObject) => verifyAudit(readFileSync(path, 'utf8'), { key }).state;
  const rotated = (): readonly [string, string] => {
    const log = open();
    log.record(anAuditEvent({ targetHash: 'one' }));
    const before = log.path();
    expect(log.replaceKey(newKey)).toBe(true);
    log.record(anAuditEvent({ targetHash: 'two' }));
    log.close();
    return [before, log.path()];
  };

  it('closes its file under the old key and continues in another one under the new key', () => {
    const [before, after] = rotated();
    expect([stateOf(before, oldKey), stateOf(after, newKey)]).toEqual(['whole', 'whole']);
    expect([stateOf(before, newKey), stateOf(after, oldKey)]).toEqual(['tampered', 'tampered']);
    expect(readFileSync(before, 'utf8')).toMatch(/"one"/);
    expect(readFileSync(after, 'utf8')).toMatch(/"two"/);
    expect(files()).toHaveLength(2);
  });

  it('does nothing if the key is the present one', () => {
    const log = open();
    expect(log.replaceKey(createSecretKey(oldKey.export()))).toBe(false);
    expect(files()).toEqual([log.path()]);
    log.close();
  });

  it('continues under the old key if no file can be created under the new one', () => {
    let full = false;
    const log = open({
      write(file, line, from) {
        if (full && line.includes('OPENED')) throw new Error('ENOSPC');
        return writeSync(file, line, from);
      },
    });
    const before = log.path();
    full = true;
    expect(() => log.replaceKey(newKey)).toThrow('ENOSPC');
    full = false;
    log.record(anAuditEvent({ targetHash: 'after' }));
    log.close();
    expect(log.path()).toBe(before);
    expect(stateOf(before, oldKey)).toBe('whole');
    expect(readFileSync(before, 'utf8')).toMatch(/"after"/);
  });

  it('writes to disk what is recorded before and afterwards, within a second', async () => {
    const clock = fakeClock();
    let syncs = 0;
    const sync = (): Promise<void> => {
      syncs += 1;
      return Promise.resolve();
    };
    const log = open({ clock, sync });
    log.record(anAuditEvent({ targetHash: 'one' }));
    await clock.advance(1_000);
    expect(syncs).toBe(1);
    log.replaceKey(newKey);
    log.record(anAuditEvent({ targetHash: 'two' }));
    await clock.advance(1_000);
    expect(syncs).toBe(2);
    log.close();
  });

  describe('is verified', () => {
    const keyFile = (key: KeyObject): readonly string[] => {
      const path = join(directory, randomBytes(4).toString('hex'));
      writeFileSync(path, `${key.export().toString('base64')}\n`);
      return ['--key-file', path];
    };

    it('in one command under both keys, in either order, and not under one of them', () => {
      rotated();
      const both = [...keyFile(oldKey), ...keyFile(newKey)];
      for (const keys of [both, [...keyFile(newKey), ...keyFile(oldKey)]]) {
        const { code, text } = runAuditVerify(...keys, ...files());
        expect([code, text.match(/: whole, 3 records/g)]).toEqual([
          0,
          [': whole, 3 records', ': whole, 3 records'],
        ]);
      }
      expect(runAuditVerify(...keyFile(newKey), ...files()).code).toBe(1);
      expect(runAuditVerify(...keyFile(oldKey), ...files()).code).toBe(1);
    });

    it('file by file under one key: a file made from two is not valid', () => {
      const [before, after] = rotated();
      const [first, second] = [before, after].map((path) => readFileSync(path, 'utf8').split('\n'));
      writeFileSync(before, [...(first ?? []).slice(0, 2), ...(second ?? []).slice(2)].join('\n'));
      const { code, text } = runAuditVerify(...keyFile(newKey), ...keyFile(oldKey), before, after);
      expect(code).toBe(1);
      // Reported for the key that verifies the most records.
      expect(text).toMatch(/TAMPERED at line 3.*good before it: 2 records[\s\S]*: whole, 3 records/);
    });

    it('not at all if one of the keys cannot be read', () => {
      const [before] = rotated();
      expect(runAuditVerify(...keyFile(oldKey), '--key-file', join(directory, 'none'), before)).toEqual({
        code: 1,
        text: expect.stringMatching(/none: cannot be read, or is not 32 bytes/) as string,
      });
    });
  });
});
