import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { openAuditLog, type AuditLog } from '../../src/audit/audit-log';
import { createAuditReader } from '../../src/audit/audit-reader';
import { verifyAudit } from '../../src/audit/verify';
import { verifyFile } from '../../src/audit/verify-file';
import { anAuditEvent } from '../support/audit';
import { fakeClock } from '../support/fake-clock';

const [oldKey, newKey] = [createSecretKey(randomBytes(32)), createSecretKey(randomBytes(32))];

describe('the verification of an audit directory', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'audit-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  const write = (records: number, key = newKey): AuditLog => {
    const log = openAuditLog({
      directory,
      key,
      clock: fakeClock(),
      onError(error) {
        throw error;
      },
    });
    for (let index = 0; index < records; index += 1)
      log.record(anAuditEvent({ wechatMessages: ['参数错误'], targetHash: String(index) }));
    return log;
  };
  const reader = (verifiedBytes?: number, keys = [newKey]) =>
    createAuditReader({ directory, keys: () => keys, ...(verifiedBytes !== undefined && { verifiedBytes }) });
  const stateOf = async ({ path }: AuditLog, keys = [newKey]) => {
    const { files } = await reader(undefined, keys).verify({ count: 100 });
    return files.find(({ name }) => name === basename(path()));
  };
  const change = (path: string, by: (text: string) => string): void => {
    writeFileSync(path, by(readFileSync(path, 'utf8')));
  };

  it('agrees with that of the whole text, for a file of many parts and wherever it was changed', async () => {
    const log = write(400);
    const path = log.path();
    const text = readFileSync(path, 'utf8');
    expect(text.length).toBeGreaterThan(65_536);
    const lines = text.split('\n');
    const changed = [
      text,
      text.slice(0, -5),
      text.replace('"targetHash":"300"', '"targetHash":"301"'),
      lines.toSpliced(200, 1).join('\n'),
      lines.toSpliced(200, 0, lines[10] ?? '').join('\n'),
      `${text}x\n`,
    ];
    for (const content of changed) {
      writeFileSync(path, content);
      const { state, last, line } = verifyAudit(content, { key: newKey });
      expect(await verifyFile({ path, size: Buffer.byteLength(content) }, [oldKey, newKey])).toEqual({
        state,
        records: last.sequence,
        ...(line !== undefined && { line }),
      });
    }
  });

  it('says which file was changed and where, and which cannot be judged', async () => {
    const [whole, open, tampered, old] = [write(2), write(1), write(3), write(1, oldKey)] as const;
    whole.close();
    change(tampered.path(), (text) => text.replace('"targetHash":"1"', '"targetHash":"9"'));
    expect(await stateOf(whole)).toMatchObject({ state: 'whole', records: 4 });
    expect(await stateOf(open)).toMatchObject({ state: 'open', records: 2 });
    expect(await stateOf(tampered)).toMatchObject({ state: 'tampered', records: 2, line: 3 });
    expect(await stateOf(old)).toMatchObject({ state: 'unknown-key', records: 0 });
    expect(await stateOf(old, [newKey, oldKey])).toMatchObject({ state: 'open', records: 2 });
  });

  it('knows the keys that the log has used before', async () => {
    const log = write(1, oldKey);
    const before = log.path();
    log.replaceKey(newKey);
    expect(log.keys()).toEqual([newKey, oldKey]);
    const { files } = await reader(undefined, [...log.keys()]).verify({ count: 10 });
    expect(files.find(({ name }) => name === basename(before))?.state).toBe('whole');
  });

  it('goes through the directory page by page, reads little at once, and leaves out no file', async () => {
    const logs = [write(1), write(40), write(1), write(1)] as const;
    const names = logs.map((log) => basename(log.path())).sort();
    const verifiedBytes = 2 * statSync(logs[0].path()).size - 1;
    const seen: string[] = [];
    const states = new Set<string>();
    let after: string | undefined;
    for (let pages = 1; ; pages += 1) {
      const { files, fileCount, hasMore } = await reader(verifiedBytes).verify({ count: 2, after });
      expect([fileCount, files.length > 0]).toEqual([4, true]);
      // Two do not fit.
      expect(files.filter(({ state }) => state !== 'unchecked').length).toBeLessThan(2);
      for (const { name, state } of files) {
        seen.push(name);
        states.add(state);
      }
      after = files.at(-1)?.name;
      if (!hasMore) break;
      expect(pages).toBeLessThan(6);
    }
    expect(seen.toSorted()).toEqual(names);
    expect([...states].sort()).toEqual(['open', 'unchecked']);
  });

  it('fails if the directory cannot be listed', async () => {
    rmSync(directory, { recursive: true });
    await expect(reader().verify({ count: 1 })).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    await expect(reader().entries({ matches: () => true, count: 1 })).rejects.toThrow('cannot be listed');
  });
});
