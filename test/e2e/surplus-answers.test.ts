import { startSandbox, type Sandbox } from '../support/sandbox';
import { interfaceNames } from '../../src/wechatpay/api/interfaces';
import { startFaultyUpstream, type FaultyUpstream } from '../support/faulty-upstream';
import { testApp, type TestApp } from '../support/test-app';
import { ofUserCard } from '../support/by-key';

/** The seeded members that have a card, of two brands: one on the partner route, one on the brand route. */
const members = ['1004', '1001622624'].flatMap((brandId, brandIndex) =>
  Array.from({ length: 27 }, (_, at) => at + 1).map((index) => ({
    brandId,
    cardId:
      brandId === '1004' && index % 3 === 0
        ? 'pbLatjvWOibDc5-TBnbUk1pD12o0'
        : `p${brandId}Seed-Template-${String(index % 3)}`,
    openid: `o${brandId}-member-${String(index).padStart(5, '0')}`,
    userCardCode: `47${String(brandIndex)}${String(100_000_000 + index * 7919)}`,
  })),
);
const read = `query ($brandId: ID!, $cardId: ID!, $openid: ID!, $userCardCode: ID!, $maxAge: Int) {
  userCard(by: { key: { brandId: $brandId, cardId: $cardId, openid: $openid, userCardCode: $userCardCode } }, maxAgeSeconds: $maxAge) {
    openid userCardCode phoneNumber } }`;

/** A proxy or load balancer that writes a genuine response twice on a keep-alive connection. */
describe('a surplus response on a keep-alive connection', () => {
  let sandbox: Sandbox;
  let upstream: FaultyUpstream;
  let app: TestApp;
  beforeAll(async () => {
    sandbox = await startSandbox({ membersPerBrand: 30 });
    await fetch(`${sandbox.url}/sandbox/limits`, {
      method: 'PUT',
      body: JSON.stringify({ limits: Object.fromEntries(interfaceNames.map((name) => [name, 1_000])) }),
    });
  });
  afterAll(() => sandbox.close());
  beforeEach(async () => {
    upstream = await startFaultyUpstream(sandbox);
    const fast = { brand: 1_000, partner: 1_000 };
    app = await testApp({
      upstream: sandbox,
      change: (config) => {
        const { wechatPay, ...rest } = upstream.configure(config);
        const limits = Object.fromEntries(interfaceNames.map((name) => [name, fast]));
        return { ...rest, wechatPay: { ...wechatPay, limits } };
      },
    });
  });
  afterEach(async () => {
    await app.close();
    await upstream.close();
  });

  const cardOf = async (member: object, maxAge?: number) => {
    const { data, errors } = await app.ask<{ userCard: Record<string, string> | null }>(read, {
      ...member,
      ...(maxAge === undefined ? {} : { maxAge }),
    });
    return { card: data?.userCard ?? null, codes: errors.map(({ extensions }) => extensions.code) };
  };

  it('never returns or caches the card of another user', async () => {
    upstream.spoil(() => 'twice');
    const asked = await Promise.all(
      [0, 1].map(async (brand) => {
        const found = [];
        for (const member of members.slice(brand * 27, brand * 27 + 27))
          found.push({ member, ...(await cardOf(member, 0)) });
        return found;
      }),
    );
    // Discarded and retried, not refused.
    for (const { member, card } of asked.flat())
      expect(card).toMatchObject({ openid: member.openid, userCardCode: member.userCardCode });
    expect(upstream.surplus()).toBeGreaterThan(members.length / 2);
    upstream.spoil(() => 'none');
    for (const member of members) {
      const { card } = await cardOf(member);
      expect(card).toMatchObject({ openid: member.openid, userCardCode: member.userCardCode });
    }
  });

  it('is not mistaken for the refusal or the empty list of the next request', async () => {
    upstream.spoil(({ target, status }) =>
      status === 404 || target.includes('o-nobody') ? 'twice' : 'none',
    );
    const list = `query ($openid: ID!) { brand(brandId: "1004") { userCards(openid: $openid) { totalCount } } }`;
    for (const [at, member] of members.slice(0, 20).entries()) {
      const absent = { ...member, userCardCode: `absent-${String(at)}` };
      expect((await cardOf(absent, 0)).card).toBeNull();
      expect((await cardOf(member, 0)).card).toMatchObject({ userCardCode: member.userCardCode });
      await app.ask(list, { openid: `o-nobody-${String(at)}` });
      const { data } = await app.ask(list, { openid: member.openid });
      expect(data).toEqual({ brand: { userCards: { totalCount: 1 } } });
    }
  });

  it('does not return an earlier state of the same card', async () => {
    for (const member of members.slice(0, 20)) {
      upstream.spoil(() => 'twice');
      await cardOf(member, 0);
      upstream.spoil(() => 'none');
      const state = sandbox.state();
      const card = state.userCard(member.brandId, member.userCardCode);
      if (card === undefined) throw new Error('the member has no card');
      // Changed at WeChat Pay, so that nothing here invalidates the cache.
      state.putUserCard({ ...card, level: 'changed' });
      const { data } = await app.ask<{ userCard: { level: string } }>(
        read.replace('openid user', 'level user'),
        {
          ...member,
          maxAge: 0,
        },
      );
      expect(data?.userCard.level).toBe('changed');
    }
    expect(upstream.surplus()).toBeGreaterThan(10);
  });

  it('leaves the outcome of a write unknown', async () => {
    const update = `mutation ($input: UpdateUserCardInput!) { updateUserCard(input: $input) {
      userCard { openid level } userErrors { code } } }`;
    const [first, ...others] = members.slice(0, 20);
    upstream.spoil(() => 'twice');
    await cardOf(first ?? {}, 0);
    for (const [at, member] of others.entries()) {
      const level = `L${String(at)}`;
      const { data, errors } = await app.ask<{ updateUserCard: { userCard: unknown } }>(update, {
        input: ofUserCard({ ...member, level }),
      });
      if (errors.length === 0)
        expect(data?.updateUserCard.userCard).toEqual({ openid: member.openid, level });
      else expect(errors[0]?.extensions.code).toBe('OUTCOME_UNKNOWN');
      expect(sandbox.state().userCard('1004', member.userCardCode)?.level).toBe(level);
    }
  });
});
