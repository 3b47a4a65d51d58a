import { readFile, stat } from 'node:fs/promises';
import type { Clock } from '../shared/clock';
import { AppError } from '../shared/errors';
import { systemCode } from '../shared/system-code';
import { fits, idOfApiKey } from './api-key';
import { isAlive, parseKeyFile, type KeyRecord } from './api-key-file';
import type { Caller } from './caller';
import { permissionsOf } from './permissions';

/** Callers by the API keys of a file. */
export interface ApiKeys {
  /** Rejects with MISCONFIGURED where the file cannot be used. */
  start(): Promise<void>;
  /** `undefined` for whatever is not the text of a living key. */
  callerOf(text: string): Promise<Caller | undefined>;
}

export interface ApiKeysParts {
  readonly file: string;
  readonly clock: Clock;
  /** Told once of each state of the file that cannot be used; the keys of the last usable one stay. */
  readonly onProblem: (error: Error) => void;
}

/** A change of the file is seen by the first request that comes this long after the last look, ms. */
const lookEveryMs = 1_000;
/** Compared with where no key has the id: an unknown id takes as long as a known one. */
const noHash = '0'.repeat(64);

export const createApiKeys = ({ file, clock, onProblem }: ApiKeysParts): ApiKeys => {
  let keys: ReadonlyMap<string, KeyRecord & { readonly who: Caller }> = new Map();
  let seen = '';
  let lookedAt = -Infinity;
  let looking: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    const state = await stateOf(file);
    if (state === seen) return;
    seen = state;
    const records = state === absent ? [] : parseKeyFile(await readFile(file, 'utf8'));
    keys = new Map(records.map((record) => [record.id, { ...record, who: toCaller(record) }]));
    if (state === absent) throw new Error('does not exist');
  };

  const look = async (): Promise<void> => {
    if (clock.now() - lookedAt < lookEveryMs) return;
    // Requests that come together share one look.
    looking ??= read()
      .catch((error: unknown) => {
        onProblem(new AppError('MISCONFIGURED', problemOf(error)));
      })
      .finally(() => {
        lookedAt = clock.now();
        looking = undefined;
      });
    await looking;
  };

  return {
    async start() {
      try {
        await read();
      } catch (error) {
        throw new AppError('MISCONFIGURED', problemOf(error));
      }
      lookedAt = clock.now();
    },
    async callerOf(text) {
      await look();
      const key = keys.get(idOfApiKey(text) ?? '');
      const right = fits(text, key?.hash ?? noHash);
      return right && key !== undefined && isAlive(key, clock.wallNow()) ? key.who : undefined;
    },
  };
};

/** The caller, not the key: after a rotation it is still the same one. */
const toCaller = ({ caller, scopes }: KeyRecord): Caller => ({
  id: `key:${caller}`,
  permissions: permissionsOf(scopes),
});

const absent = 'absent';

/** Changes with every write, also where the file is replaced by a rename or behind a symbolic link. */
const stateOf = async (file: string): Promise<string> => {
  try {
    const { mtimeNs, ino, size } = await stat(file, { bigint: true });
    return `${mtimeNs} ${ino} ${size}`;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return absent;
    throw error;
  }
};

/** Our own sentences pass; the system's are reduced to their code. */
const problemOf = (error: unknown): string => {
  const code = systemCode(error);
  const reason =
    code === undefined && error instanceof Error ? error.message : `cannot be read (${code ?? 'no reason'})`;
  return `the file of API keys ${reason}`;
};
