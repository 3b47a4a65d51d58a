import { firstExample } from '../../src/sandbox/seed';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { startFaultyUpstream, type FaultyUpstream } from '../support/faulty-upstream';
import { testApp, type TestApp } from '../support/test-app';
import { ofUserCard } from '../support/by-key';

const { brandId, cardId, openid, userCardCode } = firstExample;
const readCard = `{ userCard(by: { key: { brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "${userCardCode}" } }) {
  cardId openid userCardCode brand { brandId } } }`;
const readCards = `{ brand(brandId: "${brandId}") { userCards(openid: "${openid}") { nodes { openid userCardCode } } } }`;
const update = `mutation ($input: UpdateUserCardInput!) { updateUserCard(input: $input) {
  userCard { openid level } userErrors { code } } }`;

/** A response signed with WeChat Pay's key that is about another object. */
describe('a genuine response about another object', () => {
  let sandbox: Sandbox;
  let upstream: FaultyUpstream;
  let app: TestApp;
  beforeEach(async () => {
    sandbox = await startSandbox({ membersPerBrand: 5 });
    upstream = await startFaultyUpstream(sandbox);
    app = await testApp({ upstream: sandbox, change: (config) => upstream.configure(config) });
  });
  afterEach(async () => {
    await app.close();
    await upstream.close();
    await sandbox.close();
  });

  /** Changes every object of a response, and signs it. */
  const change = (fields: Readonly<Record<string, unknown>>): void => {
    upstream.spoil(({ body, status }) => {
      const answer = JSON.parse(body) as { readonly data?: readonly object[] };
      const changed =
        answer.data === undefined
          ? { ...answer, ...fields }
          : { ...answer, data: answer.data.map((one) => ({ ...one, ...fields })) };
      return { status, body: JSON.stringify(changed) };
    });
  };

  it.each([{ openid: 'oOTHER' }, { user_card_code: 'THEIRS' }, { card_id: 'pOTHER' }])(
    'is neither returned nor cached: %j',
    async (fields) => {
      change(fields);
      const { data, errors } = await app.ask(readCard);
      expect(data).toEqual({ userCard: null });
      expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_MALFORMED' } }]);
      expect(errors[0]?.message).toMatch(/did not belong to the request/);
      expect(app.arrived('GET_USER_CARD')).toBeGreaterThan(1);
      upstream.spoil(() => 'none');
      expect((await app.ask(readCard)).data).toMatchObject({ userCard: { openid, userCardCode, cardId } });
    },
  );

  it("is not returned as a list of the user's cards", async () => {
    change({ openid: 'oOTHER' });
    expect((await app.ask(readCards)).errors).toMatchObject([{ extensions: { code: 'UPSTREAM_MALFORMED' } }]);
    upstream.spoil(() => 'none');
    expect((await app.ask(readCards)).data).toMatchObject({
      brand: { userCards: { nodes: [{ openid, userCardCode }] } },
    });
  });

  it('leaves the outcome of a write unknown', async () => {
    change({ openid: 'oOTHER' });
    const { errors } = await app.ask(update, { input: ofUserCard({ ...firstExample, level: '钻石会员' }) });
    expect(errors).toMatchObject([{ extensions: { code: 'OUTCOME_UNKNOWN' } }]);
  });

  it('is returned for the requested brand if only brand_id differs, as in the documents', async () => {
    change({ brand_id: '1001622624' });
    expect((await app.ask(readCard)).data).toEqual({
      userCard: { cardId, openid, userCardCode, brand: { brandId } },
    });
    expect(app.exchanges).toMatchObject([{ outcome: 'ok', brandId, otherBrandId: '1001622624' }]);
  });

  it('is completed with the requested keys if it omits them', async () => {
    change({ openid: undefined, card_id: undefined, user_card_code: undefined, brand_id: undefined });
    expect((await app.ask(readCard)).data).toEqual({
      userCard: { cardId, openid, userCardCode, brand: { brandId } },
    });
  });
});
