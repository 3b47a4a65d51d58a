import type { Stats } from 'node:fs';
import { chmod, chown, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { hashOfApiKey, makeApiKey } from '../auth/api-key';
import {
  callerName,
  isAlive,
  isCallerLane,
  maxAliveKeys,
  parseKeyFile,
  printKeyFile,
  type KeyRecord,
} from '../auth/api-key-file';
import { isScope } from '../auth/permissions';
import type { CallerLane } from '../auth/settings';
import { systemCode } from '../shared/system-code';
import { systemClock, type Clock } from '../shared/clock';

const usage = `Manages the API keys of callers. The file holds hashes only; a running server applies changes within a second.

  npm run api-keys -- make   --file FILE --caller NAME --scope SCOPE [--scope ...] [--lane bulk] [--days DAYS]
  npm run api-keys -- revoke --file FILE --id ID
  npm run api-keys -- list   --file FILE

  --caller NAME   the caller that owns the key; a caller can have two active keys, so that keys rotate without downtime
  --scope SCOPE   brand:ID:read, brand:ID:write, brand:ID:pii (* for every brand), schema:read, admin;
                  not brand:ID:member: a key names no openid, so members use tokens
  --lane bulk     all calls with the key are background work: they wait behind the calls of people, without a header
  --days DAYS     lifetime of the key, 1 to 366 days (default 90)
`;

/** An invalid command; the message says what to do. */
class KeyCommandError extends Error {
  override readonly name = 'KeyCommandError';
}

export interface KeyCommandDeps {
  readonly clock: Clock;
  readonly print: (text: string) => void;
}

/** Runs one command. Rejects with KeyCommandError, or with the system's error if the file cannot be written. */
export const runKeyCommand = async (
  argv: readonly string[],
  { clock, print }: KeyCommandDeps,
): Promise<void> => {
  if (argv[0] === 'help') {
    print(usage);
    return;
  }
  const { command, file, ...options } = readArguments(argv);
  const now = clock.wallNow();
  if (command === 'list') {
    for (const key of await readKeys(file)) print(`${describe(key, now)}\n`);
    return;
  }
  await locked(file, async () => {
    const keys = await readKeys(file);
    if (command === 'revoke') {
      const { id } = options;
      const key = keys.find((one) => one.id === id);
      if (key === undefined)
        throw new KeyCommandError('--id is not a key in the file; run list to see the ids');
      const revokedAt = key.revokedAt ?? new Date(now).toISOString();
      await replace(
        file,
        keys.map((one) => (one === key ? { ...key, revokedAt } : one)),
      );
      print(`Revoked ${key.id} of ${key.caller}.\n`);
      return;
    }
    const { record, text } = makeKey(options, { keys, now });
    await replace(file, [...keys, record]);
    print(`${text}\n\nKey ${record.id} of ${record.caller}, until ${record.expiresAt}. `);
    print('The key is shown only now and is not stored: pass it on.\n');
  });
};

interface KeyOptions {
  readonly caller: string | undefined;
  readonly scope: readonly string[];
  readonly lane: string | undefined;
  readonly days: string;
}

const makeKey = (
  { caller = '', scope, lane, days }: KeyOptions,
  { keys, now }: { readonly keys: readonly KeyRecord[]; readonly now: number },
): { readonly record: KeyRecord; readonly text: string } => {
  if (!callerName.test(caller))
    throw new KeyCommandError(
      '--caller must be 1 to 64 letters, digits, ., _ or -, beginning with a letter or digit',
    );
  const wrong = scope.find((one) => !isScope(one));
  if (scope.length === 0 || wrong !== undefined)
    throw new KeyCommandError(
      '--scope must be brand:ID:read, brand:ID:write, brand:ID:pii, schema:read or admin',
    );
  if (lane !== undefined && !isCallerLane(lane))
    throw new KeyCommandError('--lane must be bulk, or left out');
  const lifetime = Number(days);
  if (!Number.isInteger(lifetime) || lifetime < 1 || lifetime > 366)
    throw new KeyCommandError('--days must be a whole number from 1 to 366');
  const alive = keys.filter((key) => key.caller === caller && isAlive(key, now));
  if (alive.length >= maxAliveKeys)
    throw new KeyCommandError(
      `${caller} already has ${alive.length} active keys: revoke ${alive.map(({ id }) => id).join(' or ')} first`,
    );
  const { id, text } = makeApiKey();
  const record = {
    id,
    caller,
    hash: hashOfApiKey(text),
    scopes: [...new Set(scope)],
    ...(lane === undefined ? {} : { lane: lane as CallerLane }),
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + lifetime * 86_400_000).toISOString(),
  };
  return { record, text };
};

const describe = (key: KeyRecord, now: number): string => {
  const state =
    key.revokedAt !== undefined
      ? `revoked ${key.revokedAt}`
      : `${isAlive(key, now) ? 'until' : 'expired'} ${key.expiresAt}`;
  return `${key.id}  ${key.caller}  ${key.scopes.join(' ')}  ${key.lane === undefined ? '' : `lane ${key.lane}  `}${state}`;
};

const commands = ['make', 'revoke', 'list'] as const;

const readArguments = (argv: readonly string[]) => {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      file: { type: 'string' },
      caller: { type: 'string' },
      scope: { type: 'string', multiple: true, default: [] },
      lane: { type: 'string' },
      days: { type: 'string', default: '90' },
      id: { type: 'string' },
    },
  });
  const command = commands.find((name) => name === positionals[0]);
  if (command === undefined || positionals.length > 1) throw new KeyCommandError(usage);
  if (values.file === undefined) throw new KeyCommandError('--file must name the file of hashes');
  const { file, caller, scope, lane, days, id } = values;
  return { command, file, caller, scope, lane, days, id };
};

/** Locks the file. Commands read before they write, so two at once could lose a key or restore a revoked one. */
const locked = async (file: string, change: () => Promise<void>): Promise<void> => {
  const lock = `${file}.lock`;
  const handle = await open(lock, 'wx').catch((error: unknown) => {
    if (systemCode(error) === 'EEXIST')
      throw new KeyCommandError(`another command is at work; if there is none, delete ${lock}`);
    throw error;
  });
  try {
    await change();
  } finally {
    await handle.close();
    await rm(lock, { force: true });
  }
};

const readKeys = async (file: string): Promise<readonly KeyRecord[]> => {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
  try {
    return parseKeyFile(text);
  } catch (error) {
    throw new KeyCommandError(`${file} ${error instanceof Error ? error.message : 'cannot be read'}`);
  }
};

/**
 * Replaces the file atomically, so that a server never reads half a file. Owner and mode are kept: otherwise a server that
 * could read the old file might not read the new one, and would miss a revocation.
 */
const replace = async (file: string, keys: readonly KeyRecord[]): Promise<void> => {
  // Replaces the target of a symbolic link, not the link.
  const target = await realpath(file).catch(() => file);
  const former = await stat(target).catch(() => undefined);
  const fresh = `${target}.new`;
  await rm(fresh, { force: true });
  await writeFile(fresh, printKeyFile(keys), { mode: 0o600, flag: 'wx' });
  try {
    if (former !== undefined) await keepRights(fresh, former);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
  await rename(fresh, target);
};

const keepRights = async (fresh: string, { uid, gid, mode }: Stats): Promise<void> => {
  const own = await stat(fresh);
  if (own.uid !== uid || own.gid !== gid)
    await chown(fresh, uid, gid).catch(() => {
      throw new KeyCommandError("the file's owner or group would change: run this as its owner or as root");
    });
  await chmod(fresh, mode & 0o777);
};

if (require.main === module) {
  runKeyCommand(process.argv.slice(2), {
    clock: systemClock,
    print: (text) => process.stdout.write(text),
  }).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : 'failed'}\n`);
    process.exitCode = 1;
  });
}
