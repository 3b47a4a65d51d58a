import { isSystemCode, systemCode } from '../shared/system-code';

/** Error codes that Redis puts before its message. */
const replyCodes = [
  'OOM',
  'READONLY',
  'NOAUTH',
  'WRONGPASS',
  'NOPERM',
  'LOADING',
  'MISCONF',
  'BUSY',
  'MASTERDOWN',
  'NOREPLICAS',
  'CLUSTERDOWN',
  'MOVED',
  'WRONGTYPE',
  'ERR',
] as const;

/**
 * Why the store failed: the code of its reply, the operating system's (e.g. ECONNREFUSED), `timeout`, `closed` for a lost
 * connection, or `other`. Never its message, which may contain a user name.
 */
export type StoreFailure = (typeof replyCodes)[number] | 'timeout' | 'closed' | 'other' | SystemCode;
type SystemCode = `E${string}`;

/** The store did not answer in the time that a command has. */
export class StoreTimeout extends Error {
  override readonly name = 'StoreTimeout';
}

/** Whether the store itself has answered, so that it can be reached. */
export const isReply = (failure: StoreFailure): boolean => replyCodes.some((code) => code === failure);

export const storeFailure = (error: unknown): StoreFailure => {
  if (error instanceof StoreTimeout) return 'timeout';
  if (!(error instanceof Error)) return 'other';
  const [word] = /^[A-Z]+(?= )/.exec(error.message) ?? [];
  const reply = replyCodes.find((code) => code === word);
  if (reply !== undefined) return reply;
  const code = systemCode(error);
  if (code !== undefined && isSystemCode(code)) return code;
  return /closed|disconnect|offline/i.test(`${error.constructor.name} ${error.message}`) ? 'closed' : 'other';
};
