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
  'CROSSSLOT',
  'WRONGTYPE',
  'ERR',
] as const;

/**
 * Why the store failed: the code of its reply, the operating system's (e.g. ECONNREFUSED), `timeout`, `closed` for a lost
 * connection, `certificate` if its certificate is not trusted, `tls` if one side speaks TLS and the other does not, `sentinel`
 * if the address is a Sentinel's or no Sentinel knows the primary, or `other`. Never its message, which may contain a user name.
 */
export type StoreFailure =
  | (typeof replyCodes)[number]
  | 'timeout'
  | 'closed'
  | 'certificate'
  | 'tls'
  | 'sentinel'
  | 'other'
  | SystemCode;
type SystemCode = `E${string}`;

/** The store did not answer in the time that a command has. */
export class StoreTimeout extends Error {
  override readonly name = 'StoreTimeout';
}

/** What waiting does not mend: the address is a Sentinel's, no Sentinel knows the primary, or the user may not do what this server does. */
export class StoreRefused extends Error {
  override readonly name = 'StoreRefused';
  constructor(
    readonly reason: StoreFailure,
    /** The commands that the store refuses, in capitals, and `keys` or `channels` if it refuses their names. */
    readonly commands: readonly string[] = [],
  ) {
    super(`the store cannot be used: ${reason}`);
  }
}

/** Failures that end only when somebody changes the configuration of this server or of the store. */
const credentialFailures: ReadonlySet<StoreFailure> = new Set(['WRONGPASS', 'NOAUTH', 'NOPERM', 'sentinel']);

/** Whether a process must not even start: it would never come to use the store. */
export const isRefusedForGood = (failure: StoreFailure): boolean => credentialFailures.has(failure);

/** Whether the store itself has answered, so that it can be reached. */
export const isReply = (failure: StoreFailure): boolean => replyCodes.some((code) => code === failure);

/** The message of any error, also of one that another realm has made. */
const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
    ? error.message
    : '';

/** The store's refusal of a command or a name, e.g. for want of a right; `undefined` for other errors. */
export const refusalOf = (error: unknown): StoreRefused | undefined => {
  const message = messageOf(error);
  if (!message.startsWith('NOPERM')) return undefined;
  const command = /'([\w|-]+)' command/.exec(message)?.[1]?.toUpperCase();
  const name = /one of the (keys|channels)/.exec(message)?.[1];
  return new StoreRefused('NOPERM', [command ?? name ?? []].flat());
};

export const storeFailure = (error: unknown): StoreFailure => {
  if (error instanceof StoreTimeout) return 'timeout';
  if (error instanceof StoreRefused) return error.reason;
  const message = messageOf(error);
  // What a script gets to know of a missing right.
  if (/can't run this command|can't access at least one/.test(message)) return 'NOPERM';
  const [word] = /^[A-Z]+(?= )/.exec(message) ?? [];
  const reply = replyCodes.find((code) => code === word);
  if (reply !== undefined) return reply;
  const code = systemCode(error);
  if (code !== undefined && isSystemCode(code)) return code;
  if (code !== undefined && code.startsWith('ERR_SSL_')) return 'tls';
  if (code !== undefined && /CERT|LEAF_SIGNATURE/.test(code)) return 'certificate';
  const kind = error instanceof Error ? error.constructor.name : '';
  if (/timeout/i.test(message)) return 'timeout';
  return /closed|disconnect|offline/i.test(`${kind} ${message}`) ? 'closed' : 'other';
};

const advice: Readonly<Partial<Record<StoreFailure, string>>> = {
  WRONGPASS: 'the store refuses the user or the password; correct them in the address',
  NOAUTH: 'the store asks for a password; add it to the address',
  sentinel:
    'the address is that of a Sentinel, or no Sentinel knows its host; write the Sentinels to redis.sentinels, and the name of their primary as the host of the address',
  certificate: 'the certificate of the store is not trusted; name its authority in redis.caFile',
  tls: 'the store does not speak TLS at this address; write redis://, or correct the port',
  closed: 'the store closed the connection; if it requires TLS, write rediss://',
  ECONNRESET: 'the store closed the connection (ECONNRESET); if it requires TLS, write rediss://',
  ECONNREFUSED:
    'nothing listens at the address of the store (ECONNREFUSED); start it, or correct its address',
  ENOTFOUND: "the name of the store's host cannot be resolved (ENOTFOUND); correct its address",
  EAI_AGAIN: "the name of the store's host cannot be resolved (EAI_AGAIN); correct its address",
  timeout:
    'the store does not answer in time; check the way to it and its load, and TLS if you write rediss://',
  OOM: 'the store is full (OOM); give it more memory, or the eviction policy volatile-ttl',
  READONLY: 'the address leads to a replica (READONLY); give that of the primary',
};

/** What is wrong with the store and what to do, without any text of the store's own. */
export const storeAdvice = (failure: StoreFailure, commands: readonly string[] = []): string => {
  if (failure !== 'NOPERM') return advice[failure] ?? `the store failed (${failure})`;
  const names = commands.length === 0 ? 'the commands of this server' : commands.join(', ');
  return `the store does not allow this user: ${names}; grant them (NOPERM)`;
};
