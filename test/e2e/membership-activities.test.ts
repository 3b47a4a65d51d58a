import { testApp, type TestApp } from '../support/test-app';
import { inputOf } from '../support/by-key';

interface Payload {
  readonly activity: Record<string, unknown> | null;
  readonly userErrors: readonly { readonly field: string[] | null; readonly code: string }[];
}

const fields = 'id activityId cardId title subTitle applyTotal applyAvailable activityState stale';
const mutation = (verb: string): string =>
  `mutation ($input: ${verb}MembershipActivityInput!) { payload: ${verb.toLowerCase()}MembershipActivity(input: $input) {
    activity: membershipActivity { ${fields} } userErrors { field code } } }`;
const create = mutation('Create');
const update = mutation('Update');
const terminate = mutation('Terminate');
const one = `query ($activityId: ID!) { membershipActivity(by: { key: { brandId: "1004", activityId: $activityId } }) {
  ${fields} brand { name } cardTemplate { cardTitle } } }`;
const list = `query ($state: MembershipActivityState, $cardId: ID) { brand(brandId: "1004") {
  membershipActivities(state: $state, cardId: $cardId) { totalCount nodes { activityId } } } }`;

const day = 86_400_000;
const in_ = (days: number): string => new Date(Date.now() + days * day).toISOString();
const text = { brandId: '1004', title: '周年庆', subTitle: '入会立减', beginTime: in_(1), endTime: in_(8) };
const fresh = {
  ...text,
  cardId: 'p1004Seed-Template-1',
  activityChannel: 'MERCHANT_APP_COMPONENT',
  applyTotal: 500,
  productCouponStockList: [{ productCouponId: '1000', stockId: '2000' }],
};

describe('membership activities', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await testApp();
  });
  afterEach(() => app.close());

  const perform = async (operation: string, input: object): Promise<Payload> => {
    const { data, errors } = await app.ask<{ payload: Payload }>(operation, {
      input: inputOf(operation, input),
    });
    expect(errors).toEqual([]);
    if (data === null) throw new Error('no data');
    return data.payload;
  };
  const refused = async (operation: string, input: object): Promise<string> => {
    const { activity, userErrors } = await perform(operation, input);
    expect(activity).toBeNull();
    return userErrors.map(({ field, code }) => `${(field ?? []).slice(1).join('.')} ${code}`).join();
  };
  const ids = async (variables = {}): Promise<unknown> => {
    const { data } = await app.ask<{ brand: { membershipActivities: { nodes: { activityId: string }[] } } }>(
      list,
      variables,
    );
    return data?.brand.membershipActivities.nodes.map(({ activityId }) => activityId);
  };

  it('are created, changed and terminated, and each write invalidates them in the cache', async () => {
    expect(await ids()).toEqual(['10001']);
    const numbered = { ...fresh, outRequestNo: 'activity-of-the-anniversary' };
    const { activity, userErrors } = await perform(create, numbered);
    expect(userErrors).toEqual([]);
    expect(activity).toMatchObject({
      title: '周年庆',
      applyAvailable: 500,
      activityState: 'CREATED',
      stale: false,
    });
    const activityId = String(activity?.activityId);
    expect(await ids()).toEqual(['10001', activityId]);
    expect(await ids({ cardId: fresh.cardId, state: 'CREATED' })).toEqual([activityId]);
    // A template lists its own activities, with the call that the brand made for them.
    const listed = app.arrived('LIST_MEMBERSHIP_ACTIVITIES');
    const { data: ofTemplate } = await app.ask(
      `{ cardTemplate(by: { key: { brandId: "1004", cardId: "${fresh.cardId}" } }) {
        membershipActivities(state: CREATED) { totalCount nodes { activityId cardTemplate { cardId } } } } }`,
    );
    expect(ofTemplate).toEqual({
      cardTemplate: {
        membershipActivities: {
          totalCount: 1,
          nodes: [{ activityId, cardTemplate: { cardId: fresh.cardId } }],
        },
      },
    });
    expect(app.arrived('LIST_MEMBERSHIP_ACTIVITIES')).toBe(listed);
    const node = await app.ask(`query ($id: ID!) { node(id: $id) { ... on MembershipActivity { title } } }`, {
      id: activity?.id,
    });
    expect(node.data).toEqual({ node: { title: '周年庆' } });
    // The lists were read again; the object itself came from the response to its creation.
    expect(app.arrived('GET_MEMBERSHIP_ACTIVITY')).toBe(0);

    const again = await perform(create, numbered);
    expect([again.userErrors, String(again.activity?.activityId)]).toEqual([[], activityId]);
    expect(await refused(create, { ...numbered, title: '别的活动' })).toBe(
      'outRequestNo DUPLICATE_REQUEST_NO',
    );

    await perform(update, { ...text, activityId, title: '周年庆 2', beginTime: in_(-1) });
    const { data } = await app.ask(one, { activityId });
    expect(data).toMatchObject({
      membershipActivity: {
        title: '周年庆 2',
        activityState: 'EFFECTIVE',
        brand: { name: '山岚咖啡' },
        cardTemplate: { cardTitle: '山岚咖啡年卡' },
      },
    });
    expect(await refused(create, { ...fresh, outRequestNo: 'another' })).toBe(
      'cardTemplate.key.cardId ACTIVITY_EXISTS',
    );
    expect((await perform(terminate, { brandId: '1004', activityId })).activity).toMatchObject({
      activityState: 'TERMINATED',
    });
    expect(await ids({ state: 'EFFECTIVE' })).toEqual(['10001']);
    expect(new Set(app.sandbox.ledger.entries().map(({ route }) => route))).toEqual(new Set(['partner']));
  });

  it('are refused as the documents say', async () => {
    const state = app.sandbox.state();
    const template = state.template('1004', fresh.cardId);
    if (template === undefined) throw new Error('no template');
    state.putTemplate({ ...template, card_id: 'p-invalid', state: 'CARD_INVALID' });
    const theirs = { ...text, activityId: '10002' };
    expect(await refused(create, { ...fresh, cardId: 'p-none' })).toBe('cardTemplate.key.cardId NOT_FOUND');
    expect(await refused(create, { ...fresh, cardId: 'p-invalid' })).toBe(
      'cardTemplate.key.cardId TEMPLATE_NOT_USABLE',
    );
    expect(await refused(create, { ...fresh, outRequestNo: '1004-activity-0' })).toBe(
      'outRequestNo DUPLICATE_REQUEST_NO',
    );
    expect(await refused(update, { ...text, activityId: '77' })).toBe(
      'membershipActivity.key.activityId NOT_FOUND',
    );
    expect(await refused(update, theirs)).toBe('membershipActivity.key.activityId ACTIVITY_NOT_OF_BRAND');
    expect(await refused(terminate, { brandId: '1004', activityId: '10002' })).toBe(
      'membershipActivity.key.activityId ACTIVITY_NOT_OF_BRAND',
    );
    expect((await app.ask(one, { activityId: '77' })).data).toEqual({ membershipActivity: null });
    const { errors } = await app.ask(one, { activityId: '10002' });
    expect(errors[0]?.extensions.code).toBe('ACTIVITY_NOT_OF_BRAND');
  });

  it('return all broken rules at once', async () => {
    expect(
      await refused(create, {
        ...fresh,
        title: '',
        subTitle: '长'.repeat(129),
        endTime: '2026-02-30T00:00:00+08:00',
        productCouponStockList: [],
      }),
    ).toBe('productCouponStockList INVALID,title INVALID,subTitle TOO_LONG,endTime INVALID');
    expect(await refused(terminate, { brandId: '1004', activityId: 'a/b' })).toBe(
      'membershipActivity.key.activityId INVALID',
    );
    const { errors } = await app.ask(one, { activityId: '../1' });
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(app.arrived()).toBe(0);
  });

  it('are looked up if an UPDATE has no response', async () => {
    await app.ask(one, { activityId: '10001' });
    app.sandbox.faults.set([{ kind: 'reset', when: 'after', interface: 'UPDATE_MEMBERSHIP_ACTIVITY' }]);
    const { activity } = await perform(update, { ...text, activityId: '10001' });
    expect(activity).toMatchObject({ title: text.title });
    expect((await app.ask(one, { activityId: '10001' })).data).toMatchObject({
      membershipActivity: { title: text.title },
    });
  });

  it.each([
    ['CREATE', create, fresh],
    ['TERMINATE', terminate, { brandId: '1004', activityId: '10001' }],
  ])('are looked up if %s has no response', async (name, operation, input) => {
    // Every retry is lost as well, so only the look-up can find the outcome.
    app.sandbox.faults.set([{ kind: 'reset', when: 'after', interface: `${name}_MEMBERSHIP_ACTIVITY` }]);
    const { activity, userErrors } = await perform(operation, input);
    expect(userErrors).toEqual([]);
    expect(activity).not.toBeNull();
  });
});

describe('a brand without the partner', () => {
  it('is refused with the reason that activities exist on the partner route only, in its language', async () => {
    const app = await testApp({
      change: ({ wechatPay: { partner: _, ...wechatPay }, ...config }) => ({
        ...config,
        wechatPay: {
          ...wechatPay,
          brands: wechatPay.brands.map((brand) => ({ ...brand, route: 'brand' as const })),
        },
      }),
    });
    for (const answer of [
      await app.ask(create, { input: inputOf(create, fresh) }),
      await app.ask(one, { activityId: '10001' }),
      await app.ask(list),
    ]) {
      expect(answer.errors[0]).toMatchObject({ extensions: { code: 'MISCONFIGURED' } });
      expect(answer.errors[0]?.message).toMatch(/partner route/);
    }
    const { errors } = await app.ask(one, { activityId: '10001' }, { 'accept-language': 'zh' });
    expect(errors[0]?.message).toMatch(/服务商/);
    expect(app.arrived()).toBe(0);
    await app.close();
  });
});
