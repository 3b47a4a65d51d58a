import { isMemberScope, isScope } from './permissions';
import { callerLanes, type CallerLane } from './settings';
import { isRecord } from '../shared/is-record';

/** One key in the file. */
export interface KeyRecord {
  readonly id: string;
  /** The caller that owns the key. A caller can have two active keys, so that keys rotate without downtime. */
  readonly caller: string;
  /** SHA-256 of the whole key, hex. */
  readonly hash: string;
  readonly scopes: readonly string[];
  /** All calls with the key are background work. Default: each request chooses. */
  readonly lane?: CallerLane;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly revokedAt?: string;
}

export const callerName = /^[A-Za-z0-9][\w.-]{0,63}$/;
export const maxAliveKeys = 2;

/** Whether the key is active; `now` is ms since the Unix epoch. */
export const isAlive = ({ expiresAt, revokedAt }: KeyRecord, now: number): boolean =>
  revokedAt === undefined && now < Date.parse(expiresAt);

/** Throws an Error that names entry and rule, never a value, if the text is not a valid key file. */
export const parseKeyFile = (text: string): readonly KeyRecord[] => {
  const document = parseJson(text);
  const keys = isRecord(document) ? document.keys : undefined;
  if (!Array.isArray(keys)) throw new Error('must be JSON of the form {"keys": [...]}');
  const records = keys.map((entry: unknown, index) => toRecord(entry, `keys[${index}]`));
  if (new Set(records.map(({ id }) => id)).size < records.length) throw new Error('has two keys with one id');
  return records;
};

export const printKeyFile = (keys: readonly KeyRecord[]): string => `${JSON.stringify({ keys }, null, 2)}\n`;

export const isCallerLane = (value: string): boolean => callerLanes.some((lane) => lane === value);

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error('is not JSON');
  }
};

const toRecord = (entry: unknown, path: string): KeyRecord => {
  const source = isRecord(entry) ? entry : {};
  const text = (name: string, rule: (value: string) => boolean): string => {
    const value = source[name];
    if (typeof value !== 'string' || !rule(value)) throw new Error(`has no valid ${name} in ${path}`);
    return value;
  };
  const isTime = (value: string): boolean => !Number.isNaN(Date.parse(value));
  const { scopes } = source;
  if (Array.isArray(scopes) && scopes.some((scope) => typeof scope === 'string' && isMemberScope(scope)))
    throw new Error(`has the scope of a member in ${path}, but a key names no openid; members use tokens`);
  if (!Array.isArray(scopes) || !scopes.every((scope) => typeof scope === 'string' && isScope(scope)))
    throw new Error(`has no valid scopes in ${path}`);
  return {
    id: text('id', (value) => /^[a-z0-9]{12}$/.test(value)),
    caller: text('caller', (value) => callerName.test(value)),
    hash: text('hash', (value) => /^[0-9a-f]{64}$/.test(value)),
    scopes: scopes as string[],
    createdAt: text('createdAt', isTime),
    expiresAt: text('expiresAt', isTime),
    ...(source.lane === undefined ? {} : { lane: text('lane', isCallerLane) as CallerLane }),
    ...(source.revokedAt === undefined ? {} : { revokedAt: text('revokedAt', isTime) }),
  };
};
