import type { NamedFile } from './file-rights';
import type { KeyObject } from 'node:crypto';
import type { AuthSettings, CallerSettings } from '../auth/settings';
import type { RuleOverrides } from '../documents/field-rule';
import type { Amount } from '../shared/amount';
import type { NamedKey } from '../shared/key-ring';
import type { WechatPaySettings } from '../wechatpay/settings';
import type { WebhookSettings } from '../webhooks/settings';
import type { RedisSettings } from './redis-settings';
import { defaultQueryLimits, type QueryLimits } from './query-limits';
import { openNetwork, type NetworkSettings } from '../network/settings';
import type { TracingSettings } from '../tracing/settings';
import { noTrustedDocuments, type TrustedDocumentsSettings } from './trusted-documents';

/** The settings of the process, read and validated once at the start. Frozen. */
export interface Config {
  readonly server: {
    readonly host: string;
    readonly port: number;
    /** Enables the explorer page, introspection, and suggestions in messages. Default: false. */
    readonly development: boolean;
    /** Deadline of a query and of a mutation, ms. Defaults: 3 000 and 8 000. */
    readonly queryDeadlineMs: number;
    readonly mutationDeadlineMs: number;
    /** Time for operations under way after SIGTERM, ms. Default: 10 000. */
    readonly drainMs: number;
  };
  readonly wechatPay: WechatPaySettings;
  /** How call limits are divided. Default: not at all. */
  readonly budgets: {
    /** Share of each limit that the lanes bulk and refresh never use. Default: none. */
    readonly interactiveReserve?: Amount;
    /** The most that a brand, or a caller, may use of each limit without a ceiling of its own. Default: all. */
    readonly brandCeiling?: Amount;
    readonly callerCeiling?: Amount;
  };
  /** What is said of single callers. Default: nothing. */
  readonly callers: readonly CallerSettings[];
  /** How other hosts are reached. Default: directly. */
  readonly network: NetworkSettings;
  /** Bounds of request fields that differ from the documented ones. Default: none. */
  readonly rules: RuleOverrides;
  /** Absent: every client may do everything, so the server accepts loopback connections only (exposure.ts). */
  readonly auth?: AuthSettings;
  /** Maximum number of personal values that one operation may decrypt. Default: 100. */
  readonly maxDecryptions: number;
  /** Maximum number of personal values that one caller may decrypt per second, in this process. Default: 200. */
  readonly maxDecryptionsPerSecond: number;
  /** The key of the global ids, 32 bytes. Another key makes other ids, so it is not rotated. */
  readonly ids: { readonly key: KeyObject };
  /** 32 bytes each; the first one is used for new data: cache keys, tokens, entries in a shared store. */
  readonly encryptionKeys: readonly NamedKey[];
  readonly cache: { readonly maxBytes: number };
  readonly http: {
    /** Path below which callers reach the server, e.g. `/member-cards`; without a slash at the end. Default: empty. */
    readonly basePath: string;
    /** Whether the console is served at `/console`. Default: false. */
    readonly console: boolean;
    /** Origins whose pages may call the server from a browser. Default: none. */
    readonly corsOrigins: readonly string[];
    /** Further request headers that those pages may send, in lower case. Default: none. */
    readonly corsHeaders: readonly string[];
    /** Maximum time for the headers, for the whole request, and without any byte moving, ms. Defaults: 10 s, 30 s, 70 s. */
    readonly headersTimeoutMs: number;
    readonly requestTimeoutMs: number;
    readonly idleTimeoutMs: number;
    /** Further connections are closed at once. Default: 10 000. */
    readonly maxConnections: number;
    /** The same for the connections of one remote address, or of one IPv6 network of 64 bits. Default: 2 000. */
    readonly maxConnectionsPerAddress: number;
    /** How long `/readyz` returns 503 before the port closes, so that load balancers notice, ms. Default: 0. */
    readonly drainDelayMs: number;
  };
  /** The operators' port: `/metrics`, `/livez`, `/readyz`. Absent: no such port. */
  readonly metrics?: { readonly host: string; readonly port: number };
  /** Where traces go. Absent: nothing is traced. */
  readonly tracing?: TracingSettings;
  /** Directory of the audit log, and the key that authenticates it. Absent: no files are written. */
  readonly audit?: { readonly directory: string; readonly key: KeyObject };
  readonly notifications: NotificationSettings;
  readonly subscriptions: SubscriptionSettings;
  readonly queryLimits: QueryLimits;
  readonly trustedDocuments: TrustedDocumentsSettings;
  /** The files from which the configuration was read. */
  readonly files: readonly NamedFile[];
  /** The store shared by the processes of a fleet. Absent: this process runs alone. */
  readonly redis?: RedisSettings;
  /**
   * The store of durable work: a directory of this process, or PostgreSQL for a fleet. Absent: no bulk operations, and without
   * Redis, events end with the process.
   */
  readonly database?: DatabaseLocation;
  readonly bulk: BulkSettings;
  /** The members' directory; needs `database`. Absent: nothing is recorded. */
  readonly directory?: DirectorySettings;
  /** Systems that are told of events. Default: none. */
  readonly webhooks: readonly WebhookSettings[];
}

/** How long what bulk operations need and make is kept. The running process erases it. */
export interface BulkSettings {
  /** An uploaded file, in days after its upload; longer while an operation still reads it. Default: 1. */
  readonly retainFilesDays: number;
  /** Rows and files of results, in days after the end of their operation. Default: 7. */
  readonly retainResultsDays: number;
  /** An operation that is paused, in days; then it is canceled and its rows are erased. Default: 30. */
  readonly retainPausedDays: number;
}

export interface DirectorySettings {
  /** The brands whose members' cards are recorded as they pass by. */
  readonly brandIds: readonly string[];
  /** Cards that were not seen for so many days are erased. Default: 365. */
  readonly retainDays: number;
}

/** `isTemporary`: the directory is removed when the process ends. */
export type DatabaseLocation =
  { readonly directory: string; readonly isTemporary?: true } | { readonly url: string };

export interface NotificationSettings {
  /** The path at which notifications arrive; `http.basePath` is not added to it. Default: /wechat/notify. */
  readonly path: string;
  /** Brands whose openings this server confirms; those of other brands wait for confirmUserCard. Default: none. */
  readonly confirm: readonly ConfirmSettings[];
}

export interface ConfirmSettings {
  readonly brandId: string;
  /** The level of a new member. Default: none. */
  readonly level?: string;
  /** Generates the card code if the merchant allocates it. If false, such an opening waits for confirmUserCard. */
  readonly allocateCodes: boolean;
}

export interface SubscriptionSettings {
  /** Events kept per brand, for subscribers that reconnect. Default: 100 000. */
  readonly keptEvents: number;
  /** Maximum open streams of this process, and per caller. Defaults: 1 000 and 100. */
  readonly maxStreams: number;
  readonly maxStreamsPerCaller: number;
}

export const defaults = {
  server: {
    host: '127.0.0.1',
    port: 4000,
    development: false,
    queryDeadlineMs: 4_500,
    mutationDeadlineMs: 8_000,
    drainMs: 10_000,
  },
  hosts: { main: 'https://api.mch.weixin.qq.com', backup: 'https://api2.mch.weixin.qq.com' },
  network: openNetwork,
  connections: { max: 256, maxPerBrand: 32 },
  timeouts: { connectMs: 2_000, headersMs: 5_000, bodyMs: 5_000 },
  requests: { perSecond: 50, burst: 200 },
  /** Limits of members, per user. An operation of a member's page plans one to three calls. */
  members: {
    openidClaim: 'openid',
    requests: { perSecond: 5, burst: 20 },
    plannedCalls: { perSecond: 5, burst: 30 },
    maxStreams: 3,
  },
  maxDecryptions: 100,
  maxDecryptionsPerSecond: 200,
  cache: { maxBytes: 64 * 1024 * 1024 },
  http: {
    basePath: '',
    console: false,
    corsOrigins: [],
    corsHeaders: [],
    headersTimeoutMs: 10_000,
    requestTimeoutMs: 30_000,
    idleTimeoutMs: 70_000,
    maxConnections: 10_000,
    maxConnectionsPerAddress: 2_000,
    drainDelayMs: 0,
  },
  metrics: { host: '127.0.0.1', port: 9464 },
  notifications: { path: '/wechat/notify', confirm: [] },
  bulk: { retainFilesDays: 1, retainResultsDays: 7, retainPausedDays: 30 },
  directory: { retainDays: 365 },
  subscriptions: { keptEvents: 100_000, maxStreams: 1_000, maxStreamsPerCaller: 100 },
  queryLimits: defaultQueryLimits,
  trustedDocuments: noTrustedDocuments,
} as const;
