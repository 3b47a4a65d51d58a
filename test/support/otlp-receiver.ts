import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as it arrived. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: number;
  readonly from: bigint;
  readonly to: bigint;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
}

type Value = Readonly<Record<string, unknown>>;
interface KeyValue {
  readonly key: string;
  readonly value: Value;
}
interface Body {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly name: string;
        readonly kind: number;
        readonly startTimeUnixNano: string;
        readonly endTimeUnixNano: string;
        readonly status: { readonly code?: number };
        readonly attributes: readonly KeyValue[];
      }[];
    }[];
  }[];
}

/** The JSON form of a protobuf AnyValue: one member, named by its type. */
const plain = (value: Value): unknown => {
  const [[type, content] = ['', undefined]] = Object.entries(value);
  if (type !== 'arrayValue') return type === 'intValue' ? Number(content) : content;
  return (content as { readonly values: readonly Value[] }).values.map(plain);
};
const record = (all: readonly KeyValue[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(all.map(({ key, value }) => [key, plain(value)]));

export interface OtlpReceiver {
  readonly url: string;
  readonly spans: ReceivedSpan[];
  /** The bytes of every request. */
  readonly bodies: string[];
  readonly contentTypes: (string | undefined)[];
  close(): Promise<void>;
}

/** An OTLP/HTTP receiver for the JSON form of protobuf, on a real socket. */
export const startOtlpReceiver = async (): Promise<OtlpReceiver> => {
  const spans: ReceivedSpan[] = [];
  const bodies: string[] = [];
  const contentTypes: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      bodies.push(text);
      contentTypes.push(request.headers['content-type']);
      for (const { resource, scopeSpans } of (JSON.parse(text) as Body).resourceSpans)
        for (const { startTimeUnixNano, endTimeUnixNano, status, ...span } of scopeSpans.flatMap(
          (scope) => scope.spans,
        ))
          spans.push({
            ...span,
            parentSpanId: span.parentSpanId,
            from: BigInt(startTimeUnixNano),
            to: BigInt(endTimeUnixNano),
            failed: status.code === 2,
            attributes: record(span.attributes),
            resource: record(resource.attributes),
          });
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    spans,
    bodies,
    contentTypes,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
