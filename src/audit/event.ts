import { defined } from '../shared/defined';

/** Common fields of a record: who acts on which object. The object is a hash, so a record holds no personal data. */
interface AuditRecord {
  /** Ms since the Unix epoch. */
  readonly at: number;
  /** The caller's id. */
  readonly caller: string;
  /** Empty if the operation named no configured brand. */
  readonly brandId: string;
  /** The mutation's field, or the name of the operation that requested personal data. */
  readonly operation: string;
  /**
   * Keyed hash of the object's brand and keys. An object has the same hash in every record with the same `targetKey`, which
   * changes when another encryption key becomes the first.
   */
  readonly targetHash: string;
  /** Id of the encryption key used for `targetHash`. */
  readonly targetKey: string;
  /** Names, never values, of the given input fields or of the decrypted personal fields. */
  readonly fields: readonly string[];
}

/** A write that is about to be sent to WeChat Pay. */
export interface AuditIntent extends AuditRecord {
  readonly kind: 'INTENT';
  /** Shared with the record of its outcome. */
  readonly id: string;
}

/** The outcome of a mutation, an upload or an automatic confirmation, a decryption of personal data, or a look-up by it. */
export interface AuditOutcome extends AuditRecord {
  readonly kind: 'MUTATION' | 'DECRYPTION' | 'LOOKUP';
  /** Id of the intent; absent if nothing was about to be sent. */
  readonly id?: string;
  /** OK, the codes of the user errors, or the code of the error. */
  readonly outcome: string;
  /** WeChat Pay's Request-IDs of the mutation's calls. */
  readonly requestIds: readonly string[];
  /** Route of the write whose outcome is unknown. */
  readonly route?: string;
  /** WeChat Pay's own sentences if it refused, redacted. */
  readonly wechatMessages?: readonly string[];
}

export type AuditEvent = AuditIntent | AuditOutcome;

/** Receives audit records. */
export interface Audit {
  /**
   * Writes the record before it returns. The record survives the end of the process; a power cut within a second may lose it.
   *
   * @throws AppError AUDIT_UNAVAILABLE if it cannot be written
   */
  record(event: AuditEvent): void;
  /** Resolves when the record is on disk. Rejects with AppError AUDIT_UNAVAILABLE if it cannot be written. */
  recordDurably(event: AuditEvent): Promise<void>;
}

/** What an event says about the action, for every place that writes it. */
export const actionOf = (event: AuditEvent): Readonly<Record<string, unknown>> => ({
  caller: event.caller,
  brandId: event.brandId,
  operation: event.operation,
  targetHash: event.targetHash,
  targetKey: event.targetKey,
  fields: event.fields,
  ...(event.kind === 'INTENT'
    ? {}
    : {
        outcome: event.outcome,
        requestIds: event.requestIds,
        ...defined({ route: event.route, wechatMessages: event.wechatMessages }),
      }),
});
