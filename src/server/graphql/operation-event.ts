/** One GraphQL operation, for the log and metrics. Holds no variable, argument or message. */
export interface OperationEvent {
  /** Id of the caller, as in the audit log; never the credential. */
  readonly caller: string;
  /** The operation's name in the document; absent if it has none or the name could be data. */
  readonly name?: string;
  readonly type: 'query' | 'mutation' | 'subscription' | 'none';
  /** The event that a subscription delivered; absent for the operation that started it. */
  readonly eventId?: string;
  /** Names of the selected root fields, each once. */
  readonly rootFields: readonly string[];
  readonly outcome: 'ok' | 'partial' | 'failed';
  /** Error codes, one per error. */
  readonly codes: readonly string[];
  readonly durationMs: number;
  /** Calls sent upstream for it, and lookups served from the cache. */
  readonly upstreamCalls: number;
  readonly cachedCalls: number;
  /** W3C trace context: the caller's trace, or a new one. */
  readonly traceId: string;
  readonly spanId: string;
  /** The caller's span; absent if the caller sent none. */
  readonly parentSpanId?: string;
  /** Whether the caller's trace is recorded; absent if the caller sent none. */
  readonly parentSampled?: boolean;
}
