import type { LoggedEvent } from '../../events/event';
import type { OperationAudit } from '../../audit/operation-audit';
import type { Permissions } from '../../auth/permissions';
import type { Loaders } from '../../loaders/loaders';
import type { Bucket, Scope } from '../../traffic/calls/call';
import type { MemberCards } from '../../wechatpay/api/member-cards';
import type { EffectiveRules } from '../inputs/rules/effective-rules';
import type { NodeIds } from '../relay/node-id';
import type { Language } from '../../shared/language';
import type { Personal } from '../access/personal';

/** What resolvers may use. Made anew for every operation; resolvers themselves keep nothing. */
export interface Context {
  readonly language: Language;
  /** What the caller may do. */
  readonly permissions: Permissions;
  /** Reads of this operation. */
  readonly loaders: Loaders;
  readonly members: MemberCards;
  /** Patience and identity of the caller's writes. Sends nothing outside a mutation, which adds `recordIntent`. */
  readonly writeScope: Scope;
  readonly brands: Brands;
  readonly nodeIds: NodeIds;
  readonly personal: Personal;
  readonly audit: OperationAudit;
  /** What inputs are checked against before anything is sent. */
  readonly rules: EffectiveRules;
  /** WeChat Pay's ids of the requests made so far, in order. */
  readonly requestIds: () => readonly string[];
  readonly throttle: (bucket: Bucket) => { available: number; queueDepth: number; waitMs: number };
  readonly cardEvents: CardEvents;
  /** Milliseconds since the Unix epoch, by the machine's clock. */
  readonly now: () => number;
  /** Unpredictable text of [0-9a-f], for request numbers. */
  readonly randomId: () => string;
}

/** The brands that this caller may read. */
export interface Brands {
  get(brandId: string): { readonly brandId: string; readonly name: string } | undefined;
  all(): readonly { readonly brandId: string; readonly name: string }[];
  /** Whether the brand is one that this caller may write to. */
  isWritable(brandId: string): boolean;
}

/** What this caller may hear of users' cards. */
export interface CardEvents {
  maySubscribe(brandId: string): boolean;
  /** From behind an event on, or from now on; ends when the caller leaves. Rejects with BAD_USER_INPUT or NOT_FOUND. */
  follow(brandId: string, lastEventId: string | undefined): Promise<AsyncIterable<LoggedEvent>>;
}
