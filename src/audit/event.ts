/** What every record says: who acts on what, without saying who "what" belongs to. Holds no personal data. */
interface AuditRecord {
  /** Clock time in ms. */
  readonly at: number;
  /** The caller's id. */
  readonly caller: string;
  /** Empty if the operation named no brand of the configuration. */
  readonly brandId: string;
  /** The mutation's field, or the name of the operation that asked for personal data. */
  readonly operation: string;
  /**
   * Keyed hash of the object's brand and keys: the same object has the same hash in every record with the same `targetKey`.
   * It changes when another encryption key becomes the first, which `targetKey` shows.
   */
  readonly targetHash: string;
  /** The id of the encryption key behind `targetHash`. */
  readonly targetKey: string;
  /** Names, never values: of the input's members that were given, or of the personal fields that were opened. */
  readonly fields: readonly string[];
}

/** A write that is about to be sent to WeChat Pay. */
export interface AuditIntent extends AuditRecord {
  readonly kind: 'INTENT';
  /** Shared with the record of its outcome. */
  readonly id: string;
}

/** What became of a mutation, an upload or an automatic confirmation, or that personal data was opened. */
export interface AuditOutcome extends AuditRecord {
  readonly kind: 'MUTATION' | 'DECRYPTION';
  /** That of the intent; absent if nothing was about to be sent. */
  readonly id?: string;
  /** OK, the codes of user errors, or the code of the error. */
  readonly outcome: string;
  /** WeChat Pay's, of the calls that the mutation made. */
  readonly requestIds: readonly string[];
}

export type AuditEvent = AuditIntent | AuditOutcome;

/** Where records go. */
export interface Audit {
  /**
   * Written when this returns: the end of the process does not undo it, a power cut within the next second may.
   *
   * @throws AppError AUDIT_UNAVAILABLE if it cannot be written
   */
  record(event: AuditEvent): void;
  /** Resolves when the record is on the disk. Rejects with AppError AUDIT_UNAVAILABLE if it cannot be written. */
  recordDurably(event: AuditEvent): Promise<void>;
}

/** What an event says of the action, for every place that writes it down. */
export const actionOf = (event: AuditEvent): Readonly<Record<string, unknown>> => ({
  caller: event.caller,
  brandId: event.brandId,
  operation: event.operation,
  targetHash: event.targetHash,
  targetKey: event.targetKey,
  fields: event.fields,
  ...(event.kind === 'INTENT' ? {} : { outcome: event.outcome, requestIds: event.requestIds }),
});
