import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { matchesHash, hashOfApiKey, idOfApiKey, makeApiKey } from '../../src/auth/api-key';
import { printKeyFile, type KeyRecord } from '../../src/auth/api-key-file';
import { ApiKeysUnavailable, createApiKeys, keptMs, type ApiKeys } from '../../src/auth/api-keys';
import { aKey } from '../support/callers';
import { fakeClock } from '../support/fake-clock';

describe('an API key', () => {
  it('has an id and 256 random bits, and no two are alike', () => {
    const keys = Array.from({ length: 100 }, makeApiKey);
    expect(keys.every(({ id, text }) => idOfApiKey(text) === id)).toBe(true);
    expect(new Set(keys.map(({ text }) => text)).size).toBe(100);
    expect(Buffer.from(keys[0]?.text.slice(17) ?? '', 'base64url')).toHaveLength(32);
  });

  it('matches only its own hash', () => {
    const { text } = makeApiKey();
    expect(matchesHash(text, hashOfApiKey(text))).toBe(true);
    expect(matchesHash(text, hashOfApiKey(makeApiKey().text))).toBe(false);
    expect(matchesHash(text, '')).toBe(false);
  });
});

describe('the file of API keys', () => {
  const clock = fakeClock();
  let directory: string;
  let file: string;
  let problems: string[];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'api-keys-'));
    file = join(directory, 'keys.json');
    problems = [];
  });
  const opened: ApiKeys[] = [];
  afterEach(() => {
    for (const keys of opened.splice(0)) keys.stop();
    rmSync(directory, { recursive: true });
  });

  const write = (...records: readonly KeyRecord[]): void => {
    writeFileSync(`${file}.new`, printKeyFile(records));
    renameSync(`${file}.new`, file);
  };
  const open = async () => {
    const keys = createApiKeys({ file, clock, onProblem: ({ message }) => problems.push(message) });
    await keys.start();
    opened.push(keys);
    return keys;
  };

  it('identifies the caller of an active key', async () => {
    const { text, record } = aKey('shop', ['brand:1004:read']);
    write(record);
    const caller = await (await open()).callerOf(text);
    expect(caller?.id).toBe('key:shop');
    expect(caller?.permissions.may('read', '1004')).toBe(true);
    expect(caller?.permissions.may('write', '1004')).toBe(false);
  });

  it('can say that all calls with a key are background work; the caller keeps that while one of its keys says so', async () => {
    const [bulk, plain] = [aKey('shop', ['brand:1004:read'], { lane: 'bulk' }), aKey('desk', [])];
    write(bulk.record, plain.record);
    const keys = await open();
    expect((await keys.callerOf(bulk.text))?.lane).toBe('bulk');
    expect((await keys.callerOf(plain.text))?.lane).toBeUndefined();
    writeFileSync(file, printKeyFile([{ ...bulk.record, lane: 'fast' as 'bulk' }]));
    await clock.advance(1_000);
    // Waits for the check that is under way.
    expect((await keys.callerOf(bulk.text))?.lane).toBe('bulk');
    expect(problems).toEqual([expect.stringContaining('has no valid lane in keys[0]')]);
  });

  it('contains nothing that could be used as a key', () => {
    const { text, record } = aKey('shop', []);
    write(record);
    expect(readFileSync(file, 'utf8')).not.toContain(text.slice(17));
  });

  it('identifies the same caller by both keys of a rotation', async () => {
    const [first, second] = [aKey('shop', []), aKey('shop', [])];
    write(first.record, second.record);
    const keys = await open();
    expect((await keys.callerOf(first.text))?.id).toBe('key:shop');
    expect((await keys.callerOf(second.text))?.id).toBe('key:shop');
  });

  it('identifies no caller by a wrong secret, or by a secret under another id', async () => {
    const [first, second] = [aKey('shop', []), aKey('desk', [])];
    write(first.record, second.record);
    const keys = await open();
    expect(await keys.callerOf(`wxm_${first.record.id}_${second.text.slice(17)}`)).toBeUndefined();
    expect(await keys.callerOf(makeApiKey().text)).toBeUndefined();
    expect(await keys.callerOf(first.record.hash)).toBeUndefined();
    expect(await keys.callerOf('')).toBeUndefined();
  });

  it('ends a key at its expiry', async () => {
    const { text, record } = aKey('shop', [], { expiresAt: new Date(clock.now() + 10_000).toISOString() });
    write(record);
    const keys = await open();
    expect(await keys.callerOf(text)).toBeDefined();
    await clock.advance(10_000);
    expect(await keys.callerOf(text)).toBeUndefined();
  });

  it('is read again within a second of a change, which revokes and adds keys', async () => {
    const [former, next] = [aKey('shop', []), aKey('shop', [])];
    write(former.record);
    const keys = await open();
    expect(await keys.callerOf(former.text)).toBeDefined();
    write({ ...former.record, revokedAt: '2020-01-02T00:00:00Z' }, next.record);
    await clock.advance(1_000);
    expect(await keys.callerOf(former.text)).toBeUndefined();
    expect(await keys.callerOf(next.text)).toBeDefined();
  });

  it('keeps the last usable keys while the file is broken, and reports it once', async () => {
    const { text, record } = aKey('shop', []);
    write(record);
    const keys = await open();
    writeFileSync(file, '{"keys": [');
    for (let look = 0; look < 3; look += 1) {
      await clock.advance(1_000);
      expect(await keys.callerOf(text)).toBeDefined();
    }
    expect(problems).toEqual(['the file of API keys is not JSON']);
  });

  describe('that the server can no longer read', () => {
    // Root can read everything, so tests that run as root change to the user nobody meanwhile.
    const isRoot = process.geteuid?.() === 0;
    beforeEach(() => {
      chmodSync(directory, 0o755);
      if (isRoot) process.seteuid?.(65_534);
    });
    afterEach(() => {
      if (isRoot) process.seteuid?.(0);
    });
    const asOwner = (change: () => void): void => {
      if (isRoot) process.seteuid?.(0);
      change();
      if (isRoot) process.seteuid?.(65_534);
    };
    const { text, record } = aKey('shop', []);
    const revoked = { ...record, revokedAt: '2020-01-02T00:00:00Z' };
    /** A file as an operator with another umask would create it. */
    const revokeUnreadably = (): void => {
      asOwner(() => {
        write(revoked);
        chmodSync(file, isRoot ? 0o600 : 0o000);
      });
    };
    const openAsNobody = async () => {
      asOwner(() => {
        write(record);
        chmodSync(file, 0o644);
      });
      return open();
    };

    /** File system calls end at any time. */
    const noticed = async (keys: ApiKeys): Promise<void> => {
      for (let turn = 0; keys.problem() === undefined && turn < 500; turn += 1)
        await new Promise((resolve) => setTimeout(resolve, 10));
    };

    it('is reported within a second, without a request', async () => {
      const keys = await openAsNobody();
      expect(keys.problem()).toBeUndefined();
      revokeUnreadably();
      await clock.advance(1_000);
      await noticed(keys);
      expect(keys.problem()).toEqual({
        detail: 'the file of API keys cannot be read (EACCES)',
        refused: false,
      });
      expect(problems).toEqual(['the file of API keys cannot be read (EACCES)']);
    });

    it('is read again as soon as possible, even if its content has not changed', async () => {
      const keys = await openAsNobody();
      revokeUnreadably();
      await clock.advance(2_000);
      expect(await keys.callerOf(text)).toBeDefined();
      asOwner(() => {
        chmodSync(file, 0o644);
      });
      await clock.advance(1_000);
      expect(await keys.callerOf(text)).toBeUndefined();
      expect(keys.problem()).toBeUndefined();
    });

    it('keeps its keys valid for five minutes, and accepts no key afterwards', async () => {
      const keys = await openAsNobody();
      revokeUnreadably();
      await clock.advance(1_000);
      await noticed(keys);
      await clock.advance(keptMs - 1_000);
      expect(await keys.callerOf(text)).toBeDefined();
      await clock.advance(1_000);
      await expect(keys.callerOf(text)).rejects.toBeInstanceOf(ApiKeysUnavailable);
      expect(keys.problem()?.refused).toBe(true);
      expect(problems).toHaveLength(1);
    });
  });

  it('has its keys again when it is back unchanged, e.g. after its directory was unmounted', async () => {
    const { text, record } = aKey('shop', []);
    const [real, link] = [join(directory, 'real'), join(directory, 'link')];
    mkdirSync(real);
    file = join(real, 'keys.json');
    write(record);
    symlinkSync(real, link);
    file = join(link, 'keys.json');
    const keys = await open();
    rmSync(link);
    await clock.advance(1_000);
    expect(await keys.callerOf(text)).toBeUndefined();
    symlinkSync(real, link);
    await clock.advance(1_000);
    expect(await keys.callerOf(text)).toBeDefined();
  });

  it.each<[string, (path: string) => void]>([
    ['a directory', (path) => mkdirSync(path)],
    ['a pipe that nobody writes to', (path) => spawnSync('mkfifo', [path])],
  ])('is not waited for if %s is in its place', async (_, put) => {
    const { text, record } = aKey('shop', []);
    write(record);
    const keys = await open();
    rmSync(file);
    put(file);
    await clock.advance(1_000);
    expect(await keys.callerOf(text)).toBeDefined();
    expect(keys.problem()).toEqual({
      detail: 'the file of API keys is not a regular file',
      refused: false,
    });
    rmSync(file, { recursive: true });
    write({ ...record, revokedAt: '2020-01-02T00:00:00Z' });
    await clock.advance(1_000);
    expect(await keys.callerOf(text)).toBeUndefined();
  });

  it('identifies no caller once it is removed', async () => {
    const { text, record } = aKey('shop', []);
    write(record);
    const keys = await open();
    rmSync(file);
    await clock.advance(1_000);
    expect(await keys.callerOf(text)).toBeUndefined();
    expect(problems).toEqual(['the file of API keys does not exist']);
  });

  it.each<[string, unknown, RegExp]>([
    ['a list', [], /must be JSON of the form/],
    [
      'an unknown scope',
      { keys: [{ ...aKey('a', ['brand:1:all']).record }] },
      /no valid scopes in keys\[0\]/,
    ],
    ['a short hash', { keys: [{ ...aKey('a', []).record, hash: 'ab' }] }, /no valid hash in keys\[0\]/],
    ['no expiry', { keys: [{ ...aKey('a', []).record, expiresAt: undefined }] }, /no valid expiresAt/],
    ['a wrong revocation', { keys: [{ ...aKey('a', []).record, revokedAt: 'now' }] }, /no valid revokedAt/],
    ['a key twice', { keys: [1, 2].map(() => ({ ...aKey('a', []).record, id: 'aaaaaaaaaaaa' })) }, /one id/],
  ])('is refused at the start with %s', async (_, content, reason) => {
    writeFileSync(file, JSON.stringify(content));
    await expect(open()).rejects.toThrow(reason);
  });
});
