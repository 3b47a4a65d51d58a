import { randomBytes } from 'node:crypto';
import type { OperationEvent } from '../server/graphql/operation-event';
import type { Trace } from '../server/http/trace';
import type { Clock } from '../shared/clock';
import type { Span } from '../traffic/calls/span';
import { attributesOf, operationAttributes } from './attributes';
import { openExporter, type SpanRecord } from './exporter';
import type { TracingSettings } from './settings';

/** Traces of operations and of what they do upstream, for an OTLP receiver. */
export interface Tracing {
  /** The parts of the operation; `undefined` if it is not sampled. */
  readonly begin: (trace: Trace) => Span | undefined;
  /** Called when the operation has ended: its own span is made of the event. */
  readonly ended: (event: OperationEvent) => void;
  /** Sends what is left, for a few seconds at most. Never rejects. */
  stop(): Promise<void>;
}

export interface TracingDeps {
  readonly clock: Clock;
  /** Called with how many spans were sent, or were lost. */
  readonly onExport: (outcome: 'sent' | 'lost', spans: number) => void;
}

/** The date was set if it has moved by more than this against the clock that is never set. */
const setMs = 1_000;

/** Loads the packages of OpenTelemetry, which nothing else does. Without settings it loads nothing, and nothing is traced. */
export const openTracing = async (
  settings: TracingSettings | undefined,
  { clock, onExport }: TracingDeps,
): Promise<Tracing | undefined> => {
  if (settings === undefined) return undefined;
  const exporter = await openExporter(settings, onExport);
  // Ages are measured by the clock that is never set; a trace needs the date as well. The date comes in whole milliseconds: asked for
  // each moment, it would let a span end before it begins. So the distance of the two clocks is kept until the date is set.
  let distance = clock.wallNow() - clock.now();
  const wallAt = (at: number): number => {
    const found = clock.wallNow() - clock.now();
    if (Math.abs(found - distance) > setMs) distance = found;
    return at + distance;
  };
  const isSampled = ({ traceId, parentSampled }: Pick<Trace, 'traceId' | 'parentSampled'>): boolean =>
    parentSampled ?? Number.parseInt(traceId.slice(-8), 16) / 0x1_0000_0000 < settings.sampleRatio;
  const record = (span: Omit<SpanRecord, 'from' | 'to'>, from: number, to: number): void => {
    exporter.add({ ...span, from: wallAt(from), to: wallAt(to) });
  };

  const partOf = (traceId: string, spanId: string): Span['begin'] => {
    return (name, from, facts = {}) => {
      const own = randomBytes(8).toString('hex');
      let isOpen = true;
      return {
        begin: partOf(traceId, own),
        end(to, more = {}) {
          if (!isOpen) return;
          isOpen = false;
          const all = { ...facts, ...more };
          record(
            {
              traceId,
              spanId: own,
              parentSpanId: spanId,
              name: all.interface === undefined ? name : `${name} ${all.interface}`,
              kind: name === 'exchange' ? 'client' : 'internal',
              failed: all.outcome !== undefined && all.outcome !== 'ok',
              attributes: attributesOf(all),
            },
            from,
            Math.max(from, to),
          );
        },
      };
    };
  };

  return {
    begin: (trace) =>
      isSampled(trace) ? { begin: partOf(trace.traceId, trace.spanId), end: () => undefined } : undefined,
    ended(event) {
      if (!isSampled(event)) return;
      const { traceId, spanId, parentSpanId, type, name, outcome, durationMs } = event;
      record(
        {
          traceId,
          spanId,
          ...(parentSpanId === undefined ? {} : { parentSpanId }),
          name: name === undefined ? type : `${type} ${name}`,
          kind: 'server',
          failed: outcome === 'failed',
          attributes: operationAttributes(event),
        },
        clock.now() - durationMs,
        clock.now(),
      );
    },
    stop: () => exporter.stop(),
  };
};
