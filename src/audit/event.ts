/** One thing done with members' data that somebody may have to answer for. Holds no personal data in clear. */
export interface AuditEvent {
  /** Clock time in ms. */
  readonly at: number;
  /** `MUTATION`: something was, or may have been, changed upstream. `DECRYPTION`: a personal field was opened. */
  readonly kind: 'MUTATION' | 'DECRYPTION';
  /** Who asked: the subject of a token or the id of an API key. Never a secret. */
  readonly caller: string;
  readonly brandId: string;
  /** The root field, or the type and field that was opened, e.g. `UserCard.phoneNumber`. */
  readonly operation: string;
  /** Keyed hash of the object's id: the same object has the same hash, and nobody can read the id from it. */
  readonly targetHash: string;
  /** Names of the fields that were changed or opened; never their values. */
  readonly fields: readonly string[];
  /** `ok`, or the code of the error or user error. */
  readonly outcome: string;
  /** WeChat Pay's `Request-ID`s, where there are any. */
  readonly requestIds: readonly string[];
}

/** Records an event. Does not throw: what is done is done; a sink that cannot write says so in readiness. */
export type Audit = (event: AuditEvent) => void;
