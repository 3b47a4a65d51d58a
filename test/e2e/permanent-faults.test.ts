import { firstExample } from '../../src/sandbox/seed';
import type { Config } from '../../src/config/config';
import { startFaultyUpstream, type Fault, type FaultyUpstream } from '../support/faulty-upstream';
import { newPair } from '../support/key-pairs';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { testApp, type TestApp } from '../support/test-app';
import { ofUserCard } from '../support/by-key';

const page = '<html><body>Sign in to the network</body></html>';
/** Failures that a retry cannot change, and the calls that one read may make at the main and the backup host. */
const permanent: readonly (readonly [string, Fault, readonly [number, number]])[] = [
  [
    'a signature by an unknown key',
    { body: '{}', headers: { 'Wechatpay-Serial': 'PUB_KEY_ID_OTHER' } },
    [1, 1],
  ],
  ['a signature that does not match', { body: '{}', headers: { 'Wechatpay-Nonce': 'other' } }, [1, 1]],
  ['HTML with 200', { body: page, signed: false }, [1, 1]],
  ['JSON without a signature', { body: '{"level":"金卡"}', signed: false }, [1, 1]],
  ['a signed page', { body: page }, [1, 1]],
  ['more than 1 MiB', { body: `"${'x'.repeat(1_100_000)}"` }, [1, 1]],
  ['HTML with 400', { status: 400, body: page, signed: false }, [1, 1]],
  ['HTML with 401', { status: 401, body: page, signed: false }, [1, 1]],
  ['HTML with 403', { status: 403, body: page, signed: false }, [1, 1]],
  ['HTML with 404', { status: 404, body: page, signed: false }, [1, 1]],
  ['a redirect', { status: 302, body: '', signed: false, headers: { location: '/elsewhere' } }, [1, 0]],
  [
    'a permanent redirect',
    { status: 308, body: '', signed: false, headers: { location: '/elsewhere' } },
    [1, 0],
  ],
  ['a signed redirect', { status: 302, body: '{}', headers: { location: '/elsewhere' } }, [1, 0]],
  ['a refusal', { status: 400, body: '{"code":"PARAM_ERROR","message":"参数错误"}' }, [1, 0]],
  [
    'a refused credential',
    { status: 401, body: '{"code":"SIGN_ERROR","message":"x"}', signed: false },
    [1, 0],
  ],
];
const transient: readonly (readonly [string, Fault])[] = [
  ['a reset', 'reset'],
  ['500', { status: 500, body: '{"code":"SYSTEM_ERROR","message":"系统异常"}' }],
  ['a page with 502', { status: 502, body: page, signed: false }],
  ['a page with 408', { status: 408, body: page, signed: false }],
];

describe('the attempts of one call', () => {
  let sandbox: Sandbox;
  let main: FaultyUpstream;
  let backup: FaultyUpstream;
  let app: TestApp;
  let asked: { readonly host: 'main' | 'backup'; readonly method: string; readonly target: string }[];
  const { cardId, openid, userCardCode } = firstExample;
  const key = { brandId: '1004', cardId, openid, userCardCode };

  const configure = (config: Config): Config => {
    const configured = main.configure(config);
    const { wechatPay } = configured;
    return {
      ...configured,
      wechatPay: {
        ...wechatPay,
        hosts: { main: main.url, backup: backup.url },
        brands: wechatPay.brands.map((brand) => ({ ...brand, route: 'brand' as const })),
      },
    };
  };

  beforeEach(async () => {
    sandbox = await startSandbox({ membersPerBrand: 1 });
    const keys = newPair();
    main = await startFaultyUpstream(sandbox, keys);
    backup = await startFaultyUpstream(sandbox, keys);
    asked = [];
    app = await testApp({ upstream: sandbox, change: configure });
  });
  afterEach(async () => {
    await app.close();
    await main.close();
    await backup.close();
    await sandbox.close();
  });

  const spoil = (fault: Fault): void => {
    for (const [host, upstream] of [
      ['main', main],
      ['backup', backup],
    ] as const)
      upstream.spoil(({ method, target }) => {
        asked.push({ host, method, target });
        return fault;
      });
  };
  const counts = (isCounted = (_: (typeof asked)[number]): boolean => true): readonly number[] =>
    (['main', 'backup'] as const).map(
      (host) => asked.filter((one) => one.host === host && isCounted(one)).length,
    );

  const read = () =>
    app.ask(
      'query ($brandId: ID!, $cardId: ID!, $openid: ID!, $userCardCode: ID!) { userCard(by: { key: { brandId: $brandId, cardId: $cardId, openid: $openid, userCardCode: $userCardCode } }) { level } }',
      key,
    );
  const update = () =>
    app.ask(
      'mutation ($input: UpdateUserCardInput!) { updateUserCard(input: $input) { userCard { level } userErrors { code } } }',
      { input: ofUserCard({ ...key, level: '钻石会员' }) },
    );

  it.each(permanent)('a read that gets %s', async (_, fault, expected) => {
    spoil(fault);
    const { errors } = await read();
    expect(errors).toHaveLength(1);
    expect(counts()).toEqual(expected);
  });

  it.each(transient)('a read that gets %s is repeated within its deadline', async (_, fault) => {
    spoil(fault);
    await read();
    expect(asked.length).toBeGreaterThan(2);
  });

  it.each(permanent.filter(([, , [, other]]) => other === 1))(
    'a write that gets %s is sent once to each host and then looked up',
    async (name, fault) => {
      spoil(fault);
      const { errors } = await update();
      expect(counts(({ method }) => method === 'PATCH').every((count) => count <= 1)).toBe(true);
      // It has taken effect, so a look-up that can be read would show it.
      expect(asked.some(({ method }) => method === 'GET')).toBe(true);
      // WeChat Pay's signature proves that the write was done, even if the rest cannot be read.
      const code = name === 'a signed page' ? 'DONE_UNREADABLE' : 'OUTCOME_UNKNOWN';
      expect(errors.map(({ extensions }) => extensions.code)).toEqual([code]);
    },
  );

  it('a write that was done although a page came back is found', async () => {
    spoil({ body: page, signed: false });
    const spoilWrites = ({ method }: { readonly method: string }): Fault =>
      method === 'PATCH' ? { body: page, signed: false } : 'none';
    main.spoil(spoilWrites);
    backup.spoil(spoilWrites);
    const { data, errors } = await update();
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ updateUserCard: { userCard: { level: '钻石会员' }, userErrors: [] } });
  });

  it('a page at the main host only is no failure of the call', async () => {
    main.spoil(() => ({ body: page, signed: false }));
    const { data, errors } = await read();
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ userCard: { level: expect.any(String) as string } });
  });
});
