import type { OperationUpdate } from '../../bulk/follow-operations';
import type { Operations } from '../../bulk/operations';
import type { ChangedCard } from '../../bulk/supersede';
import type { Uploads } from '../../bulk/uploads';
import type { LoggedEvent } from '../../events/event';
import type { EventFilter } from '../../events/filter';
import type { OpeningsPage, OpeningsRequest } from '../../events/read-openings';
import type { EventPage, PageRequest } from '../../events/read-page';
import type { Directory } from '../../directory/directory';
import type { AuditReader } from '../../audit/audit-reader';
import type { OperationAudit } from '../../audit/operation-audit';
import type { BudgetUse, BudgetUseQuery } from '../../operating/budget-ledger';
import type { ServerHealth } from '../../operating/server-health';
import type { Permissions } from '../../auth/permissions';
import type { Loaders } from '../../loaders/loaders';
import type { Bucket, Scope } from '../../traffic/calls/call';
import type { MemberCards } from '../../wechatpay/api/member-cards';
import type { EffectiveRules } from '../inputs/rules/effective-rules';
import type { NodeIds } from '../relay/node-id';
import type { Language } from '../../shared/language';
import type { Personal } from '../access/personal';
import type { Queue } from '../../webhooks/queue';

/** What resolvers may use. Created for each operation; resolvers themselves have no state. */
export interface Context {
  readonly language: Language;
  /** See `Caller.id`. */
  readonly callerId: string;
  /** What the caller may do. */
  readonly permissions: Permissions;
  /** The reads of this operation. */
  readonly loaders: Loaders;
  readonly members: MemberCards;
  /** Deadline and identity of the caller's writes. Only a mutation can send with it, because it adds `recordIntent`. */
  readonly writeScope: Scope;
  readonly brands: Brands;
  readonly nodeIds: NodeIds;
  readonly personal: Personal;
  readonly audit: OperationAudit;
  /** The rules against which inputs are checked before anything is sent. */
  readonly rules: EffectiveRules;
  /** WeChat Pay's Request-IDs of the operation so far, in order. */
  readonly requestIds: () => readonly string[];
  readonly throttle: (bucket: Bucket) => { available: number; queueDepth: number; waitMs: number };
  /** Who used the call budget of this process. */
  readonly budgetUse: (asked: BudgetUseQuery) => BudgetUse;
  /** What this process says of itself. */
  readonly health: () => ServerHealth;
  readonly cardEvents: CardEvents;
  /** Absent: the server has no database. */
  readonly bulk?: BulkAccess | undefined;
  /** The members' directory; `undefined` if none is configured. */
  readonly directory: () => Directory | undefined;
  /** Messages to webhooks; `undefined` without a database. */
  readonly webhookDeliveries: Pick<Queue, 'list' | 'redeliver'> | undefined;
  /** The audit files; `undefined` if none are written. */
  readonly auditReader: AuditReader | undefined;
  /** Milliseconds since the Unix epoch, by the machine's clock. */
  readonly now: () => number;
  /** Random text of [0-9a-f] for request numbers. */
  readonly randomId: () => string;
}

/** Bulk operations of all brands: resolvers check the brand. */
export interface BulkAccess {
  readonly operations: Operations;
  readonly uploads: Pick<Uploads, 'find'>;
  /** See `OperationFollowers.follow`. Ends when the caller disconnects. */
  follow(brandId: string, id: string): Promise<AsyncIterable<OperationUpdate> | undefined>;
  /** Called when a mutation has changed a card with this interface: older rows give way. Does not wait, and never throws. */
  readonly changed: (interfaceName: string, card: ChangedCard) => void;
}

/** The brands that this caller may read. */
export interface Brands {
  get(brandId: string): { readonly brandId: string; readonly name: string } | undefined;
  all(): readonly { readonly brandId: string; readonly name: string }[];
  /** Whether this caller may write to the brand. */
  isWritable(brandId: string): boolean;
}

/** The events of users' cards that this caller may receive. */
export interface CardEvents {
  maySubscribe(brandId: string): boolean;
  /**
   * Follows the events after `lastEventId` that this caller may receive (members: their own), or from now on. Ends when the caller disconnects. Rejects with BAD_USER_INPUT or
   * NOT_FOUND.
   */
  follow(
    brandId: string,
    from: { readonly lastEventId: string | undefined; readonly filter: EventFilter },
  ): Promise<AsyncIterable<LoggedEvent>>;
  /** One page of the stored events. Rejects with BAD_USER_INPUT, NOT_FOUND or UPSTREAM_UNAVAILABLE. */
  read(brandId: string, page: Omit<PageRequest, 'brandId' | 'mayReceive'>): Promise<EventPage>;
  /** One page of the openings that wait. Rejects with BAD_USER_INPUT or UPSTREAM_UNAVAILABLE. */
  openings(brandId: string, page: Omit<OpeningsRequest, 'brandId' | 'mayReceive'>): Promise<OpeningsPage>;
}
