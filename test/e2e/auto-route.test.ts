import { firstExample } from '../../src/sandbox/seed';
import type { Config } from '../../src/config/config';
import { testApp, type TestApp } from '../support/test-app';
import { ofUserCard } from '../support/by-key';

const { brandId, cardId, openid, userCardCode } = firstExample;
const read = `query ($maxAgeSeconds: Int) { userCard(by: { key: { brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "${userCardCode}" } }, maxAgeSeconds: $maxAgeSeconds) {
  level phoneNumberMasked } }`;
const update = `mutation ($input: UpdateUserCardInput!) { updateUserCard(input: $input) { userCard { level } userErrors { code } } }`;

type WechatPay = Config['wechatPay'];

describe('a brand on auto', () => {
  let app: TestApp | undefined;
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });
  const start = async (change: (wechatPay: WechatPay) => WechatPay): Promise<TestApp> => {
    app = await testApp({
      change: ({ wechatPay, ...config }) => ({
        ...config,
        wechatPay: change({
          ...wechatPay,
          brands: wechatPay.brands.map((brand) => ({ ...brand, route: 'auto' as const })),
        }),
      }),
    });
    return app;
  };
  const went = (): readonly string[] =>
    app?.sandbox.ledger.entries().map((entry) => `${entry.route} ${entry.interface} ${entry.status}`) ?? [];
  /** A serial that WeChat Pay does not know, so it returns 401. */
  const withWrongSerial = ({ brandCredentials, ...rest }: WechatPay): WechatPay => ({
    ...rest,
    brandCredentials: brandCredentials.map((one) => ({ ...one, serial: 'DEADBEEF' })),
  });

  it("uses the brand's own credential, and the partner's for interfaces that exist only there", async () => {
    const { ask, calls } = await start((wechatPay) => wechatPay);
    expect((await ask(read)).errors).toEqual([]);
    expect(
      (
        await ask(
          `{ membershipActivity(by: { key: { brandId: "${brandId}", activityId: "10001" } }) { title } }`,
        )
      ).errors,
    ).toEqual([]);
    expect(went()).toEqual(['brand GET_USER_CARD 200', 'partner GET_MEMBERSHIP_ACTIVITY 200']);
    expect(calls.map((event) => `${event.interface} ${event.route}`)).toEqual([
      'GET_USER_CARD brand',
      'GET_MEMBERSHIP_ACTIVITY partner',
    ]);
  });

  it("reads and writes by the partner route if the brand's own credential is refused, as the call log shows", async () => {
    const { ask, calls } = await start(withWrongSerial);
    const { data, errors } = await ask(read);
    expect(errors).toEqual([]);
    // The card is encrypted for the partner's certificate and can still be decrypted.
    expect(data).toMatchObject({ userCard: { phoneNumberMasked: expect.stringMatching(/\*{4}/) as string } });
    expect((await ask(update, { input: ofUserCard({ ...firstExample, level: '黄金会员' }) })).data).toEqual({
      updateUserCard: { userCard: { level: '黄金会员' }, userErrors: [] },
    });
    expect((await ask(read, { maxAgeSeconds: 0 })).data).toMatchObject({ userCard: { level: '黄金会员' } });
    expect(went()).toEqual([
      'brand GET_USER_CARD 401',
      'partner GET_USER_CARD 200',
      'partner UPDATE_USER_CARD 200',
      'partner GET_USER_CARD 200',
    ]);
    expect(calls.map((event) => `${event.interface} ${event.route} ${event.outcome}`)).toEqual([
      'GET_USER_CARD brand MISCONFIGURED',
      'GET_USER_CARD partner ok',
      'UPDATE_USER_CARD partner ok',
      'GET_USER_CARD partner ok',
    ]);
  });

  it('sends a write again, once, by the other route if the credential was refused', async () => {
    const { ask } = await start(withWrongSerial);
    await ask(update, { input: ofUserCard({ ...firstExample, level: '黄金会员' }) });
    expect(went()).toEqual(['brand UPDATE_USER_CARD 401', 'partner UPDATE_USER_CARD 200']);
  });

  it('a write whose response is not genuine is not sent by the other', async () => {
    const { ask, sandbox } = await start((wechatPay) => wechatPay);
    sandbox.faults.set([{ kind: 'badSignature', interface: 'UPDATE_USER_CARD' }]);
    const { errors } = await ask(update, { input: ofUserCard({ ...firstExample, level: '黄金会员' }) });
    expect(errors).toEqual([]);
    // Only the look-up uses the other route.
    expect(new Set(went().map((line) => line.split(' ').slice(0, 2).join(' ')))).toEqual(
      new Set(['brand UPDATE_USER_CARD', 'partner GET_USER_CARD']),
    );
  });

  it('without a second credential returns the failure', async () => {
    const { ask } = await start(({ partner: _, ...wechatPay }) => withWrongSerial(wechatPay));
    expect((await ask(read)).errors[0]?.extensions.code).toBe('MISCONFIGURED');
    expect(went()).toEqual(['brand GET_USER_CARD 401']);
  });
});
