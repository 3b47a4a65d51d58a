import type { AuditEvent, AuditOutcome } from '../audit/event';
import type { OperationChange } from '../bulk/run-operation';
import type { DatabaseFailure } from '../database/database';
import type { Resealed } from '../database/reseal';
import type { RefusalSample } from '../server/http/refusal-samples';
import type { OperationEvent } from '../server/graphql/operation-event';
import type { Host } from '../traffic/calls/call';
import type { AttemptEvent } from '../traffic/calls/hooks';
import type { WebhookEvent } from '../webhooks/dispatcher';
import type { StoreObservers } from './store-watch';
import type { SignerEvent } from '../wechatpay/signer/remote-signer';

/** Receives what the server does; in production, a log. */
export interface Observers extends StoreObservers {
  readonly observeAttempt?: (event: AttemptEvent) => void;
  readonly observeOperation?: (event: OperationEvent) => void;
  /** Called for the first refused request of a kind, then once a minute with their number. */
  readonly observeRefusals?: (sample: RefusalSample) => void;
  /** Receives audit records if no audit directory is configured. */
  readonly audit?: (event: AuditEvent) => void;
  /** Called for each write whose outcome nobody knows. */
  readonly observeUnknownOutcome?: (event: AuditOutcome) => void;
  /** Called when the database becomes unusable, with the reason, and without one when it can be used again. */
  readonly onDatabaseChange?: (reason: DatabaseFailure | undefined) => void;
  /** Called when everything in the database is under the first encryption key, while others are configured too. */
  readonly onResealed?: (resealed: Resealed) => void;
  /** Called when a bulk operation begins, pauses or ends by itself. */
  readonly onBulkChange?: (change: OperationChange) => void;
  /** Called for each attempt to deliver a message to a webhook. */
  readonly observeWebhook?: (event: WebhookEvent) => void;
  /** Called after each request to a process that holds a private key. */
  readonly observeSigner?: (event: SignerEvent) => void;
  /** Called when calls go to another host of WeChat Pay. */
  readonly onHostChange?: (to: Host) => void;
  /** Called for documents outside the manifest, with the SHA-256 of their text. */
  readonly onUnknownDocument?: (hash: string) => void;
  /** Returns the number of log lines that could not be written since the start. */
  readonly droppedLines?: () => number;
}
