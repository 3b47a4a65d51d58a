import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { systemClock } from '../../src/shared/clock';
import { attributeNames, operationAttributeNames } from '../../src/tracing/attributes';
import { compose, type Reply, type Send } from '../../src/traffic/calls/call';
import { traceCalls, traceMisses, traceSlots, traceWaits } from '../../src/traffic/calls/trace-calls';
import { aScheduledCall, aReply } from '../support/calls';
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver';
import { relativeCost } from '../support/relative-cost';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { build, serverProcess, type ServerProcess } from '../support/server-process';
import { writeConfig } from '../support/config-file';
import { freePort } from '../support/free-port';
import { testApp } from '../support/test-app';

const newTrace = () => ({ traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') });
const parentOf = ({ traceId, spanId }: ReturnType<typeof newTrace>, flags = '01') => ({
  traceparent: `00-${traceId}-${spanId}-${flags}`,
});

describe('traces', () => {
  let sandbox: Sandbox;
  let receiver: OtlpReceiver;
  const [miss, hit, write, unsampled, failing] = Array.from({ length: 5 }, newTrace) as [
    ReturnType<typeof newTrace>,
    ReturnType<typeof newTrace>,
    ReturnType<typeof newTrace>,
    ReturnType<typeof newTrace>,
    ReturnType<typeof newTrace>,
  ];
  /** Values that a careless server would put into a span. */
  const planted: string[] = [];
  const directories: string[] = [];

  /** A process of its own: the exporter loads modules in a way that this test runner does not support. */
  const start = async (url: string, more: Readonly<Record<string, unknown>> = {}): Promise<ServerProcess> => {
    const { file, directory } = writeConfig(sandbox, {
      tracing: { url, serviceName: 'cards' },
      server: { queryDeadlineMs: 10_000 },
      ...more,
    });
    directories.push(directory);
    const server = await serverProcess(file);
    await server.start();
    return server;
  };
  const ask = async (
    { url }: ServerProcess,
    query: string,
    variables: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<unknown> => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  };

  beforeAll(async () => {
    [sandbox, receiver] = await Promise.all([
      startSandbox({ membersPerBrand: 60 }),
      startOtlpReceiver(),
      build(),
    ]);
    const server = await start(receiver.url);
    const { brandId, cardId, openid, userCardCode } = sandbox.example;
    const key = { brandId, cardId, openid, userCardCode };
    const read = `query Card($key: UserCardKey!) { userCard(by: { key: $key }) { level phoneNumber } }`;
    await ask(server, read, { key }, parentOf(miss));
    await ask(server, read, { key }, parentOf(hit));
    await ask(
      server,
      `mutation Level($input: UpdateUserCardInput!) { updateUserCard(input: $input) { userCard { level } userErrors { code } } }`,
      { input: { userCard: { key }, level: '黑金会员' } },
      parentOf(write),
    );
    await ask(server, read, { key }, parentOf(unsampled, '00'));
    sandbox.faults.set([{ kind: 'systemError' }]);
    await ask(
      server,
      read,
      { key: { ...key, userCardCode: 'none' } },
      { ...parentOf(failing), prefer: 'wait=1' },
    );
    sandbox.faults.set([]);
    planted.push(openid, userCardCode);
    const digits = fc.integer({ min: 13_000_000_000, max: 19_999_999_999 }).map(String);
    const values = fc.sample(
      fc.record({
        phone: digits,
        name: fc.string({ minLength: 6, maxLength: 12, unit: 'binary' }),
        code: fc.uuid(),
      }),
      20,
    );
    for (const { phone, name, code } of values) {
      planted.push(phone, code);
      if (/^[\p{L}\p{N}]+$/u.test(name)) planted.push(name);
      await Promise.all([
        ask(
          server,
          `query Phone${phone}($key: UserCardKey!) { p${phone}: userCard(by: { key: $key }) { level } }`,
          { key: { brandId, cardId, openid: `o${phone}`, userCardCode: code } },
          { prefer: 'wait=0', 'x-name': encodeURIComponent(name) },
        ),
        ask(server, `{ userCards(brandId: "${phone}") { nodes { level } } # ${code}`, { name, phone }),
        ask(server, `query ($name: String) { nodes(ids: ["${code}", "${phone}"]) { id } }`, { name }),
      ]);
    }
    expect(await server.end()).toBe(0);
  }, 300_000);
  afterAll(async () => {
    await receiver.close();
    for (const directory of directories) rmSync(directory, { recursive: true });
    await sandbox.close();
  });

  const spansOf = ({ traceId }: { readonly traceId: string }): readonly ReceivedSpan[] =>
    receiver.spans.filter((span) => span.traceId === traceId).toSorted((a, b) => Number(a.from - b.from));
  const named = (trace: { readonly traceId: string }, name: string): ReceivedSpan => {
    const found = spansOf(trace).find((span) => span.name.split(' ')[0] === name);
    if (found === undefined)
      throw new Error(
        `no span ${name} of ${spansOf(trace)
          .map((one) => one.name)
          .join()}`,
      );
    return found;
  };

  it('arrive as JSON, in the trace of the caller, and are one tree from the operation to the parts of its call', () => {
    expect(new Set(receiver.contentTypes)).toEqual(new Set(['application/json']));
    const operation = named(miss, 'query');
    expect(operation).toMatchObject({
      name: 'query Card',
      kind: 2,
      parentSpanId: miss.spanId,
      failed: false,
      resource: { 'service.name': 'cards' },
      attributes: {
        'graphql.operation.type': 'query',
        'graphql.operation.name': 'Card',
        'membercard.outcome': 'ok',
      },
    });
    const call = named(miss, 'call');
    expect(call).toMatchObject({
      name: 'call GET_USER_CARD',
      parentSpanId: operation.spanId,
      attributes: {
        'membercard.interface': 'GET_USER_CARD',
        'membercard.brand_id': sandbox.example.brandId,
        'membercard.outcome': 'ok',
        'membercard.request_id': expect.any(String) as string,
      },
    });
    const parts = spansOf(miss).filter(({ parentSpanId }) => parentSpanId === call.spanId);
    // A busy process may sign once more, for the next slot.
    expect([...new Set(parts.map(({ name }) => name))].toSorted()).toEqual([
      'exchange',
      'lookup',
      'sign',
      'verify',
      'wait',
    ]);
    expect(named(miss, 'lookup').attributes).toMatchObject({ 'membercard.cache.result': 'miss' });
    expect(named(miss, 'exchange')).toMatchObject({
      kind: 3,
      attributes: { 'membercard.host': 'main', 'membercard.attempt': 1, 'http.response.status_code': 200 },
    });
    // One after the other, and within the operation; times are rounded to the microsecond.
    const order = ['lookup', 'wait', 'exchange', 'verify'].map((name) => named(miss, name));
    for (const [index, part] of order.entries()) {
      expect(part.to).toBeGreaterThanOrEqual(part.from);
      expect(part.from + 2_000n).toBeGreaterThanOrEqual(order[index - 1]?.from ?? 0n);
    }
    expect(Math.abs(Number(operation.from / 1_000_000n) - Date.now())).toBeLessThan(3_600_000);
  });

  it('show what was served from the cache, and a write without a lookup', () => {
    const lookup = named(hit, 'lookup');
    expect(lookup.attributes).toEqual({
      'membercard.cache.kind': 'userCard',
      'membercard.cache.result': 'hit',
    });
    expect(
      spansOf(hit)
        .map(({ name }) => name.split(' ')[0])
        .toSorted(),
    ).toEqual(['call', 'lookup', 'query']);
    expect(spansOf(write).map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'mutation Level',
        'call UPDATE_USER_CARD',
        'wait',
        'sign',
        'exchange',
        'verify',
      ]) as string[],
    );
  });

  it('have a part for each attempt, with its error, and the codes of the operation', () => {
    const exchanges = spansOf(failing).filter(({ name }) => name === 'exchange');
    expect(exchanges.length).toBeGreaterThan(1);
    expect(exchanges.map(({ attributes }) => attributes['membercard.attempt'])).toEqual(
      exchanges.map((_, n) => n + 1),
    );
    expect(named(failing, 'call')).toMatchObject({
      failed: true,
      attributes: { 'membercard.outcome': 'UPSTREAM_UNAVAILABLE' },
    });
    expect(named(failing, 'query').attributes).toMatchObject({
      'membercard.error_codes': ['UPSTREAM_UNAVAILABLE'],
    });
  });

  it('are not made of an operation that its caller does not record', () => {
    expect(spansOf(unsampled)).toEqual([]);
    expect(receiver.spans.length).toBeGreaterThan(60);
  });

  it('hold no value of a request or of a member, only documented attributes with values from closed lists', () => {
    const all = receiver.bodies.join('\n');
    expect(planted.filter((value) => all.includes(value))).toEqual([]);
    const documented = new Set<string>([
      ...Object.values(attributeNames),
      ...Object.values(operationAttributeNames),
    ]);
    const used = receiver.spans.flatMap(({ attributes }) => Object.keys(attributes));
    expect(used.filter((name) => !documented.has(name))).toEqual([]);
    const free = new Set(['graphql.operation.name', 'membercard.request_id', 'membercard.brand_id']);
    const brands = new Set<unknown>(sandbox.provision.brands.map((brand) => brand.brandId));
    for (const { attributes } of receiver.spans)
      for (const [name, value] of Object.entries(attributes)) {
        if (!free.has(name))
          expect(String(value)).toMatch(/^(?:[A-Z_,]{1,200}|[a-z][A-Za-z]{0,30}|\d{1,4})$/);
        if (name === 'membercard.brand_id') expect(brands).toContain(value);
      }
  });

  it.each(['README.md', 'README.zh-CN.md'])('have attributes that deploy/%s names, all of them', (file) => {
    const text = readFileSync(join(__dirname, '../../deploy', file), 'utf8');
    const names = [...Object.values(attributeNames), ...Object.values(operationAttributeNames)];
    expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });

  it('that nobody takes are counted, and hold up neither an operation nor the end', async () => {
    const port = await freePort();
    const server = await start('http://127.0.0.1:1/v1/traces', { metrics: { host: '127.0.0.1', port } });
    expect(await ask(server, '{ brand(brandId: "1004") { name } }')).not.toHaveProperty('errors');
    const lost = async (): Promise<number> => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return Number(/^membercard_trace_spans_total\{outcome="lost"\} (\d+)$/m.exec(text)?.[1] ?? 0);
    };
    while ((await lost()) === 0) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await server.end()).toBe(0);
  }, 60_000);
});

describe('without the section tracing', () => {
  it('no package of OpenTelemetry is loaded', async () => {
    await build();
    const dist = join(__dirname, '../../dist');
    const script = `
      const { startDemo } = require('${dist}/cli/demo.js');
      const { createApp } = require('${dist}/app/app.js');
      const { createLog } = require('${dist}/cli/log.js');
      const { systemClock } = require('${dist}/shared/clock.js');
      void (async () => {
        const { config, close } = await startDemo(0);
        const app = await createApp({ config, clock: systemClock, ...createLog(() => undefined) });
        await app.start();
        const loaded = Object.keys(require.cache).filter((file) => /opentelemetry.(sdk|exporter|resources|otlp)/.test(file));
        console.log(JSON.stringify([Object.keys(require.cache).length > 100, loaded]));
        await app.stop();
        await close();
      })();`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script]);
    expect(JSON.parse(stdout)).toEqual([true, []]);
  }, 300_000);

  it('a call costs less than 3 % of the smallest operation', async () => {
    const app = await testApp({});
    const calls = 100;
    const reply = aReply('card', 0);
    const send: Send<ReturnType<typeof aScheduledCall>> = (): Promise<Reply> => Promise.resolve(reply);
    const traced = compose(
      [traceSlots, traceWaits(systemClock), traceMisses(systemClock), traceCalls(systemClock)] as never[],
      send,
    );
    const call = aScheduledCall({});
    const through = (way: typeof traced) => async (): Promise<void> => {
      for (let n = 0; n < calls * 100; n += 1) await way(call);
    };
    const ask = async (): Promise<void> => {
      for (let n = 0; n < calls; n += 1) await app.ask('{ brand(brandId: "1004") { name } }');
    };
    // A hundred times as many calls as operations.
    expect((await relativeCost(through(traced), { unit: ask, below: 3 })) / 100).toBeLessThan(0.03);
    await app.close();
  }, 300_000);
});
