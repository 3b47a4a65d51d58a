/** One entry of the audit: who did what to whom, without saying who "whom" is. Holds no personal data. */
export interface AuditEvent {
  /** Clock time in ms. */
  readonly at: number;
  readonly kind: 'MUTATION' | 'DECRYPTION';
  /** The caller's id. */
  readonly caller: string;
  /** Empty where the operation named no brand of the configuration. */
  readonly brandId: string;
  /** The mutation's field, or the name of the operation that asked for personal data. */
  readonly operation: string;
  /**
   * Keyed hash of the object's brand and keys: the same object has the same hash in every entry with the same `targetKey`.
   * It changes when another encryption key becomes the first, which `targetKey` shows.
   */
  readonly targetHash: string;
  /** The id of the encryption key behind `targetHash`. */
  readonly targetKey: string;
  /** Names, never values: of the input's members that were given, or of the personal fields that were opened. */
  readonly fields: readonly string[];
  /** OK, the codes of user errors, or the code of the error. */
  readonly outcome: string;
  /** WeChat Pay's, of the calls that the mutation made. */
  readonly requestIds: readonly string[];
}

/** Where entries go. Whatever it throws keeps the personal data that the entry is about from being answered. */
export type Audit = (event: AuditEvent) => void;
