import { parse, validate } from 'graphql';
import type { Config } from '../../src/config/config';
import { servedSchema } from '../../src/graphql/schema/schema';
import { interfaceNames } from '../../src/wechatpay/api/interfaces';
import { createRandom, seedFromEnvironment } from '../support/random';
import { randomRequest } from '../support/random-documents';
import { seedValues } from '../support/seed-values';
import { testApp, type TestApp } from '../support/test-app';

const fast = { brand: 10_000, partner: 10_000 };
/** Removes everything that could hide a call: limits, waiting and caching. */
const unbounded = (config: Config): Config => ({
  ...config,
  server: { ...config.server, queryDeadlineMs: 20_000, mutationDeadlineMs: 20_000 },
  wechatPay: {
    ...config.wechatPay,
    limits: Object.fromEntries(interfaceNames.map((name) => [name, fast])),
  },
  queryLimits: { ...config.queryLimits, upstreamCalls: 10_000, rootFields: 100, aliases: 1_000 },
  cache: { maxBytes: 1 },
});

const create =
  'mutation ($input: CreateCardTemplateInput!) { createCardTemplate(input: $input) { userErrors { code } } }';
const template = {
  brandId: '1002',
  appid: 'wx3b8d70e5a1c94f62',
  cardType: 'NORMAL',
  cardTitle: '测试卡',
  cardColor: '#FFFF00',
  cardPictureUrl: 'https://wxpaylogo.qpic.cn/wxpaylogo/xxxxx/0',
  codeMode: 'SYSTEM_ALLOCATE',
  codeType: 'BAR_CODE',
  benefits: '会员折扣、专属价',
  notifyUrl: 'https://www.weixin.qq.com/wxpay/notify.php',
  validDateInformation: { permanent: 'PERMANENT' },
  memberInformation: { jumpAppid: 'wxea9c30a90fs8d3fe', jumpPath: '/pages/points/points' },
};

describe('the planned calls of an operation', () => {
  const seed = seedFromEnvironment();
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({ change: unbounded });
    await fetch(`${app.sandbox.url}/sandbox/limits`, {
      method: 'PUT',
      body: JSON.stringify({ limits: Object.fromEntries(interfaceNames.map((name) => [name, 10_000])) }),
    });
    // More than one upstream page of templates.
    for (let index = 0; index < 25; index += 1) {
      const { data } = await app.ask(create, { input: { ...template, outRequestNo: `n${index}` } });
      expect(data).toEqual({ createCardTemplate: { userErrors: [] } });
    }
  });
  afterAll(() => app.close());

  /** Attempts that repeat a call: retries have a budget of their own and are not planned. */
  const repeatsSince = (from: number, name: string): number =>
    app.exchanges.slice(from).filter((one) => one.interface === name && one.attempt > 1).length;

  it('do not count the repetition of an attempt that failed', async () => {
    await fetch(`${app.sandbox.url}/sandbox/faults`, {
      method: 'PUT',
      body: JSON.stringify([{ interface: 'LIST_CARD_TEMPLATES', kind: 'systemError', times: 1 }]),
    });
    app.sandbox.ledger.clear();
    const from = app.exchanges.length;
    const { data, extensions } = await app.ask(
      '{ brand(brandId: "1002") { cardTemplates(first: 5) { totalCount } } }',
    );
    expect(data).toMatchObject({ brand: { cardTemplates: { totalCount: expect.any(Number) as number } } });
    expect(extensions.throttle).toMatchObject([{ interface: 'LIST_CARD_TEMPLATES', plannedCalls: 1 }]);
    expect([app.arrived('LIST_CARD_TEMPLATES'), repeatsSince(from, 'LIST_CARD_TEMPLATES')]).toEqual([2, 1]);
  });

  it(`are never fewer than the calls that arrive upstream (SEED=${seed})`, async () => {
    const schema = servedSchema();
    const random = createRandom(seed);
    const values = await seedValues(app.ask);
    const seen = { operations: 0, calls: 0, exact: 0 };
    while (seen.operations < 200 || (seen.operations < 2_000 && (seen.calls <= 100 || seen.exact <= 30))) {
      const request = randomRequest({ schema, random, values });
      // Some combinations have conflicting keys; a refused document plans nothing.
      if (validate(schema, parse(request.query)).length > 0) continue;
      app.sandbox.ledger.clear();
      const from = app.exchanges.length;
      const { extensions, errors } = await app.ask(request.query, request.variables);
      const arrived = app.sandbox.ledger.entries();
      for (const name of interfaceNames) {
        const planned = extensions.throttle
          .filter((entry) => entry.interface === name)
          .reduce((sum, { plannedCalls }) => sum + Number(plannedCalls), 0);
        // On a busy machine an attempt may be given up and repeated; both arrive.
        const repeats = repeatsSince(from, name);
        const made = arrived.filter((entry) => entry.interface === name).length - repeats;
        // One that was given up may arrive after the response.
        if (repeats > 0) await new Promise((resolve) => setTimeout(resolve, 200));
        if (made > planned)
          throw new Error(`planned ${planned} calls of ${name}, made ${made}: ${JSON.stringify(request)}`);
        if (made > 0 && made === planned) seen.exact += 1;
        seen.calls += made;
      }
      expect(errors.map(({ extensions: { code } }) => code)).not.toContain('QUERY_TOO_EXPENSIVE');
      seen.operations += 1;
    }
    // Otherwise the property would hold because there are no calls.
    expect(seen.calls).toBeGreaterThan(100);
    expect(seen.exact).toBeGreaterThan(30);
  }, 120_000);
});
