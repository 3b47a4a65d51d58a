import type { NamedFile } from './file-rights';
import type { KeyObject } from 'node:crypto';
import type { AuthSettings } from '../auth/settings';
import type { NamedKey } from '../shared/key-ring';
import type { WechatPaySettings } from '../wechatpay/settings';
import { defaultQueryLimits, type QueryLimits } from './query-limits';
import { noTrustedDocuments, type TrustedDocumentsSettings } from './trusted-documents';

/** Everything the process is told from outside, read and checked once at start. Frozen. */
export interface Config {
  readonly server: {
    readonly host: string;
    readonly port: number;
    /** The explorer page, introspection and suggestions in messages. */
    readonly development: boolean;
    /** How long a client waits at most, ms. */
    readonly queryDeadlineMs: number;
    readonly mutationDeadlineMs: number;
    /** How long operations under way may take after SIGTERM, ms. */
    readonly drainMs: number;
  };
  readonly wechatPay: WechatPaySettings;
  /** Absent: whoever reaches the server may do everything, so it stays on loopback (exposure.ts). */
  readonly auth?: AuthSettings;
  /** Personal values that one operation may open. */
  readonly maxDecryptions: number;
  /** 32 bytes each, the first one in use: global ids, names of cache entries, entries in a shared store. */
  readonly encryptionKeys: readonly NamedKey[];
  readonly cache: { readonly maxBytes: number };
  readonly http: {
    /** Sites whose pages may call the server from a browser; none by default. */
    readonly corsOrigins: readonly string[];
    /** How long a client may take for its headers, for its whole request, and to move any byte, ms. */
    readonly headersTimeoutMs: number;
    readonly requestTimeoutMs: number;
    readonly idleTimeoutMs: number;
    /** Connections beyond it are closed at once. */
    readonly maxConnections: number;
    /** How long `/readyz` answers 503 before the port closes, so that a load balancer notices, ms. */
    readonly drainDelayMs: number;
  };
  /** The operators' port: `/metrics`, `/livez`, `/readyz`. */
  readonly metrics?: { readonly host: string; readonly port: number };
  /** Where audit records go: a directory, and the key that seals them. */
  readonly audit?: { readonly directory: string; readonly key: KeyObject };
  readonly notifications: NotificationSettings;
  readonly subscriptions: SubscriptionSettings;
  readonly queryLimits: QueryLimits;
  readonly trustedDocuments: TrustedDocumentsSettings;
  /** The files that it was read from. */
  readonly files: readonly NamedFile[];
  /** What the processes of a fleet share; absent: this process is alone. */
  readonly redis?: { readonly url: string };
}

export interface NotificationSettings {
  /** The path of the templates' notify_url. */
  readonly path: string;
  /** The brands whose users' openings this server confirms by itself; the others' wait for confirmUserCard. */
  readonly confirm: readonly ConfirmSettings[];
}

export interface ConfirmSettings {
  readonly brandId: string;
  /** The level of a new member. */
  readonly level?: string;
  /** Makes the card code where the merchant allocates it; without this such an opening waits for confirmUserCard. */
  readonly allocateCodes: boolean;
}

export interface SubscriptionSettings {
  /** Events kept per brand, for subscribers that come back. */
  readonly keptEvents: number;
  /** Open streams of this process. */
  readonly maxStreams: number;
  readonly maxStreamsPerCaller: number;
}

export const defaults = {
  server: {
    host: '127.0.0.1',
    port: 4000,
    development: false,
    queryDeadlineMs: 3_000,
    mutationDeadlineMs: 8_000,
    drainMs: 10_000,
  },
  hosts: { main: 'https://api.mch.weixin.qq.com', backup: 'https://api2.mch.weixin.qq.com' },
  timeouts: { connectMs: 2_000, headersMs: 5_000, bodyMs: 5_000 },
  requests: { perSecond: 50, burst: 200 },
  maxDecryptions: 100,
  cache: { maxBytes: 64 * 1024 * 1024 },
  http: {
    corsOrigins: [],
    headersTimeoutMs: 10_000,
    requestTimeoutMs: 30_000,
    idleTimeoutMs: 70_000,
    maxConnections: 10_000,
    drainDelayMs: 0,
  },
  metrics: { host: '127.0.0.1', port: 9464 },
  notifications: { path: '/wechat/notify', confirm: [] },
  subscriptions: { keptEvents: 100_000, maxStreams: 1_000, maxStreamsPerCaller: 100 },
  queryLimits: defaultQueryLimits,
  trustedDocuments: noTrustedDocuments,
} as const;
