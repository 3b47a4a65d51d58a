import { firstExample } from '../../src/sandbox/seed';
import { doors } from '../support/doors';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { startFaultyUpstream, type FaultyUpstream } from '../support/faulty-upstream';
import { testApp, type TestApp } from '../support/test-app';
import { inputOf } from '../support/by-key';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A quarter is left for the look-up, and for whatever else this machine does. */
const deadlineMs = 4_000;
const update = `mutation ($input: UpdateUserCardInput!) { updateUserCard(input: $input) {
  userCard { level } userErrors { code } } }`;
const importByPhone = `mutation ($input: ImportUserCardByPhoneInput!) { importUserCardByPhone(input: $input) {
  userCard { openid } userErrors { code } } }`;
const { brandId, cardId } = firstExample;
const member = { brandId, cardId, phoneNumber: '13912345678', userCardCode: '478515832999' };

describe('a write without a response', () => {
  let sandbox: Sandbox;
  let upstream: FaultyUpstream;
  let app: TestApp;
  beforeEach(async () => {
    sandbox = await startSandbox({ membersPerBrand: 5 });
    upstream = await startFaultyUpstream(sandbox);
    app = await testApp({
      upstream: sandbox,
      change(config) {
        const changed = upstream.configure(config);
        return { ...changed, server: { ...changed.server, mutationDeadlineMs: deadlineMs } };
      },
    });
  });
  afterEach(async () => {
    await upstream.close();
    await app.close();
    await sandbox.close();
  });

  /** The client's result, and after how many ms. */
  const timed = async (mutation: string, input: object) => {
    const began = performance.now();
    const { data, errors } = await app.ask(mutation, { input: inputOf(mutation, input) });
    return { data, code: errors[0]?.extensions.code, tookMs: performance.now() - began };
  };

  it.each([
    ['that can be looked up', update, { ...firstExample, level: '钻石会员' }],
    ['that cannot', importByPhone, member],
  ])('%s is reported as unknown by its deadline', async (_, mutation, input) => {
    upstream.spoil(() => 'silence');
    const { code, tookMs } = await timed(mutation, input);
    expect(code).toBe('OUTCOME_UNKNOWN');
    // The least time for a look-up's response, and for the request's way to here; it was 3 s once.
    expect(tookMs).toBeLessThan(deadlineMs + 1_500);
  });

  it('is looked up before its deadline', async () => {
    upstream.spoil(({ method }) => (method === 'GET' ? 'none' : 'silence'));
    const { data, tookMs } = await timed(update, { ...firstExample, level: '钻石会员' });
    expect(data).toEqual({ updateUserCard: { userCard: { level: '钻石会员' }, userErrors: [] } });
    expect(tookMs).toBeLessThan(deadlineMs);
    expect(app.arrived('UPDATE_USER_CARD')).toBe(1);
  });
});

describe('a brand whose calls are not answered', () => {
  const other = `{ userCards(by: [{ key: { brandId: "1002", cardId: "c", openid: "o", userCardCode: "u" } }]) { level } }`;
  let sandbox: Sandbox;
  let upstream: FaultyUpstream;
  let app: TestApp;
  beforeAll(async () => {
    sandbox = await startSandbox({ membersPerBrand: 5 });
    upstream = await startFaultyUpstream(sandbox);
    app = await testApp({
      upstream: sandbox,
      change(config) {
        const { wechatPay, ...others } = upstream.configure(config);
        return {
          ...others,
          wechatPay: {
            ...wechatPay,
            connections: { max: 12, maxPerBrand: 2 },
            limits: { UPDATE_USER_CARD: { brand: 100, partner: 100 } },
          },
        };
      },
    });
  });
  afterAll(async () => {
    await upstream.close();
    await app.close();
    await sandbox.close();
  });

  /** What readers of the brand are told within a second: the code by every door, and by HTTP status, Retry-After and sentence. */
  const busyRefusals = async (): Promise<readonly unknown[]> => {
    let readers = 0;
    const query = (): string =>
      `{ userCard(by: { key: { brandId: "${brandId}", cardId: "c", openid: "oBusy-${(readers += 1)}", userCardCode: "u" } }) { level } }`;
    const prefer = { prefer: 'wait=1', 'apollo-require-preflight': '1' };
    const byDoors = doors
      .filter(({ takes }) => takes === 'query')
      .map(async ({ name, send }) => [
        name,
        await send(new URL(app.url).origin, {
          request: { query: { query: query() }, subscription: {} },
          headers: prefer,
        }),
      ]);
    const strict = 'application/graphql-response+json';
    const byHttp = [
      { accept: strict, 'accept-language': 'en' },
      { accept: strict, 'accept-language': 'zh' },
      { accept: 'application/json', 'accept-language': 'en' },
    ].map(async (headers) => {
      const { status, headers: given, errors } = await app.ask(query(), {}, { ...prefer, ...headers });
      return [status, given.get('retry-after'), errors[0]?.extensions.code, errors[0]?.message];
    });
    return Promise.all<unknown>([...byDoors, ...byHttp]);
  };

  it('leaves connections to the others, and is told that it is busy', async () => {
    upstream.spoil(({ method }) => (method === 'GET' ? 'none' : 'silence'));
    const written = Array.from({ length: 24 }, (_, index) =>
      app.ask(update, { input: inputOf(update, { ...firstExample, level: `L${index}` }) }),
    );
    let answered = 0;
    for (const one of written) void one.then(() => (answered += 1));
    const waiting = (): number => upstream.requests().filter((request) => !request.startsWith('GET')).length;
    // Until the brand has all the connections that it gets.
    for (let before = -1; waiting() === 0 || waiting() > before; await pause(300)) before = waiting();
    const { errors } = await app.ask(other);
    const answeredBefore = answered;
    const refusals = await busyRefusals();
    const codes = (await Promise.all(written)).map(({ errors: [error] }) => error?.extensions.code);
    // While the writes waited for their responses, the read had its own.
    expect({ answeredBefore, errors }).toEqual({ answeredBefore: 0, errors: [] });
    expect(refusals).toEqual([
      ...doors.flatMap(({ takes, name }) => (takes === 'query' ? [[name, 'UPSTREAM_BUSY']] : [])),
      [
        503,
        '1',
        'UPSTREAM_BUSY',
        expect.stringMatching(/^Too many calls of the brand to WeChat Pay are under way/),
      ],
      [503, '1', 'UPSTREAM_BUSY', expect.stringMatching(/^该品牌正在进行的微信支付调用过多/)],
      [200, '1', 'UPSTREAM_BUSY', expect.stringMatching(/^Too many calls/)],
    ]);
    expect(codes).toContain('OUTCOME_UNKNOWN');
    expect(codes).toContain('UPSTREAM_BUSY');
    expect(codes).not.toContain('UPSTREAM_RATE_LIMITED');
  });
});
