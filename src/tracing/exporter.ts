import type { Attributes, HrTime, SpanContext } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { TracingSettings } from './settings';

/** A span that has ended. */
export interface SpanRecord {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal';
  readonly failed: boolean;
  readonly attributes: Attributes;
  /** Ms since the Unix epoch, with fractions. */
  readonly from: number;
  readonly to: number;
}

export interface Exporter {
  /** Takes the span for the next batch. Spans above the queue's limit are dropped. */
  readonly add: (span: SpanRecord) => void;
  stop(): Promise<void>;
}

/** Ids and parents are ours, so the spans are made here; batching, encoding and sending are OpenTelemetry's. */
export const openExporter = async (
  { url, serviceName }: TracingSettings,
  onExport: (outcome: 'sent' | 'lost', spans: number) => void,
): Promise<Exporter> => {
  const { BatchSpanProcessor } = await import('@opentelemetry/sdk-trace');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const { resourceFromAttributes } = await import('@opentelemetry/resources');
  const { SpanKind, SpanStatusCode, TraceFlags } = await import('@opentelemetry/api');
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: exportTimeoutMs });
  const processor = new BatchSpanProcessor({
    exporter: counted(exporter, onExport),
    maxQueueSize: maxQueued,
    maxExportBatchSize: maxBatch,
    scheduledDelayMillis: batchEveryMs,
    exportTimeoutMillis: exportTimeoutMs,
  });
  const resource = resourceFromAttributes({ 'service.name': serviceName });
  const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };
  const contextOf = (traceId: string, spanId: string): SpanContext => ({
    traceId,
    spanId,
    traceFlags: TraceFlags.SAMPLED,
  });
  return {
    add({ traceId, spanId, parentSpanId, name, kind, failed, attributes, from, to }) {
      const context = contextOf(traceId, spanId);
      processor.onEnd({
        name,
        kind: kinds[kind],
        spanContext: () => context,
        ...(parentSpanId === undefined ? {} : { parentSpanContext: contextOf(traceId, parentSpanId) }),
        startTime: hrTime(from),
        endTime: hrTime(to),
        duration: hrTime(to - from),
        status: { code: failed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
        attributes,
        links: [],
        events: [],
        ended: true,
        resource,
        instrumentationScope: { name: 'member-card-graphql' },
        droppedAttributesCount: 0,
        droppedEventsCount: 0,
        droppedLinksCount: 0,
      });
    },
    async stop() {
      // A receiver that is away must not fail the shutdown.
      await processor.shutdown().catch(() => undefined);
    },
  };
};

const exportTimeoutMs = 10_000;
/** About 1 kB each. */
const maxQueued = 4_096;
const maxBatch = 512;
const batchEveryMs = 2_000;

const hrTime = (ms: number): HrTime => [Math.floor(ms / 1_000), Math.floor((ms % 1_000) * 1e6)];

const counted = (
  exporter: SpanExporter,
  onExport: (outcome: 'sent' | 'lost', spans: number) => void,
): SpanExporter => ({
  export(spans: ReadableSpan[], done) {
    exporter.export(spans, (result) => {
      onExport(result.error === undefined ? 'sent' : 'lost', spans.length);
      done(result);
    });
  },
  shutdown: () => exporter.shutdown(),
});
