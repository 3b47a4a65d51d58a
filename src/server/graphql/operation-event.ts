/** One GraphQL operation, for a log line and for metrics. Holds no variable, argument or message. */
export interface OperationEvent {
  /** As the document names it; absent where it is nameless or its name could be data. */
  readonly name?: string;
  readonly type: 'query' | 'mutation' | 'subscription' | 'none';
  /** Names of the schema's root fields that it selects, each once. */
  readonly rootFields: readonly string[];
  readonly outcome: 'ok' | 'partial' | 'failed';
  /** Codes of its errors, one per error. */
  readonly codes: readonly string[];
  readonly durationMs: number;
  /** Calls that were sent upstream for it, and lookups that were answered from the cache. */
  readonly upstreamCalls: number;
  readonly cachedCalls: number;
  /** W3C trace context: the caller's trace, or a new one. */
  readonly traceId: string;
  readonly spanId: string;
  /** The caller's span, where it named one. */
  readonly parentSpanId?: string;
}
