/** The spine: every policy is a wrapper around one `Send`. Nothing here knows WeChat Pay. */

/** Who goes first when calls wait for the same bucket, most urgent first. */
export const lanes = ['interactive', 'mutation', 'refresh', 'bulk'] as const;
export type Lane = (typeof lanes)[number];

/** One upstream quota: a (dimension, id, interface) triple and its limit. */
export interface Bucket {
  /** e.g. `brand/1001/GET_USER_CARD` or `mchid/1900000001/GET_USER_CARD`. */
  readonly id: string;
  readonly callsPerSecond: number;
}

/**
 * What happens if an attempt with an unknown outcome is sent again: `read` (a read), `set` (sets the same
 * values), `deduplicated` (the upstream refuses a duplicate, so nothing happens twice), `unsafe` (must not be repeated).
 */
export type Idempotency = 'read' | 'set' | 'deduplicated' | 'unsafe';

/** The bytes to be, before signing. */
export interface UpstreamRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Percent-encoded path and query, exactly as signed and sent. */
  readonly target: string;
  /** Writes the JSON body; called once per attempt, so that personal fields are sealed under today's key. */
  readonly body?: (seal: (plain: string) => string) => string;
  /** True where the body has fields to seal. */
  readonly sealed: boolean;
  /** Travels beside the body, as multipart/form-data; then the body alone is signed. */
  readonly file?: UpstreamFile;
  /** Compares the parsed body of a 2xx answer with this request. Absent: nothing in an answer names its request. */
  readonly correspond?: (data: unknown) => Correspondence;
}

/** The answer under the identity that was asked for, or the field that shows it to be another request's. */
export type Correspondence =
  | {
      readonly data: unknown;
      /** The brand_id in the answer, where it is another one than was asked for. */
      readonly otherBrandId?: string;
    }
  | { readonly differs: string };

export interface UpstreamFile {
  readonly name: string;
  /** Media type. */
  readonly type: string;
  readonly bytes: Buffer;
}

/** What a read may be answered from, and where its answer is kept. */
export interface CacheRule {
  /** Row of the policy table. */
  readonly kind:
    | 'cardTemplate'
    | 'userCard'
    | 'cardTemplateList'
    | 'userCardList'
    | 'membershipActivity'
    | 'membershipActivityList';
  /** Names route, brand and object by meaning; holds no personal data in clear. */
  readonly key: string;
  /** Whose writes outdate this answer: all templates of a brand, or all cards of a user in a brand. */
  readonly subject: string;
  /** Oldest acceptable answer in milliseconds; 0 asks the upstream. Absent: the policy's own freshness. */
  readonly maxAgeMs?: number;
  /** Single objects that the answer of a list call also holds. */
  readonly parts?: (data: unknown) => readonly CachePart[];
}

/** One object found in a larger answer, or in the answer of a mutation. */
export interface CachePart {
  readonly kind: CacheRule['kind'];
  readonly key: string;
  readonly subjects: SubjectAliases;
  readonly data: unknown;
}

/**
 * All names of one subject. The first is the one by which this process reads; by the others read processes that are a step
 * behind or ahead in a change of keys, and a write is to outdate theirs as well.
 */
export type SubjectAliases = readonly [string, ...string[]];

/** What a mutation outdates, and what its answer holds. */
export interface WriteRule {
  /**
   * Known before the call; empty where only the answer tells (an import by phone learns the openid from it). Asked for again
   * when the write ends, with its answer if there is one: keys may have been changed meanwhile.
   */
  readonly subjects: (data?: unknown) => SubjectAliases | readonly [];
  /** The one object that is written: a late repeat must not undo a newer write to it. The subject where absent. */
  readonly object?: () => SubjectAliases;
  /** Throws AppError where the answer cannot be read. */
  readonly parts: (data: unknown) => readonly CachePart[];
}

/** What the caller decides: patience, urgency, identity. */
export interface Scope {
  readonly lane: Lane;
  /** Fairness inside a lane is between callers. Never a secret, never personal data. */
  readonly caller: string;
  /** Whether the caller may read, or write, what belongs to this brand. */
  readonly canAccess: (brandId: string, access: 'read' | 'write') => boolean;
  /** Clock time in ms after which the answer is of no use. */
  readonly deadline: number;
  /** Answered from what is kept, however old the caller accepts it, or not at all: nothing is sent. */
  readonly cacheOnly?: true;
  /** Aborts when the caller leaves. */
  readonly signal?: AbortSignal;
  /** Epochs of subjects that the caller has written (see WriteEpochs): older answers are not for it. */
  readonly seen?: ReadonlyMap<string, number>;
  /** Collects what the operation cost, for `extensions`. */
  readonly stats?: CallStats;
  /** W3C trace id of the operation, for log lines; is not sent upstream. */
  readonly traceId?: string;
  /**
   * Called before each call that writes; it is sent when this resolves, and not if it rejects or is absent. Resolves when the
   * audit holds what is about to be done. Reads need none.
   */
  readonly recordIntent?: () => Promise<void>;
}

/** A lookup that was answered from what is kept. */
export interface CacheHit {
  readonly kind: CacheRule['kind'];
  /** Older than the policy's freshness. */
  readonly stale: boolean;
  /** Whether the same lookup would be answered with the same object now, as fresh. Asks nobody. */
  readonly isCurrent: () => boolean;
}

/** Told of what happened on behalf of one operation. */
export interface CallStats {
  cacheHit(brandId: string, bucket: Bucket, hit: CacheHit): void;
  cacheMiss(brandId: string, bucket: Bucket): void;
  sent(brandId: string, bucket: Bucket, waitedMs: number): void;
  refused(brandId: string, bucket: Bucket, retryAfterMs: number): void;
  /** WeChat Pay's Request-ID of an answer. */
  answered(requestId: string): void;
  /** A write to the subject has the epoch, or may have it where its outcome is unknown. */
  wrote(subject: string, epoch: number): void;
}

export interface Call extends Scope {
  /** The upstream interface, e.g. GET_USER_CARD. */
  readonly interfaceName: string;
  readonly brandId: string;
  /** Whose key signs: a route and an id (brand_id or mchid). */
  readonly account: { readonly route: 'brand' | 'partner'; readonly id: string };
  readonly bucket: Bucket;
  /** What the caller must be allowed to do in the brand. */
  readonly access: 'read' | 'write';
  readonly idempotency: Idempotency;
  /** Asked for where something is sent: most reads are answered without. */
  readonly request: () => UpstreamRequest;
  readonly cache?: CacheRule;
  readonly writes?: WriteRule;
  /** Chosen per attempt; the main host where absent. */
  readonly host?: Host;
  /** Set by the attempts: 1 for the first. */
  readonly attempt?: number;
  /** Set by the attempts: how many earlier ones of this call were met with silence. */
  readonly timeouts?: number;
  /** Set by the limiter: the clock time in ms of the call's slot. The request is signed before it and written at it. */
  readonly sendAt?: number;
  /** Later than this, clock time in ms, it is not written at all: the send rejects with SlotMissed. */
  readonly sendBy?: number;
  /** Told the clock time in ms at which the request's first byte was written, which is when the upstream begins to count. */
  readonly onWritten?: (at: number) => void;
  /** For a write: whether no other write to its object began since. A repeat must not undo a newer one. */
  readonly isNewestWrite?: () => Promise<boolean>;
}

/** The call's slot passed before it could be written (a pause of this process); nothing was sent. */
export class SlotMissed extends Error {
  override readonly name = 'SlotMissed';
}

export type Host = 'main' | 'backup';

export interface Reply {
  /**
   * Parsed JSON of a verified 2xx answer; `undefined` for 204, and for a write's answer that is not JSON. Treated as immutable:
   * it is shared.
   */
  readonly data: unknown;
  /** Length of the body in bytes, for bounded caches. */
  readonly bytes: number;
  /** When this server read it from the upstream, ms since the Unix epoch by the machine's clock: for people and other processes. */
  readonly fetchedAt: number;
  /** The same by this process's own clock (`Clock.now`), which its age is counted by. */
  readonly asOf: number;
  /** True where it is older than the policy and was served because the upstream could not be asked in time. */
  readonly stale: boolean;
  readonly requestId?: string;
  /** The brand_id in the answer, where it is another one than was asked for. */
  readonly otherBrandId?: string;
}

/** @throws AppError */
export type Send = (call: Call) => Promise<Reply>;
export type Wrapper = (next: Send) => Send;

/** The first wrapper is the outermost. */
export const compose = (wrappers: readonly Wrapper[], send: Send): Send =>
  wrappers.reduceRight((next, wrap) => wrap(next), send);
