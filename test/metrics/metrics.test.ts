import { defined } from '../../src/shared/defined';
import { testApp, type TestApp } from '../support/test-app';

/** The samples of an exposition, `name{labels}` → value. */
const samplesOf = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );

describe('the metrics', () => {
  let app: TestApp;
  const start = (queryDeadlineMs?: number): Promise<TestApp> =>
    testApp({
      change: (config) => ({
        ...config,
        server: { ...config.server, ...defined({ queryDeadlineMs }) },
        metrics: { host: '127.0.0.1', port: 0 },
      }),
    });
  beforeEach(async () => {
    app = await start();
  });
  afterEach(() => app.close());

  const scrape = async () => {
    const response = await fetch(`${app.operatorsUrl}/metrics`);
    expect(response.status).toBe(200);
    const text = await response.text();
    return { text, samples: samplesOf(text), type: response.headers.get('content-type') };
  };
  const card = (code: string, members = 'level', maxAge = ''): string =>
    `{ userCard(by: { key: { brandId: "1004", cardId: "${app.sandbox.example.cardId}", openid: "${app.sandbox.example.openid}", userCardCode: "${code}" } }${maxAge}) { ${members} } }`;

  it('count calls, cache hits and operations', async () => {
    const { userCardCode } = app.sandbox.example;
    await app.ask(card(userCardCode));
    await app.ask(card(userCardCode));
    const { samples, type } = await scrape();
    expect(type).toMatch(/^text\/plain; version=0\.0\.4/);
    const of = (name: string) => samples.get(`membercard_${name}`);
    expect({
      exchanges: of(
        'upstream_exchanges_total{interface="GET_USER_CARD",route="partner",host="main",outcome="ok"}',
      ),
      timed: of('upstream_exchange_duration_seconds_count{interface="GET_USER_CARD",route="partner"}'),
      waits: of('limiter_wait_seconds_count{interface="GET_USER_CARD",lane="interactive"}'),
      waiting: of('limiter_queue_depth{interface="GET_USER_CARD",lane="interactive"}'),
      misses: of('cache_lookups_total{kind="userCard",result="miss"}'),
      hits: of('cache_lookups_total{kind="userCard",result="hit"}'),
      operations: of('operations_total{type="query",outcome="ok"}'),
    }).toEqual({ exchanges: 1, timed: 1, waits: 1, waiting: 0, misses: 1, hits: 1, operations: 2 });
  });

  it('count notifications by outcome, and the streams that are open', async () => {
    const { cardId } = app.sandbox.example;
    const streams = async (): Promise<number | undefined> =>
      (await scrape()).samples.get('membercard_streams_open');
    expect(await streams()).toBe(0);
    const leave = new AbortController();
    const stream = await fetch(app.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: 'subscription { userCardEvents(brandId: "1004") { eventType } }' }),
      signal: leave.signal,
    });
    expect(stream.status).toBe(200);
    expect(await streams()).toBe(1);
    leave.abort();
    while ((await streams()) !== 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await app.sandbox.users.open({ brandId: '1004', cardId, route: 'partner', openid: 'oCounted-1' })
      .delivered;
    expect((await fetch(app.notifyUrl, { method: 'POST', body: '{}' })).status).toBe(401);
    const { samples } = await scrape();
    expect(samples.get('membercard_notifications_total{outcome="new"}')).toBe(1);
  });

  it('show at 0 what an alert compares with its former value', async () => {
    const { samples } = await scrape();
    const of = (name: string) => samples.get(`membercard_${name}`);
    expect([
      of('operation_errors_total{code="OUTCOME_UNKNOWN"}'),
      of('operation_errors_total{code="MISCONFIGURED"}'),
      of('reloads_total{outcome="refused"}'),
      of('notifications_total{outcome="refused"}'),
      of('audit_failures_total'),
    ]).toEqual([0, 0, 0, 0, 0]);
  });

  it('count rate-limit refusals and retries', async () => {
    app.sandbox.faults.set([{ kind: 'rateLimited', times: 1 }]);
    const { errors } = await app.ask(card(app.sandbox.example.userCardCode));
    const { samples } = await scrape();
    const labels = '{interface="GET_USER_CARD",route="partner"}';
    expect(errors).toEqual([]);
    expect(samples.get(`membercard_upstream_rate_refusals_total${labels}`)).toBe(1);
    expect(samples.get(`membercard_upstream_retries_total${labels}`)).toBe(1);
  });

  it('count retries by the attempts that were made', async () => {
    app.sandbox.faults.set([{ kind: 'systemError', times: 1 }]);
    expect((await app.ask(card(app.sandbox.example.userCardCode))).errors).toEqual([]);
    const { samples } = await scrape();
    expect(samples.get('membercard_upstream_retries_total{interface="GET_USER_CARD",route="partner"}')).toBe(
      1,
    );
    expect(app.exchanges.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
      [1, 'UPSTREAM_UNAVAILABLE'],
      [2, 'ok'],
    ]);
  });

  it('count refusals of the limiter, and show no waiting calls afterwards', async () => {
    await app.close();
    app = await start(1_500);
    const answers = await Promise.all(Array.from({ length: 60 }, (_, index) => app.ask(card(`n${index}`))));
    const errors = answers.flatMap((answer) => answer.errors);
    const { samples } = await scrape();
    const labels = '{interface="GET_USER_CARD",lane="interactive"}';
    // On a busy machine some get a slot and no answer in what is left of their time.
    const refused = errors.filter(({ extensions }) => extensions.code === 'UPSTREAM_RATE_LIMITED').length;
    const refusals = samples.get(`membercard_limiter_refusals_total${labels}`) ?? 0;
    expect(refused).toBeGreaterThan(0);
    expect(refusals).toBeGreaterThanOrEqual(refused);
    expect(refusals).toBeLessThanOrEqual(errors.length);
    expect(samples.get(`membercard_limiter_queue_depth${labels}`)).toBe(0);
    expect(samples.get('membercard_operation_errors_total{code="UPSTREAM_RATE_LIMITED"}')).toBe(refused);
  });

  it('count decryptions of fields that were decrypted only', async () => {
    const { userCardCode } = app.sandbox.example;
    await app.ask(card(userCardCode, 'level'));
    expect((await scrape()).samples.get('membercard_decryptions_total')).toBe(0);
    await app.ask(card(userCardCode, 'phoneNumber'));
    expect((await scrape()).samples.get('membercard_decryptions_total')).toBe(1);
  });

  it('show the delay of the event loop', async () => {
    expect((await scrape()).samples.get('nodejs_eventloop_lag_p99_seconds')).toEqual(expect.any(Number));
  });

  it('have labels from closed lists only, whatever clients send', async () => {
    const secrets = ['13812345678', 'obLatjSECRETSECRETSECRETSEC1', 'CANARYNAME', '478515839999', '1004'];
    const [phone = '', openid = '', name = '', code = ''] = secrets;
    await app.ask(
      `query ${name} { userCard(by: { key: { brandId: "1004", cardId: "${phone}", openid: "${openid}", userCardCode: "${code}" } }) { level phoneNumber } }`,
      {},
      { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` },
    );
    await app.ask(`query ${name} { nothing${name} }`);
    await app.ask(`{ brand(brandId: "${name}") { name } }`);
    const { text, samples } = await scrape();
    const shown = [...samples.keys()].filter((sample) => sample.startsWith('membercard_'));
    for (const secret of [...secrets, 'a'.repeat(32)])
      expect([secret, shown.filter((sample) => sample.includes(`"${secret}`))]).toEqual([secret, []]);
    expect(text).not.toContain(name);
    for (let index = 0; index < 20; index += 1)
      await app.ask(`query Q${index} { brand(brandId: "b${index}") { name } }`);
    const after = [...(await scrape()).samples.keys()].filter((sample) => sample.startsWith('membercard_'));
    // A sample of another kind may appear meanwhile; a label that clients choose would add one for each request.
    expect(after.filter((sample) => !shown.includes(sample)).length).toBeLessThan(5);
  });

  it('are not on the public port', async () => {
    expect((await fetch(new URL('/metrics', app.url))).status).toBe(404);
  });
});

describe('an unreachable host', () => {
  it('counts as one failover, with its calls by host', async () => {
    const app = await testApp({
      change: (config) => ({
        ...config,
        metrics: { host: '127.0.0.1', port: 0 },
        wechatPay: { ...config.wechatPay, hosts: { ...config.wechatPay.hosts, main: 'http://127.0.0.1:1' } },
      }),
    });
    const { cardId } = app.sandbox.example;
    const { errors } = await app.ask(
      `{ brand(brandId: "1004") { cardTemplate(cardId: "${cardId}") { cardTitle } } }`,
    );
    const samples = samplesOf(await (await fetch(`${app.operatorsUrl}/metrics`)).text());
    await app.close();
    expect(errors).toEqual([]);
    const exchanges = (host: string, outcome: string) =>
      samples.get(
        `membercard_upstream_exchanges_total{interface="GET_CARD_TEMPLATE",route="partner",host="${host}",outcome="${outcome}"}`,
      );
    expect([exchanges('main', 'UPSTREAM_UNAVAILABLE'), exchanges('backup', 'ok')]).toEqual([1, 1]);
    expect(samples.get('membercard_upstream_failovers_total{to="backup"}')).toBe(1);
  });
});
