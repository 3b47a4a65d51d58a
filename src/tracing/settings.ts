/** Where traces go. */
export interface TracingSettings {
  /** The address of an OTLP/HTTP receiver for traces, e.g. http://collector:4318/v1/traces. */
  readonly url: string;
  /** Share of the operations without a caller's `traceparent` that are traced, 0 to 1. Default: 1. */
  readonly sampleRatio: number;
  /** `service.name` of the resource. Default: member-card-graphql. */
  readonly serviceName: string;
}
