import { firstExample } from '../../src/sandbox/seed';
import { interfaceNames } from '../../src/wechatpay/api/interfaces';
import { startFaultyUpstream, type FaultyUpstream } from '../support/faulty-upstream';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { testApp, type TestApp } from '../support/test-app';
import { inputOf } from '../support/by-key';

const { brandId, cardId } = firstExample;

interface Payload {
  readonly userCard: { readonly openid: string; readonly userCardCode: string } | null;
  readonly openid: string | null;
  readonly outcome: string | null;
  readonly userErrors: readonly { readonly code: string; readonly message: string }[];
}

/** Only the response to an import by phone has the openid. */
describe('an import by phone whose response is lost', () => {
  let sandbox: Sandbox;
  let upstream: FaultyUpstream;
  let app: TestApp;
  let lost = 0;
  let made = 0;
  beforeAll(async () => {
    sandbox = await startSandbox({ membersPerBrand: 5 });
    upstream = await startFaultyUpstream(sandbox);
    const fast = { brand: 1_000, partner: 1_000 };
    app = await testApp({
      upstream: sandbox,
      change: (config) => {
        const { wechatPay, ...rest } = upstream.configure(config);
        const limits = Object.fromEntries(interfaceNames.map((one) => [one, fast]));
        return { ...rest, wechatPay: { ...wechatPay, limits } };
      },
    });
    await fetch(`${sandbox.url}/sandbox/limits`, {
      method: 'PUT',
      body: JSON.stringify({ limits: Object.fromEntries(interfaceNames.map((one) => [one, 1_000])) }),
    });
  });
  beforeEach(() => {
    lost = 0;
    upstream.spoil(({ method, status }) => {
      if (method === 'GET' || status !== 200 || lost <= 0) return 'none';
      lost -= 1;
      return 'reset';
    });
  });
  afterAll(async () => {
    await app.close();
    await upstream.close();
    await sandbox.close();
  });

  const newInput = () => {
    made += 1;
    return { brandId, cardId, userCardCode: `P-${made}`, phoneNumber: `1391234${1_000 + made}` };
  };
  const perform = async (input: object, language = 'en') => {
    const { data, errors } = await app.ask<{ payload: Payload | null }>(
      `mutation ($input: ImportUserCardByPhoneInput!) { payload: importUserCardByPhone(input: $input) {
        userCard { openid userCardCode } openid outcome userErrors { code message } } }`,
      { input: inputOf('importUserCardByPhone', input) },
      { 'accept-language': language },
    );
    return { payload: data?.payload ?? null, errors };
  };
  const openidOf = (userCardCode: string): string =>
    sandbox.state().userCard(brandId, userCardCode)?.openid ?? '';
  const unknown = { userCard: null, openid: null, outcome: 'IMPORTED_OPENID_UNKNOWN', userErrors: [] };
  const imported = (userCardCode: string) => ({
    userCard: { openid: openidOf(userCardCode), userCardCode },
    openid: openidOf(userCardCode),
    outcome: 'IMPORTED',
    userErrors: [],
  });

  it('is an ordinary success if it is not lost', async () => {
    const input = newInput();
    expect(await perform(input)).toEqual({ payload: imported(input.userCardCode), errors: [] });
  });

  it('once is a success without an openid', async () => {
    const input = newInput();
    lost = 1;
    expect(await perform(input)).toEqual({ payload: unknown, errors: [] });
    expect(openidOf(input.userCardCode)).toMatch(/./);
    expect(app.audit.at(-1)).toMatchObject({ operation: 'importUserCardByPhone', outcome: 'OK' });
    // The card has not been seen since.
    expect(await perform(input)).toEqual({ payload: unknown, errors: [] });
  });

  it.each([
    [
      'a list',
      (openid: string) =>
        `{ brand(brandId: "${brandId}") { userCards(openid: "${openid}") { totalCount } } }`,
    ],
    [
      'a read',
      (openid: string, code: string) =>
        `{ userCard(by: { key: { brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "${code}" } }) { level } }`,
    ],
  ])('has its openid as soon as %s shows the card', async (_, query) => {
    const input = newInput();
    lost = 1;
    await perform(input);
    const { errors } = await app.ask(query(openidOf(input.userCardCode), input.userCardCode));
    expect(errors).toEqual([]);
    expect(await perform(input)).toEqual({ payload: imported(input.userCardCode), errors: [] });
  });

  it('has its openid as soon as a notification shows the card', async () => {
    const input = newInput();
    lost = 1;
    await perform(input);
    const before = app.notifications.length;
    app.sandbox.users.lookAtPoints({ brandId, userCardCode: input.userCardCode });
    while (app.notifications.length === before) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await perform(input)).toEqual({ payload: imported(input.userCardCode), errors: [] });
  });

  it('every time has an unknown outcome, and the same input again returns that it was done', async () => {
    const input = newInput();
    lost = Infinity;
    const { payload, errors } = await perform(input);
    // The retry within the mutation is refused, which is a response.
    expect({ payload, errors }).toEqual({ payload: unknown, errors: [] });
  });

  it('and whose retries are lost as well has an unknown outcome until it is sent again', async () => {
    const input = newInput();
    upstream.spoil(({ method }) => (method === 'GET' ? 'none' : 'reset'));
    const { payload, errors } = await perform(input);
    expect(payload).toBeNull();
    expect(errors).toMatchObject([
      {
        message: expect.stringMatching(
          /same phoneNumber and userCardCode.*IMPORTED_OPENID_UNKNOWN.*mini program/,
        ) as string,
        extensions: { code: 'OUTCOME_UNKNOWN' },
      },
    ]);
    expect((await perform(newInput(), 'zh-CN')).errors[0]?.message).toMatch(/不会重复导入；.*小程序/);
    upstream.spoil(() => 'none');
    expect(await perform(input)).toEqual({ payload: unknown, errors: [] });
  });

  it('in part returns what can be read, and the same input again the rest', async () => {
    const input = newInput();
    const without = (name: string): void => {
      upstream.spoil(({ body }) => ({ body: body.replace(new RegExp(`"${name}":"[^"]*",?`), '') }));
    };
    without('openid');
    const { payload, errors } = await perform(input);
    expect(payload).toEqual(unknown);
    expect(errors).toMatchObject([
      { path: ['payload', 'userCard'], extensions: { code: 'DONE_UNREADABLE' } },
    ]);
    upstream.spoil(() => 'none');
    expect(await perform(input)).toEqual({ payload: unknown, errors: [] });

    const second = newInput();
    without('user_card_state');
    expect((await perform(second)).payload).toEqual({
      ...unknown,
      openid: openidOf(second.userCardCode),
      outcome: 'IMPORTED',
    });
  });

  it('is not assumed for a code that another caller imports again', async () => {
    const input = newInput();
    await perform(input);
    const again = await perform({ ...input, phoneNumber: newInput().phoneNumber });
    expect(again.payload).toMatchObject({ userCard: null, openid: null, outcome: null });
    expect(again.payload?.userErrors).toEqual([
      {
        code: 'CARD_ALREADY_EXISTS',
        message: expect.stringMatching(
          /import without a response.*mini program.*importUserCardByOpenid/,
        ) as string,
      },
    ]);
    expect((await perform(input, 'zh-CN')).payload?.userErrors[0]?.message).toMatch(
      /未收到应答的导入.*小程序/,
    );
    // The same after an unknown outcome, if the phone number is another one.
    const doubted = newInput();
    lost = 1;
    await perform(doubted);
    expect(
      (await perform({ ...doubted, phoneNumber: newInput().phoneNumber })).payload?.userErrors,
    ).toMatchObject([{ code: 'CARD_ALREADY_EXISTS' }]);
  });
});
