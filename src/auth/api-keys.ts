import { readFile, stat } from 'node:fs/promises';
import type { Clock } from '../shared/clock';
import { AppError } from '../shared/errors';
import { defined } from '../shared/defined';
import { fileIdentity } from '../shared/file-identity';
import { systemCode } from '../shared/system-code';
import { matchesHash, idOfApiKey } from './api-key';
import { isAlive, parseKeyFile, type KeyRecord } from './api-key-file';
import type { Caller } from './caller';
import { permissionsOf } from './permissions';

/** Identifies callers by the API keys of a file. */
export interface ApiKeys {
  /** Rejects with MISCONFIGURED if the file cannot be used. Afterwards the file is checked every second. */
  start(): Promise<void>;
  stop(): void;
  /**
   * Resolves to `undefined` for anything but an active key. Rejects with ApiKeysUnavailable if the file has been unusable for
   * `keptMs`.
   */
  callerOf(text: string): Promise<Caller | undefined>;
  /**
   * The caller of this id (`Caller.id`) as its active keys say now; `undefined` if it has none. For work that goes on after its
   * request. Rejects as `callerOf` does.
   */
  callerNamed(id: string): Promise<Caller | undefined>;
  /** The current problem of the file; `refused` if its keys are refused because of it. */
  problem(): { readonly detail: string; readonly refused: boolean } | undefined;
}

/** The file cannot be used, so it is unknown whether a key was revoked. */
export class ApiKeysUnavailable extends Error {
  override readonly name = 'ApiKeysUnavailable';
}

export interface ApiKeysDeps {
  readonly file: string;
  readonly clock: Clock;
  /** Called once per reason why the file cannot be used. The last known keys stay valid for `keptMs`. */
  readonly onProblem: (error: Error) => void;
}

/** Minimum time between two checks of the file, ms. */
const lookEveryMs = 1_000;
/**
 * How long the last known keys are accepted while the file cannot be read or parsed, ms. A key revoked meanwhile stays valid no
 * longer than this.
 */
export const keptMs = 5 * 60_000;
/** Used for an unknown id, so that it takes as long to check as a known one. */
const noHash = '0'.repeat(64);

export const createApiKeys = ({ file, clock, onProblem }: ApiKeysDeps): ApiKeys => {
  let keys: ReadonlyMap<string, KeyRecord & { readonly who: Caller }> = new Map();
  /** The state of the file from which `keys` were read. */
  let seen = '';
  let lookedAt = -Infinity;
  let looking: Promise<void> | undefined;
  let trouble: { readonly detail: string; readonly since: number; readonly isAbsent: boolean } | undefined;
  let cancel: () => void = () => undefined;
  let stopped = false;

  const read = async (): Promise<void> => {
    const state = await stateOf(file);
    if (state === seen) return;
    const records = state === absent ? [] : parseKeyFile(await readFile(file, 'utf8'));
    keys = new Map(records.map((record) => [record.id, { ...record, who: toCaller(record) }]));
    if (state === absent) throw new Absent('does not exist');
    // Set only after a successful read, so that a failed one is repeated even if only permissions change.
    seen = state;
  };

  const look = async (): Promise<void> => {
    if (clock.now() - lookedAt < lookEveryMs) return;
    // Concurrent requests share one check.
    looking ??= read()
      .then(
        () => {
          trouble = undefined;
        },
        (error: unknown) => {
          seen = '';
          const detail = problemOf(error);
          if (trouble?.detail !== detail) onProblem(new AppError('MISCONFIGURED', detail));
          trouble = { detail, since: trouble?.since ?? clock.now(), isAbsent: error instanceof Absent };
        },
      )
      .finally(() => {
        lookedAt = clock.now();
        looking = undefined;
      });
    await looking;
  };
  const lookNow = async (): Promise<void> => {
    await look();
    if (trouble?.isAbsent === false && isTooOld()) throw new ApiKeysUnavailable(trouble.detail);
  };
  const isTooOld = (): boolean => trouble !== undefined && clock.now() - trouble.since >= keptMs;
  const lookAgain = (): void => {
    if (!stopped) cancel = clock.after(lookEveryMs, () => void look().finally(lookAgain));
  };

  return {
    async start() {
      try {
        await read();
      } catch (error) {
        throw new AppError('MISCONFIGURED', problemOf(error));
      }
      lookedAt = clock.now();
      lookAgain();
    },
    stop() {
      stopped = true;
      cancel();
    },
    problem: () => trouble && { detail: trouble.detail, refused: trouble.isAbsent || isTooOld() },
    async callerNamed(id) {
      await lookNow();
      const alive = [...keys.values()].filter((key) => key.who.id === id && isAlive(key, clock.wallNow()));
      return alive.length === 0
        ? undefined
        : { id, permissions: permissionsOf(alive.flatMap(({ scopes }) => scopes)) };
    },
    async callerOf(text) {
      await lookNow();
      const key = keys.get(idOfApiKey(text) ?? '');
      const right = matchesHash(text, key?.hash ?? noHash);
      return right && key !== undefined && isAlive(key, clock.wallNow()) ? key.who : undefined;
    },
  };
};

/** Identifies the caller, not the key, so that a rotation does not change the id. */
const toCaller = ({ caller, scopes, lane, expiresAt }: KeyRecord): Caller => ({
  id: `key:${caller}`,
  permissions: permissionsOf(scopes),
  ...defined({ lane }),
  expiresAt: Date.parse(expiresAt),
});

const absent = 'absent';
class Absent extends Error {}

const stateOf = async (file: string): Promise<string> => {
  try {
    const found = await stat(file, { bigint: true });
    // Reading a pipe would wait for its writer and block every caller.
    if (!found.isFile()) throw new Error('is not a regular file');
    return fileIdentity(found);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return absent;
    throw error;
  }
};

/** Our own messages are used; system errors are reduced to their code. */
const problemOf = (error: unknown): string => {
  const code = systemCode(error);
  const reason =
    code === undefined && error instanceof Error
      ? error.message
      : `cannot be read (${code ?? 'unknown reason'})`;
  return `the file of API keys ${reason}`;
};
