import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiKeys } from '../../src/auth/api-keys';
import { runKeyCommand } from '../../src/cli/api-keys';
import { fakeClock, type FakeClock } from '../support/fake-clock';

const day = 86_400_000;

describe('the command for API keys', () => {
  let clock: FakeClock;
  let directory: string;
  let file: string;
  beforeEach(() => {
    clock = fakeClock();
    directory = mkdtempSync(join(tmpdir(), 'api-keys-'));
    file = join(directory, 'keys.json');
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const run = async (...argv: readonly string[]): Promise<string> => {
    let printed = '';
    await runKeyCommand(argv.includes('--file') ? argv : [...argv, '--file', file], {
      clock,
      print: (text) => (printed += text),
    });
    return printed;
  };
  const make = (...argv: readonly string[]) =>
    run('make', '--caller', 'shop', '--scope', 'brand:1004:read', ...argv);
  const keyIn = (printed: string): string => /^wxm_\S+/.exec(printed)?.[0] ?? '';
  const callerOf = async (text: string) => {
    const keys = createApiKeys({ file, clock, onProblem: () => undefined });
    await keys.start();
    try {
      return await keys.callerOf(text);
    } finally {
      // It checks the file every second, which is often in a month of virtual time.
      keys.stop();
    }
  };

  it('creates a key that the server accepts until it expires', async () => {
    const key = keyIn(await make('--scope', 'schema:read', '--days', '30'));
    const caller = await callerOf(key);
    expect(caller?.id).toBe('key:shop');
    expect(caller?.permissions.may('read', '1004')).toBe(true);
    expect(caller?.permissions.has('schema:read')).toBe(true);
    await clock.advance(30 * day);
    expect(await callerOf(key)).toBeUndefined();
  });

  it('creates a key for background work, and shows that in the list', async () => {
    const key = keyIn(await make('--lane', 'bulk'));
    expect((await callerOf(key))?.lane).toBe('bulk');
    expect(await run('list')).toMatch(/brand:1004:read {2}lane bulk {2}until/);
    await expect(make('--lane', 'fast')).rejects.toThrow('--lane must be bulk');
  });

  it('stores only what is needed to check a key, readable by its owner only', async () => {
    const key = keyIn(await make());
    expect(readFileSync(file, 'utf8')).not.toContain(key.slice(17));
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(readdirSync(directory)).toEqual(['keys.json']);
  });

  it('keeps owner, group and mode of a file, and a symbolic link to it, so that the server can still read it', async () => {
    const key = keyIn(await make());
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(file, 65_534, 65_534);
    chmodSync(file, 0o644);
    const link = join(directory, 'link.json');
    symlinkSync(file, link);
    await run('revoke', '--id', key.split('_')[1] ?? '', '--file', link);
    expect(await callerOf(key)).toBeUndefined();
    const { uid, gid, mode } = statSync(file);
    expect(mode & 0o777).toBe(0o644);
    if (isRoot) expect([uid, gid]).toEqual([65_534, 65_534]);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readdirSync(directory).sort()).toEqual(['keys.json', 'link.json']);
  });

  it('revokes one key and leaves the other', async () => {
    const [former, next] = [keyIn(await make()), keyIn(await make())];
    await run('revoke', '--id', former.split('_')[1] ?? '');
    expect(await callerOf(former)).toBeUndefined();
    expect(await callerOf(next)).toBeDefined();
    expect(await run('list')).toMatch(
      /shop {2}brand:1004:read {2}revoked .*\n.*shop {2}brand:1004:read {2}until /,
    );
  });

  it('allows two active keys per caller, and a third one when one has expired', async () => {
    await make('--days', '1');
    await make('--days', '2');
    await expect(make()).rejects.toThrow(/shop already has 2 active keys: revoke \w+ or \w+ first/);
    await run('make', '--caller', 'desk', '--scope', 'admin');
    await clock.advance(day);
    await expect(make()).resolves.toMatch(/^wxm_/);
  });

  it('refuses one of two simultaneous commands, so that no key is lost', async () => {
    const outcomes = await Promise.allSettled([make(), make()]);
    const made = outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect(made).toBeGreaterThanOrEqual(1);
    expect((await run('list')).trim().split('\n')).toHaveLength(made);
  });

  it('prints its usage', async () => {
    expect(await run('help')).toMatch(/--scope SCOPE/);
  });

  it('refuses to run while another command is running', async () => {
    writeFileSync(`${file}.lock`, '');
    await expect(make()).rejects.toThrow(/another command is at work; if there is none, delete .*\.lock/);
    await expect(run('revoke', '--id', 'aaaaaaaaaaaa')).rejects.toThrow(/another command is at work/);
    expect(readdirSync(directory)).toEqual(['keys.json.lock']);
  });

  it.each<[readonly string[], RegExp]>([
    [['make', '--scope', 'admin'], /--caller must be/],
    [['make', '--caller', 'a b', '--scope', 'admin'], /--caller must be/],
    [['make', '--caller', 'shop'], /--scope must be/],
    [['make', '--caller', 'shop', '--scope', 'brand:1004:all'], /--scope must be/],
    [['make', '--caller', 'shop', '--scope', 'admin', '--days', '0'], /--days must be/],
    [['make', '--caller', 'shop', '--scope', 'admin', '--days', '367'], /--days must be/],
    [['revoke', '--id', 'aaaaaaaaaaaa'], /--id is not a key/],
    [['rotate'], /API keys of callers/],
    [[], /API keys of callers/],
  ])('refuses %j', async (argv, reason) => {
    await expect(run(...argv)).rejects.toThrow(reason);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('does not touch a file that it cannot read', async () => {
    writeFileSync(file, '{"keys": [');
    await expect(make()).rejects.toThrow(/keys\.json is not JSON/);
    expect(readFileSync(file, 'utf8')).toBe('{"keys": [');
  });
});
