import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createClient } from 'graphql-sse';
import { buildSchema } from 'graphql';
import type { Caller } from '../../../src/auth/caller';
import { permissionsOf } from '../../../src/auth/permissions';
import { defaultQueryLimits } from '../../../src/config/query-limits';
import { createDocuments } from '../../../src/server/graphql/documents/documents';
import { createEventStreams, type EventStreams } from '../../../src/server/subscriptions/event-streams';
import type { EdgeContext } from '../../../src/server/graphql/edge-context';
import { createOperationChain } from '../../../src/server/graphql/operation-chain';
import type { OperationEvent } from '../../../src/server/graphql/operation-event';
import { createOpenStreams, type OpenStreams } from '../../../src/server/subscriptions/open-streams';
import { createHttpServer, type HttpServer } from '../../../src/server/http/http';
import { createOperationStats } from '../../../src/server/graphql/operation-stats';
import { AppError } from '../../../src/shared/errors';
import { fakeClock, type FakeClock } from '../../support/fake-clock';

interface Payload {
  readonly eventId: string;
  readonly text: string;
}
interface TestContext extends EdgeContext {
  readonly number: number;
}

const schema = buildSchema(`
  type Query { ready: Boolean }
  type Mutation { act: Boolean }
  type Event { eventId: ID! text: String! context: Int! }
  type Subscription {
    events(count: Int!, from: String): Event!
    slow: Event
    refused: Event!
    lost: Event!
    away: Event!
    broken: Event!
  }
`);

const somebody: Caller = { id: 'somebody', permissions: permissionsOf([]) };

/** The streams of a small schema behind a real server. */
class Bench {
  readonly clock: FakeClock = fakeClock();
  readonly reports: unknown[] = [];
  pulled = 0;
  waiting = 0;
  contexts = 0;
  left = 0;
  failContextsFrom = Infinity;
  big = 'x';
  url = '';
  port = 0;
  streams: EventStreams;
  readonly observed: OperationEvent[] = [];
  callerNow: () => Promise<Caller> = () => Promise.resolve(this.caller);
  caller: Caller = somebody;
  private readonly places: OpenStreams;
  private readonly http: HttpServer;

  constructor(bounds: { maxStreams?: number; maxStreamsPerCaller?: number } = {}) {
    const fields = schema.getSubscriptionType()?.getFields() ?? {};
    const signals = new WeakMap<object, AbortSignal>();
    Object.assign(fields.events ?? {}, {
      resolve: (payload: Payload, _: unknown, context: TestContext) => ({
        ...payload,
        context: context.number,
      }),
      subscribe: (_: unknown, { count }: { count: number }, context: TestContext) =>
        this.source(count, signals.get(context)),
    });
    Object.assign(fields.refused ?? {}, {
      subscribe: () => {
        throw new AppError('FORBIDDEN', 'secret detail');
      },
    });
    Object.assign(fields.slow ?? {}, {
      resolve: async (_: unknown, __: unknown, context: TestContext) => {
        this.waiting += 1;
        const signal = signals.get(context);
        await new Promise((__, reject) => {
          signal?.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
        });
      },
      subscribe: (_: unknown, __: unknown, context: TestContext) => this.source(3, signals.get(context)),
    });
    for (const [name, code] of [
      ['lost', 'NOT_FOUND'],
      ['away', 'UPSTREAM_UNAVAILABLE'],
    ] as const)
      Object.assign(fields[name] ?? {}, {
        subscribe: () => {
          throw new AppError(code, 'secret detail');
        },
      });
    Object.assign(fields.broken ?? {}, {
      resolve: () => {
        throw new Error('secret detail');
      },
      subscribe: (_: unknown, __: unknown, context: TestContext) => this.source(3, signals.get(context)),
    });
    this.places = createOpenStreams({
      clock: this.clock,
      maxStreams: bounds.maxStreams ?? 100,
      maxStreamsPerCaller: bounds.maxStreamsPerCaller ?? 100,
    });
    this.streams = createEventStreams<TestContext>({
      chain: createOperationChain<TestContext>({
        schema,
        admit: (request) => request,
        documents: createDocuments({
          schema,
          limits: defaultQueryLimits,
          maxErrors: 10,
          suggestions: false,
          maxBytes: 1_000_000,
        }),
        checks: [],
        limits: defaultQueryLimits,
        clock: this.clock,
        observe: (event) => this.observed.push(event),
      }),
      clock: this.clock,
      streams: this.places,
      waitOf: () => ({ queryMs: 1, mutationMs: 1, applied: () => undefined }),
      executeOnce: () => Promise.reject(new Error('not here')),
      context: (_, signal) => {
        this.contexts += 1;
        if (this.contexts >= this.failContextsFrom) throw new AppError('UNAUTHENTICATED', 'expired');
        const context = {
          language: 'en' as const,
          permissions: somebody.permissions,
          stats: createOperationStats(),
          consistency: () => undefined,
          number: this.contexts,
        } as unknown as TestContext;
        signals.set(context, signal);
        return Promise.resolve(context);
      },
      callerNow: () => this.callerNow(),
      placeOf: (payload) => ({ position: (payload as Payload).eventId, isLast: false }),
      nameRefusal: () => undefined,
      newErrorId: () => 'e1',
      report: (report) => this.reports.push(report),
    });
    this.http = createHttpServer({
      routes: {
        '/stream': {
          methods: ['GET', 'POST'],
          handle: (request, response) => this.streams.handler(request, response, this.caller),
        },
      },
      onError: (error) => this.reports.push(error),
    });
  }

  private async *source(count: number, signal: AbortSignal | undefined): AsyncGenerator<Payload> {
    try {
      for (let index = 1; index <= count; index += 1) {
        this.pulled += 1;
        yield { eventId: `${String(index)}-0`, text: this.big };
      }
      // Then it waits for events that never arrive.
      if (signal?.aborted === false) await once(signal, 'abort');
    } finally {
      this.left += 1;
    }
  }

  async open(): Promise<this> {
    this.port = await this.http.listen({ host: '127.0.0.1', port: 0 });
    this.url = `http://127.0.0.1:${String(this.port)}/stream`;
    return this;
  }

  async close(graceMs = 1_000): Promise<void> {
    this.places.drain();
    await this.http.drain(graceMs);
  }

  /** The stream as received, until `enough`. */
  async raw(query: string, enough: (text: string) => boolean, headers: Record<string, string> = {}) {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
    let text = '';
    const decoder = new TextDecoder();
    const reader = response.body?.getReader();
    for (let chunk = await reader?.read(); chunk?.done === false; chunk = await reader?.read()) {
      text += decoder.decode(chunk.value as Uint8Array);
      if (enough(text)) break;
    }
    await reader?.cancel();
    return { status: response.status, headers: response.headers, text };
  }
}

const whole = (): boolean => false;
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
};

describe('event streams', () => {
  let bench: Bench;
  const opened: Bench[] = [];
  const make = async (bounds?: ConstructorParameters<typeof Bench>[0]): Promise<Bench> => {
    bench = await new Bench(bounds).open();
    opened.push(bench);
    return bench;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });

  it('write each event with its id, so that an EventSource can resume', async () => {
    await make();
    const { text, headers } = await bench.raw('subscription { events(count: 2) { eventId } }', (all) =>
      all.includes('2-0"'),
    );
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(headers.get('x-accel-buffering')).toBe('no');
    expect(text).toBe(
      ':\n\n' +
        'id: 1-0\nevent: next\ndata: {"data":{"events":{"eventId":"1-0"}}}\n\n' +
        'id: 2-0\nevent: next\ndata: {"data":{"events":{"eventId":"2-0"}}}\n\n',
    );
    await until(() => bench.left === 1);
  });

  it("work with the protocol's own client", async () => {
    await make();
    const client = createClient({ url: bench.url, retryAttempts: 0 });
    const events = client.iterate<{ events: { eventId: string } }>({
      query: 'subscription { events(count: 3) { eventId } }',
    });
    const seen: string[] = [];
    for await (const { data } of events) {
      seen.push(data?.events.eventId ?? '');
      if (seen.length === 3) break;
    }
    expect(seen).toEqual(['1-0', '2-0', '3-0']);
    await until(() => bench.left === 1);
  });

  it('create a context for every event', async () => {
    await make();
    const { text } = await bench.raw('subscription { events(count: 3) { context } }', (all) =>
      all.includes('"context":4'),
    );
    expect([...text.matchAll(/"context":(\d)/g)].map(([, number]) => number)).toEqual(['2', '3', '4']);
  });

  it('end with an error if the caller loses its permission, and can be resumed at that event', async () => {
    await make();
    bench.failContextsFrom = 3;
    const { text } = await bench.raw('subscription { events(count: 9) { eventId } }', whole);
    expect(text).toContain('id: 1-0\n');
    expect(text).not.toContain('id: 2-0');
    expect(text).toMatch(/"code":"UNAUTHENTICATED"[^\n]*\n\nevent: complete/);
    expect(bench.left).toBe(1);
  });

  it('end within a minute after the credential is revoked, even if nothing happens', async () => {
    await make();
    const reading = bench.raw('subscription { events(count: 1) { eventId } }', whole);
    await until(() => bench.pulled === 1);
    await bench.clock.advance(59_000);
    bench.callerNow = () => Promise.reject(new AppError('UNAUTHENTICATED', 'revoked'));
    expect(bench.left).toBe(0);
    await bench.clock.advance(1_000);
    const { text } = await reading;
    expect(text).toMatch(/\n\nretry: 2147483647\nevent: next\ndata: \{"errors":\[[^\n]*"UNAUTHENTICATED"/);
    expect(text).toMatch(/event: complete\ndata:\n\n$/);
    expect(bench.left).toBe(1);
  });

  it('continue while the credential is valid', async () => {
    await make();
    const reading = bench.raw('subscription { events(count: 1) { eventId } }', whole);
    await until(() => bench.pulled === 1);
    await bench.clock.advance(29 * 60_000);
    expect(bench.left).toBe(0);
    await bench.clock.advance(60_000);
    expect((await reading).text).not.toContain('errors');
  });

  it('end when the access token ends', async () => {
    await make();
    const expiresAt = bench.clock.wallNow() + 7_000;
    bench.caller = { ...somebody, expiresAt };
    bench.callerNow = () =>
      bench.clock.wallNow() < expiresAt
        ? Promise.resolve(bench.caller)
        : Promise.reject(new AppError('UNAUTHENTICATED', 'expired'));
    const reading = bench.raw('subscription { events(count: 1) { eventId } }', whole);
    await until(() => bench.pulled === 1);
    await bench.clock.advance(6_999);
    expect(bench.left).toBe(0);
    await bench.clock.advance(1);
    expect((await reading).text).toContain('"code":"UNAUTHENTICATED"');
  });

  it('are operations in log and metrics: their start, each event, and refusals', async () => {
    await make();
    await bench.raw('subscription Cards { events(count: 2) { eventId } }', (all) => all.includes('2-0"'));
    await bench.raw('subscription Cards { nothing }', whole);
    await bench.raw('subscription { refused { eventId } }', whole);
    const seen = bench.observed.map(({ name, type, eventId, outcome, codes }) => [
      ...[name, type, eventId, outcome, codes.join()],
    ]);
    expect(seen).toEqual([
      ['Cards', 'subscription', undefined, 'ok', ''],
      ['Cards', 'subscription', '1-0', 'ok', ''],
      ['Cards', 'subscription', '2-0', 'ok', ''],
      [undefined, 'none', undefined, 'failed', 'GRAPHQL_VALIDATION_FAILED'],
      [undefined, 'subscription', undefined, 'failed', 'FORBIDDEN'],
    ]);
  });

  it('give up the calls of an event after the time of an operation', async () => {
    await make();
    const reading = bench.raw('subscription { slow { eventId } }', (all) => all.includes('3-0'));
    await until(() => bench.waiting > 0);
    await bench.clock.advance(defaultQueryLimits.operationMs - 1);
    expect(bench.waiting).toBe(1);
    await bench.clock.advance(1);
    await until(() => bench.waiting === 2);
    await bench.clock.advance(defaultQueryLimits.operationMs);
    await bench.clock.advance(defaultQueryLimits.operationMs);
    expect((await reading).text.match(/"code":"UPSTREAM_UNAVAILABLE"/g)).toHaveLength(3);
  });

  it.each([
    ['text/event-stream', 200],
    ['*/*', 200],
    ['text/*;q=0.1', 200],
    ['text/event-stream, multipart/mixed', 200],
    ['application/json;q=0.9, TEXT/EVENT-STREAM ; q=0.5', 200],
    ['application/json', 406],
    ['*/*, text/event-stream;q=0', 406],
  ])('parse the header Accept: %s', async (accept, status) => {
    await make();
    const response = await bench.raw('subscription { events(count: 1) { eventId } }', () => true, { accept });
    expect([accept, response.status]).toEqual([accept, status]);
    if (status === 406) expect(response.text).toContain('"code":"GRAPHQL_STREAM_REQUIRED"');
  });

  it.each([
    [
      'the events after its position are lost: once, without a position',
      'lost',
      { 'last-event-id': '1-1' },
      'id\n',
    ],
    ['it has lost events by its own argument: not again', 'lost', {}, 'retry: 2147483647\n'],
    ['it may not subscribe: not again', 'refused', {}, 'retry: 2147483647\n'],
    ['the log of events is away: as ever', 'away', {}, ''],
  ])('tell an EventSource whether to reconnect if %s', async (_, field, headers, lead) => {
    await make();
    const { text } = await bench.raw(`subscription { ${field} { eventId } }`, whole, headers);
    expect(text.startsWith(`:\n\n${lead}event: next\ndata: {"errors":`)).toBe(true);
  });

  it.each([
    ['a query', 'query { ready }', 'OPERATION_RESOLUTION_FAILURE'],
    ['a mutation', 'mutation { act }', 'OPERATION_RESOLUTION_FAILURE'],
    ['what is no GraphQL', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
    ['unknown fields', 'subscription { events(count: 1) { nothing } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['introspection', 'subscription { __schema { types { name } } }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a text without end',
      `subscription { events(count: 1) { ${'eventId '.repeat(3_000)} } }`,
      'BAD_USER_INPUT',
    ],
    [
      'more aliases than any honest one has',
      `subscription { events(count: 1) { ${Array.from({ length: 300 }, (_, index) => `a${String(index)}: eventId`).join(' ')} } }`,
      'BAD_USER_INPUT',
    ],
    ['what the caller may not hear', 'subscription { refused { eventId } }', 'FORBIDDEN'],
  ])('refuse %s', async (_, query, code) => {
    await make();
    const { text } = await bench.raw(query, whole);
    expect(text).toContain(`"code":"${code}"`);
    expect(text).toContain('event: complete');
    expect(text).not.toContain('secret');
    expect(bench.pulled).toBe(0);
  });

  it.each([
    ['more than there is room for', { from: 'x'.repeat(defaultQueryLimits.variableBytes) }],
    [
      'too many',
      Object.fromEntries(
        Array.from({ length: defaultQueryLimits.variables + 1 }, (_, index) => [`v${String(index)}`, 1]),
      ),
    ],
  ])('refuse variables: %s', async (_, variables) => {
    await make();
    const response = await fetch(bench.url, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({
        query: 'subscription($from: String) { events(count: 1, from: $from) { eventId } }',
        variables,
      }),
    });
    const text = await response.text();
    expect(text).toContain('"code":"BAD_USER_INPUT"');
    expect(text).toContain('event: complete');
    expect(bench.pulled).toBe(0);
  });

  it('mask internal errors and report them to the log', async () => {
    await make();
    const { text } = await bench.raw('subscription { broken { eventId } }', whole);
    expect(text).toContain('"errorId":"e1"');
    expect(text).not.toContain('secret');
    expect(bench.reports).toMatchObject([{ errorId: 'e1' }]);
  });

  it('are limited per caller, and release their place when they close', async () => {
    await make({ maxStreamsPerCaller: 2 });
    const open = async (): Promise<AbortController> => {
      const control = new AbortController();
      const response = await fetch(
        `${bench.url}?query=${encodeURIComponent('subscription { events(count: 1) { eventId } }')}`,
        {
          headers: { accept: 'text/event-stream' },
          signal: control.signal,
        },
      );
      expect(response.status).toBe(200);
      return control;
    };
    const [first] = [await open(), await open()];
    const third = await bench.raw('subscription { events(count: 1) { eventId } }', whole);
    expect(third).toMatchObject({ status: 429 });
    expect(third.headers.get('retry-after')).toBe('5');
    expect(third.text).toContain('TOO_MANY_STREAMS');
    first.abort();
    await until(() => bench.left === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await open();
  });

  it('are limited in total', async () => {
    await make({ maxStreams: 0 });
    expect(await bench.raw('subscription { events(count: 1) { eventId } }', whole)).toMatchObject({
      status: 429,
    });
  });

  it('cannot be reserved', async () => {
    await make();
    const { status, headers } = await fetch(bench.url, { method: 'PUT' });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  });

  it('refuse a huge request', async () => {
    await make();
    expect(
      await bench.raw(`subscription { ${'x'.repeat(defaultQueryLimits.bodyBytes)} }`, whole),
    ).toMatchObject({ status: 413 });
  });

  it('end at once when the server stops, without telling the client that the subscription is over', async () => {
    await make();
    const reading = bench.raw('subscription { events(count: 1) { eventId } }', whole);
    await until(() => bench.pulled === 1);
    // Longer than a test may take, so the drain time does not end them.
    await bench.close(300_000);
    const { text } = await reading;
    expect(text).toContain('id: 1-0');
    expect(text).not.toContain('complete');
  });

  it('end after their maximum life, so that the client authenticates again', async () => {
    await make();
    const reading = bench.raw('subscription { events(count: 1) { eventId } }', whole);
    await until(() => bench.pulled === 1);
    await bench.clock.advance(30 * 60_000);
    expect((await reading).text).not.toContain('complete');
    expect(bench.left).toBe(1);
  });

  it('send keep-alives while nothing happens', async () => {
    await make();
    const real = setInterval;
    const spy = jest
      .spyOn(global, 'setInterval')
      .mockImplementation(((action: () => void, ms: number) =>
        real(action, ms === 12_000 ? 20 : ms)) as typeof setInterval);
    try {
      const { text } = await bench.raw(
        'subscription { events(count: 0) { eventId } }',
        (all) => all.length >= 12,
      );
      expect(text.slice(0, 12)).toBe(':\n\n:\n\n:\n\n:\n\n');
    } finally {
      spy.mockRestore();
    }
  });

  it('read no more than a client accepts, and disconnect one that accepts nothing', async () => {
    await make();
    bench.big = 'x'.repeat(20_000);
    const body = JSON.stringify({ query: 'subscription { events(count: 100000) { eventId text } }' });
    const socket: Socket = connect(bench.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.pause();
    socket.write(
      `POST /stream HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${String(body.length)}\r\n\r\n${body}`,
    );
    // The kernel's buffers are filled, and then nothing moves.
    let before = -1;
    while (bench.pulled === 0 || bench.pulled !== before) {
      before = bench.pulled;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    expect(bench.pulled).toBeLessThan(2_000);
    await bench.clock.advance(30_000);
    await until(() => bench.left === 1);
    socket.destroy();
  });
});
