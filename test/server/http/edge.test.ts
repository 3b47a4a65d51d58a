import { connect } from 'node:net';
import { defaultQueryLimits } from '../../../src/config/query-limits';
import { testApp, type TestApp } from '../../support/test-app';

const { bodyBytes } = defaultQueryLimits;

describe('the HTTP edge', () => {
  let app: TestApp;
  const { NODE_ENV } = process.env;
  beforeAll(async () => {
    // Under `test` and `production` Apollo keeps stack traces back by itself; operators may set neither.
    process.env.NODE_ENV = 'development';
    app = await testApp({
      change: (config) => ({ ...config, server: { ...config.server, development: false } }),
    });
    process.env.NODE_ENV = NODE_ENV;
  });
  afterAll(() => app.close());

  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(app.url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });

  it('refuses a body above the limit and names it', async () => {
    const response = await post(
      JSON.stringify({ query: `{ brands { totalCount } } #${'x'.repeat(bodyBytes)}` }),
    );
    expect(response.status).toBe(413);
    expect(await response.text()).toContain(`${bodyBytes} bytes`);
  });

  it('refuses a streamed body above the limit too', async () => {
    const chunk = new TextEncoder().encode('x'.repeat(0.6 * bodyBytes));
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(chunk);
        controller.enqueue(chunk);
        controller.close();
      },
    });
    const response = await fetch(app.url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
      duplex: 'half',
    });
    expect(response.status).toBe(413);
  });

  it.each(['{', '"text"', '[]', '{"query": 5}', ''])('returns 400 for the body %j', async (body) => {
    expect((await post(body)).status).toBe(400);
  });

  it('has no array batching', async () => {
    expect((await post('[{"query":"{ __typename }"},{"query":"{ __typename }"}]')).status).toBe(400);
  });

  it('refuses what a plain form or link could send from another site', async () => {
    const get = (headers: Record<string, string>) => fetch(`${app.url}?query={__typename}`, { headers });
    for (const foreign of [
      { origin: 'https://evil.example.com' },
      { 'sec-fetch-site': 'cross-site' },
    ] as const) {
      const response = await get(foreign);
      expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('"FORBIDDEN"')]);
      expect((await post('query={__typename}', { 'content-type': 'text/plain', ...foreign })).status).toBe(
        403,
      );
      expect(await get({ ...foreign, 'accept-language': 'zh' }).then((one) => one.text())).toContain(
        '其他来源',
      );
    }
    expect((await get({})).status).toBe(200);
    expect((await get({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });

  it('never repeats a value of the request in an error', async () => {
    const secret = '13812345678';
    const bodies = [
      { query: 'query ($i: Int) { brands(first: $i) { totalCount } }', variables: { i: secret } },
      {
        query: 'mutation ($i: UpdateUserCardInput!) { updateUserCard(input: $i) { userErrors { code } } }',
        variables: { i: { phoneNumber: secret } },
      },
      {
        query: 'mutation ($i: UpdateUserCardInput!) { updateUserCard(input: $i) { userErrors { code } } }',
        variables: { i: { [`a${secret}`]: secret, brandId: { secret } } },
      },
      { query: `{ brands(first: "${secret}") { totalCount } }` },
      {
        query: 'query ($s: CardState) { brand(brandId: "1004") { cardTemplates(state: $s) { totalCount } } }',
        variables: { s: secret },
      },
      { query: `{ brand(brandId: "1004") { cardTemplates(state: "${secret}") { totalCount } } }` },
      {
        query: `{ userCard(by: { key: { brandId: "1004", cardId: "${secret} x", openid: "o", userCardCode: "c" } }) { level } }`,
      },
      { query: `{ brands(first: 1 "${secret}" }` },
    ];
    for (const body of bodies) {
      const response = await post(JSON.stringify(body));
      const text = await response.text();
      expect(text).toMatch(/"errors"/);
      expect([body, text.includes(`"${secret}`) || text.includes(`: ${secret}`)]).toEqual([body, false]);
      expect(response.status).toBeLessThan(500);
    }
  });

  it.each<[string, () => Promise<Response>]>([
    ['a body that is no operation', () => post('{"query":5}')],
    ['a batch', () => post('[]')],
    ['a token that is not ours', () => post('{"query":"{ __typename }"}', { 'consistency-token': 'x' })],
    [
      'a request that another site could send',
      () => fetch(`${app.url}?query={__typename}`, { headers: { origin: 'https://evil.example.com' } }),
    ],
    ['a document that is none', () => post('{"query":"{"}')],
  ])('shows no stack trace outside development: %s', async (_, send) => {
    const text = await (await send()).text();
    expect(text).toMatch(/"errors":\[\{"message"/);
    expect(text).not.toMatch(/stacktrace|node_modules|\bat .*:\d+:\d+/);
  });

  it('suggests no names outside development', async () => {
    const suggestion = await (await post(JSON.stringify({ query: '{ brandz { totalCount } }' }))).text();
    expect(suggestion).not.toMatch(/Did you mean/);
  });

  it('returns 404 with a hint for paths other than GraphQL', async () => {
    for (const path of ['/', '/explorer/index.html', '/graphql/x', '/x?next=/graphql']) {
      const response = await fetch(new URL(path, app.url));
      expect([path, response.status]).toEqual([path, 404]);
    }
  });

  it('sets security headers on every response', async () => {
    const { headers } = await post('{"query":"{ __typename }"}');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('survives a client that disconnects in the middle of a request', async () => {
    const { port } = new URL(app.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(
          'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"query"',
        );
        socket.destroy();
        resolve();
      });
    });
    expect((await post('{"query":"{ __typename }"}')).status).toBe(200);
    expect(app.reports).toEqual([]);
  });
});

describe('an upstream that fails', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await testApp({
      change: (config) => ({ ...config, server: { ...config.server, queryDeadlineMs: 1_500 } }),
    });
  });
  afterEach(() => app.close());
  const card = (code: string): string =>
    `{ userCard(by: { key: { brandId: "1004", cardId: "c", openid: "o", userCardCode: "${code}" } }) { level } }`;

  it.each([
    ['badSignature', 'UPSTREAM_SIGNATURE_INVALID'],
    ['noSignature', 'UPSTREAM_SIGNATURE_INVALID'],
    ['probeSignature', 'UPSTREAM_SIGNATURE_INVALID'],
    ['unknownSerial', 'UPSTREAM_SIGNATURE_INVALID'],
    ['expiredCertificate', 'UPSTREAM_SIGNATURE_INVALID'],
    ['staleTimestamp', 'UPSTREAM_SIGNATURE_INVALID'],
    ['systemError', 'UPSTREAM_UNAVAILABLE'],
    ['badGateway', 'UPSTREAM_UNAVAILABLE'],
    ['reset', 'UPSTREAM_UNAVAILABLE'],
  ] as const)('%s is an error with the code %s and never data', async (kind, code) => {
    app.sandbox.faults.set([{ kind }]);
    const { data, errors, extensions, text } = await app.ask(
      `{ brand(brandId: "1004") { cardTemplate(cardId: "pbLatjvWOibDc5-TBnbUk1pD12o0") { cardTitle } } }`,
    );
    expect(data).toEqual({ brand: { cardTemplate: null } });
    expect(errors.map((error) => error.extensions.code)).toEqual([code]);
    expect(extensions.throttle).toHaveLength(1);
    expect(text).not.toMatch(/127\.0\.0\.1|card-member|signature=|ECONN/);
  });

  it('is called again after one failure', async () => {
    app.sandbox.faults.set([{ kind: 'systemError', times: 1 }]);
    const { errors } = await app.ask(card('x'));
    expect(errors).toEqual([]);
    expect(app.arrived()).toBe(2);
  });

  it('refuses calls beyond the limit, with Retry-After and, if the client accepts it, 429', async () => {
    const strict = { accept: 'application/graphql-response+json' };
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => app.ask(card(`n${index}`), {}, index % 2 === 0 ? strict : {})),
    );
    // On a busy machine some get a slot and no answer in what is left of their time.
    const decided = answers.filter(({ errors }) => errors[0]?.extensions.code !== 'UPSTREAM_UNAVAILABLE');
    const refused = decided.filter(({ errors }) => errors.length > 0);
    expect(refused.length).toBeGreaterThan(0);
    for (const { errors, headers, extensions } of refused) {
      expect(errors).toMatchObject([{ path: ['userCard'], extensions: { code: 'UPSTREAM_RATE_LIMITED' } }]);
      expect(Number(errors[0]?.extensions.retryAfterMs)).toBeGreaterThan(0);
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(Number(extensions.throttle[0]?.retryAfterMs)).toBeGreaterThan(0);
    }
    expect(
      new Set(
        decided.map((answer) => [answer.errors.length, answers.indexOf(answer) % 2, answer.status].join()),
      ),
    ).toEqual(new Set(['0,0,200', '0,1,200', '1,0,429', '1,1,200']));
    expect(app.sandbox.ledger.entries().filter((entry) => entry.status === 429)).toEqual([]);
  });
});
