import type { AppError } from '../../shared/errors';
import type { DataOwner } from '../../shared/data-owner';
import type { Span } from './span';
import type { SignedAhead, UpstreamRequest } from './upstream-request';

/**
 * The call pipeline's types: every policy wraps one `Send`. A call passes three stages: `Call` as it was asked for, `Attempt` at
 * one host, `ScheduledCall` with its slot. Nothing here knows WeChat Pay.
 */

/** Priority classes of calls that wait for the same bucket, most urgent first. */
export const lanes = ['interactive', 'mutation', 'refresh', 'bulk'] as const;
export type Lane = (typeof lanes)[number];

/** Whether nobody waits for the calls of this lane. */
export const isBackground = (lane: Lane): boolean => lane === 'refresh' || lane === 'bulk';

/** One upstream quota: a (dimension, id, interface) triple and its limit. */
export interface Bucket {
  /** e.g. `brand/1001/GET_USER_CARD` or `mchid/1900000001/GET_USER_CARD`. */
  readonly id: string;
  readonly callsPerSecond: number;
}

/** Whose use of a limit a ceiling bounds. */
export type CeilingOf = 'caller' | 'brand' | 'background';

/**
 * What happens if an attempt with an unknown outcome is sent again. `read`: nothing changes. `set`: the same values are
 * set again. `deduplicated`: the upstream refuses the duplicate. `unsafe`: something may happen twice, so do not retry.
 */
export type Idempotency = 'read' | 'set' | 'deduplicated' | 'unsafe';

/** Which cached results may serve a read, and where its result is cached. */
export interface CacheRule {
  /** Selects the row of the policy table. */
  readonly kind:
    | 'cardTemplate'
    | 'userCard'
    | 'cardTemplateList'
    | 'userCardList'
    | 'membershipActivity'
    | 'membershipActivityList';
  /** Identifies route, brand and object; holds no personal data in clear. */
  readonly key: string;
  /** Writes to this subject invalidate the entry: all templates of a brand, or all cards of a user in a brand. */
  readonly subject: string;
  /** Oldest acceptable result, ms; 0 always asks the upstream. Default: the policy's freshness. */
  readonly maxAgeMs?: number;
  /** Extracts the single objects from the reply to a list call. */
  readonly parts?: (data: unknown) => readonly CachePart[];
}

/** One object found in a larger reply, or in the reply to a mutation. */
export interface CachePart {
  readonly kind: CacheRule['kind'];
  readonly key: string;
  readonly subjects: SubjectAliases;
  readonly data: unknown;
}

/**
 * All names of one subject. This process reads by the first. While keys rotate, other processes may read by another one, so a
 * write invalidates them all.
 */
export type SubjectAliases = readonly [string, ...string[]];

/** What a mutation invalidates, and which objects its reply holds. */
export interface WriteRule {
  /**
   * Known before the call; empty if only the reply reveals it (the openid of an import by phone). Called again when the write
   * ends, with its reply if there is one: keys may have rotated meanwhile.
   */
  readonly subjects: (data?: unknown) => SubjectAliases | readonly [];
  /** The one object that is written: a late retry must not undo a newer write to it. Default: the subject. */
  readonly object?: () => SubjectAliases;
  /** Throws AppError if the reply cannot be read. */
  readonly parts: (data: unknown) => readonly CachePart[];
}

/** What the caller decides: deadline, urgency, identity. */
export interface Scope {
  readonly lane: Lane;
  /** Callers share a lane fairly. Never a secret, never personal data. */
  readonly caller: string;
  /** Whether the caller may read, or write, this data of the brand. */
  readonly canAccess: (brandId: string, access: 'read' | 'write', owner: DataOwner) => boolean;
  /** Clock time in ms after which the result is no longer useful. */
  readonly deadline: number;
  /** Uses the cache only, however old an entry the caller accepts; nothing is sent. */
  readonly cacheOnly?: true;
  /** Aborts when the caller disconnects. */
  readonly signal?: AbortSignal;
  /** Epochs of subjects the caller has written (see WriteEpochs); older entries are not used for it. */
  readonly seen?: ReadonlyMap<string, number>;
  /** Collects the operation's costs for `extensions`. */
  readonly stats?: CallStats;
  /** The part of the trace to which its calls belong; absent if it is not traced. */
  readonly span?: Span;
  /** W3C trace id of the operation, for log lines; not sent upstream. */
  readonly traceId?: string;
  /**
   * Called before each call that writes. The call is sent once this resolves, that is when the audit log holds the intent. If
   * it rejects or is absent, nothing is sent. Reads do not need it.
   */
  readonly recordIntent?: () => Promise<void>;
}

/** A lookup served from the cache. */
export interface CacheHit {
  readonly kind: CacheRule['kind'];
  /** True if older than the policy's freshness. */
  readonly stale: boolean;
  /** Whether the same lookup would return the same object now, as fresh. Does no I/O. */
  readonly isCurrent: () => boolean;
}

/** Called with what happens on behalf of one operation. */
export interface CallStats {
  cacheHit(brandId: string, bucket: Bucket, hit: CacheHit): void;
  cacheMiss(brandId: string, bucket: Bucket): void;
  sent(brandId: string, bucket: Bucket, waitedMs: number): void;
  refused(brandId: string, bucket: Bucket, retryAfterMs: number): void;
  /** Called with WeChat Pay's Request-ID of a reply. */
  answered(requestId: string): void;
  /** Called when a write to the subject has the epoch, or may have it because its outcome is unknown. */
  wrote(subject: string, epoch: number): void;
}

export interface Call extends Scope {
  /** The upstream interface, e.g. GET_USER_CARD. */
  readonly interfaceName: string;
  /** Empty if the call belongs to no brand: the download of certificates. */
  readonly brandId: string;
  /** Whose key signs: the route and its id (brand_id or mchid). */
  readonly account: { readonly route: 'brand' | 'partner'; readonly id: string };
  readonly bucket: Bucket;
  /** What the caller must be allowed to do in the brand, and with whose data. */
  readonly access: 'read' | 'write';
  readonly owner: DataOwner;
  readonly idempotency: Idempotency;
  /** Called only if something is sent: the cache serves most reads. */
  readonly request: () => UpstreamRequest;
  readonly cache?: CacheRule;
  readonly writes?: WriteRule;
  /**
   * Called with the reply to an attempt of this read that was given up, if it still comes. Without it, such an attempt is
   * aborted.
   */
  readonly onLate?: (reply: Reply) => void;
  /** The part of its lookup, for traces. */
  readonly lookup?: Span;
  /** For a write: whether no other write to its object has begun since. A retry must not undo a newer write. */
  readonly isNewestWrite?: () => Promise<boolean>;
}

/** One try of a call; made by `retry`. */
export interface Attempt extends Call {
  readonly host: Host;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** How many earlier attempts of this call timed out. */
  readonly timeouts: number;
  /** The part of its wait for a slot, for traces. */
  readonly wait?: Span;
}

/** An attempt that has its slot; made by the limiter. */
export interface ScheduledCall extends Attempt {
  /** Clock time in ms of the slot. The request is signed before it and written at it. */
  readonly sendAt: number;
  /** Clock time in ms after which the call is not written; `Send` then rejects with SlotMissed. */
  readonly sendBy: number;
  /** The signed request; absent if it is signed in its slot. */
  readonly signed?: SignedAhead;
  /** Called with the clock time in ms at which the first byte was written; only then does the upstream start to count. */
  readonly onWritten: (at: number) => void;
  /** Takes a listener that is called if the attempt is given up while its reply is still awaited: see `onLate`. */
  readonly whenGivenUp?: (listener: (error: AppError) => void) => void;
  /** Its place among the exchanges under way; the transport keeps it until the connection is free again. */
  readonly place: Pick<Place, 'keepUntil'>;
}

/** A share in the connections to the upstream. */
export interface Place {
  /** Keeps the place until the exchange has ended, even if its caller waits no longer. */
  keepUntil(exchange: Promise<unknown>): void;
  /** Gives the place back, at once or at the end of its exchange. */
  leave(): void;
}

/** The slot passed before the call could be written, because this process paused. Nothing was sent. */
export class SlotMissed extends Error {
  override readonly name = 'SlotMissed';
}

export type Host = 'main' | 'backup';

export interface Reply {
  /**
   * Parsed JSON of a verified 2xx response; `undefined` for 204, and for a write's response that is not JSON. Immutable,
   * because it is shared.
   */
  readonly data: unknown;
  /** Length of the body in bytes, for bounded caches. */
  readonly bytes: number;
  /** When this server read it from the upstream: ms since the Unix epoch by the machine's clock, for people and other processes. */
  readonly fetchedAt: number;
  /** The same moment by this process's `Clock.now`, ms; ages are computed from it. */
  readonly asOf: number;
  /** True if it is older than the policy allows. It was served because the upstream gave no newer response in time. */
  readonly stale: boolean;
  readonly requestId?: string;
  /** The brand_id in the reply, if it differs from the requested one. */
  readonly otherBrandId?: string;
}

/** Sends a call of one stage. @throws AppError */
export type Send<C extends Call = Call> = (call: C) => Promise<Reply>;
/** A policy around `Send`. It takes calls of one stage and passes on calls of the same stage, or of the next one. */
export type Wrapper<Outer extends Call = Call, Inner extends Outer = Outer> = (
  next: Send<Inner>,
) => Send<Outer>;

/** The first wrapper is the outermost. */
export const compose = <C extends Call>(wrappers: readonly Wrapper<C>[], send: Send<C>): Send<C> =>
  wrappers.reduceRight((next, wrap) => wrap(next), send);
