/** What a part of an operation is. */
export type SpanName = 'call' | 'lookup' | 'wait' | 'sign' | 'exchange' | 'verify';

/** What is told of a part. A closed list, all of it from closed lists or from the configuration: nothing that a member or a caller wrote. */
export interface SpanFacts {
  readonly interface?: string;
  readonly route?: 'brand' | 'partner';
  readonly brandId?: string;
  readonly lane?: 'interactive' | 'mutation' | 'refresh' | 'bulk';
  /** `ok`, an error code, or `left` if the caller did not wait. */
  readonly outcome?: string;
  /** WeChat Pay's Request-ID. */
  readonly requestId?: string;
  readonly cacheKind?:
    | 'cardTemplate'
    | 'userCard'
    | 'cardTemplateList'
    | 'userCardList'
    | 'membershipActivity'
    | 'membershipActivityList';
  /** `shared`: the response to another call. */
  readonly cacheResult?: 'hit' | 'stale' | 'shared' | 'miss';
  /** 1 for a call's first attempt. */
  readonly attempt?: number;
  readonly host?: 'main' | 'backup';
  /** HTTP status. */
  readonly status?: number;
}

/** A part of an operation, for traces. Calls have one only if tracing is on and the operation is sampled. Must not throw. */
export interface Span {
  /** A part of this one that begins at `from`, clock time in ms. */
  begin(name: SpanName, from: number, facts?: SpanFacts): Span;
  /** Ends it at `to`; only the first call counts. */
  end(to: number, facts?: SpanFacts): void;
}
