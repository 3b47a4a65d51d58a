import type { UserCard } from '../../src/sandbox/state';
import type { Done, Users } from '../../src/sandbox/users';
import { subscribe } from '../support/subscriber';
import { testApp, type TestApp } from '../support/test-app';

const card = `query ($brandId: ID!, $cardId: ID!, $openid: ID!, $userCardCode: ID!) {
  userCard(by: { key: { brandId: $brandId, cardId: $cardId, openid: $openid, userCardCode: $userCardCode } }) {
    userCardState level
  }
}`;

/** Each test has users of its own, so the order of the tests does not matter. */
let app: TestApp;
beforeAll(async () => {
  app = await testApp({
    change: (config) => ({
      ...config,
      notifications: {
        ...config.notifications,
        confirm: [{ brandId: '1001622624', level: '白银会员', allocateCodes: true }],
      },
    }),
  });
});
afterAll(() => app.close());

const brandId = '1004';
let opened = 0;
const aCard = async (route: 'brand' | 'partner', of = brandId): Promise<Done> => {
  opened += 1;
  const cardId = of === brandId ? app.sandbox.example.cardId : `p${of}Seed-Template-0`;
  const done = app.sandbox.users.open({ brandId: of, cardId, route, openid: `oNotified-${String(opened)}` });
  await done.delivered;
  return done;
};

describe.each(['brand', 'partner'] as const)('a notification on the %s route', (route) => {
  const kinds: readonly [string, string, (users: Users, of: Done) => Done][] = [
    ['deleted', 'USER_CARD_DELETE', (users, of) => users.remove({ ...of, brandId, route })],
    [
      'points for a coupon',
      'POINT_EXCHANGE_COUPON',
      (users, of) => users.exchangePoints({ ...of, brandId, route, points: 120 }),
    ],
    ['points wanted', 'SYNC_USER_POINT', (users, of) => users.lookAtPoints({ ...of, brandId, route })],
  ];

  it.each(kinds)('of the type "%s" reaches a subscriber', async (_, eventType, act) => {
    const made = await aCard(route);
    const subscriber = subscribe(app.url, { brandId, lastEventId: '0' });
    const { delivered } = act(app.sandbox.users, made);
    await delivered;
    let found;
    for (let count = 1; found === undefined; count += 1)
      found = (await subscriber.has(count)).find(
        (event) => event.openid === made.openid && event.eventType === eventType,
      );
    subscriber.close();
    expect(found).toMatchObject({ brandId, userCardCode: made.userCardCode });
    expect(found.pointExchange?.deductPoints).toBe(eventType === 'POINT_EXCHANGE_COUPON' ? 120 : undefined);
  });

  it('of an opening reaches a subscriber, without the code that the merchant has yet to allocate', async () => {
    const subscriber = subscribe(app.url, { brandId, lastEventId: '0', fields: 'createTime' });
    const { openid } = await aCard(route);
    let found;
    for (let count = 1; found === undefined; count += 1)
      found = (await subscriber.has(count)).find((event) => event.openid === openid);
    subscriber.close();
    expect(found).toMatchObject({
      eventType: 'USER_CARD_CREATE',
      cardId: app.sandbox.example.cardId,
      userCardCode: null,
    });
  });

  it('invalidates what was read before', async () => {
    const { openid, userCardCode } = await aCard(route);
    const variables = { brandId, cardId: app.sandbox.example.cardId, openid, userCardCode };
    const before = await app.ask(card, variables);
    const again = await app.ask(card, variables);
    expect([before.extensions.cache, again.extensions.cache]).toMatchObject([{ misses: 1 }, { hits: 1 }]);
    await app.sandbox.users.remove({ brandId, userCardCode, route }).delivered;
    const after = await app.ask(card, variables);
    expect(before.data).toMatchObject({ userCard: { userCardState: 'UNACTIVATED' } });
    expect(after.data).toMatchObject({ userCard: { userCardState: 'INVALID' } });
  });
});

describe('a notification that lacks a member', () => {
  const whole = {
    brand_id: brandId,
    card_id: 'c',
    user_card_code: 'u',
    record_id: 'r',
    exchange_coupon_template_id: 't',
    deduct_points: 120,
    appid: 'wx1',
    product_coupon_id: 'p',
    product_coupon_stock_type: 'PRODUCT_COUPON_STOCK_TYPE_BUSI_FAVOR',
    stock_id: 's',
  };
  const kinds = ['USER_CARD.CREATE', 'USER_CARD.DELETE', 'SYNC_USER_POINT', 'POINT_EXCHANGE_COUPON'] as const;
  const needs = (kind: string): readonly string[] => [
    'card_id',
    'openid',
    ...(kind === 'POINT_EXCHANGE_COUPON' ? ['record_id', 'exchange_coupon_template_id'] : []),
  ];

  it.each(kinds)('of the kind %s is received all the same', async (kind) => {
    const members = ['none', 'openid', ...Object.keys(whole).filter((name) => name !== 'brand_id')];
    const from = app.notifications.length;
    for (const left of members) {
      const resource = { ...whole, openid: `oLacks-${kind}-${left}`, marker: `${kind} ${left}` };
      await app.sandbox.deliveries.send({
        kind,
        route: 'partner',
        notifyUrl: app.notifyUrl,
        resource: { ...resource, [left]: undefined },
      });
    }
    expect(app.notifications.slice(from).map(({ outcome }) => outcome)).toEqual(members.map(() => 'new'));
    const subscriber = subscribe(app.url, { brandId, lastEventId: '0', fields: 'eventTypeRaw extra' });
    type Seen = (typeof subscriber.events)[number] & { readonly extra: { readonly marker?: string } | null };
    const own = () =>
      (subscriber.events as Seen[]).filter(({ extra }) => extra?.marker?.startsWith(`${kind} `) === true);
    for (let count = 1; own().length < members.length; count += 1) await subscriber.has(count);
    subscriber.close();
    expect(own().map(({ eventType, extra }) => [extra?.marker, eventType])).toEqual(
      members.map((left) => [
        `${kind} ${left}`,
        needs(kind).includes(left) ? 'UNKNOWN' : kind.replace('.', '_'),
      ]),
    );
  });

  it('shows no points if none were said, and a number beyond what can be shown in extra', async () => {
    const send = (points: number | undefined, marker: string) =>
      app.sandbox.deliveries.send({
        kind: 'POINT_EXCHANGE_COUPON',
        route: 'partner',
        notifyUrl: app.notifyUrl,
        resource: { ...whole, openid: 'oPoints', marker, deduct_points: points },
      });
    await send(undefined, 'points: none');
    await send(2 ** 60, 'points: many');
    const subscriber = subscribe(app.url, { brandId, lastEventId: '0', fields: 'extra' });
    const own = () => subscriber.events.filter(({ openid }) => openid === 'oPoints');
    for (let count = 1; own().length < 2; count += 1) await subscriber.has(count);
    subscriber.close();
    expect(own()).toMatchObject([
      { pointExchange: { recordId: 'r', deductPoints: null }, extra: { marker: 'points: none' } },
      {
        pointExchange: { recordId: 'r', deductPoints: null },
        extra: { deduct_points: expect.stringContaining('inexact') as string },
      },
    ]);
  });
});

describe('notifications', () => {
  it('carry the card as it is after the event', async () => {
    const { openid, userCardCode } = await aCard('brand');
    await app.ask(card, { brandId, cardId: app.sandbox.example.cardId, openid, userCardCode });
    const subscriber = subscribe(app.url, {
      brandId,
      lastEventId: '0',
      fields: 'userCard { userCardState level }',
    });
    await app.sandbox.users.remove({ brandId, userCardCode }).delivered;
    let found;
    for (let count = 1; found === undefined; count += 1)
      found = (await subscriber.has(count)).find((event) => event.userCardCode === userCardCode);
    subscriber.close();
    expect(found.userCard).toMatchObject({ userCardState: 'INVALID' });
  });

  it('under the spelling of June 2025 are the same', async () => {
    const { openid, userCardCode } = await aCard('partner');
    await app.sandbox.users.remove({ brandId, userCardCode, route: 'partner', oldSpelling: true }).delivered;
    expect(app.sandbox.deliveries.list().at(-1)).toMatchObject({
      eventType: 'MEMBERCARDSP.USER_CARD.DELETE',
      state: 'delivered',
    });
    const subscriber = subscribe(app.url, { brandId, lastEventId: '0' });
    let found;
    for (let count = 1; found === undefined; count += 1)
      found = (await subscriber.has(count)).find(
        (event) => event.openid === openid && event.eventType === 'USER_CARD_DELETE',
      );
    subscriber.close();
    expect(found.userCardCode).toBe(userCardCode);
  });

  it('of an opening are confirmed at the initial level if the configuration says so', async () => {
    const { openid } = await aCard('brand', '1001622624');
    let held: readonly UserCard[] = [];
    for (let tries = 0; held.length === 0 && tries < 100; tries += 1) {
      const state = app.sandbox.state();
      held = state.userCardsOf('1001622624', openid).filter((one) => one.user_card_state === 'EFFECTIVE');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(held).toMatchObject([{ level: '白银会员' }]);
    expect(held[0]?.user_card_code).toMatch(/^\d{18}$/);
    while (app.confirms.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(app.audit.filter(({ caller }) => caller === 'confirm')).toMatchObject([
      {
        kind: 'MUTATION',
        brandId: '1001622624',
        operation: 'confirmUserCard',
        fields: ['level', 'userCardConfirmState'],
        outcome: 'OK',
        requestIds: [expect.stringMatching(/^[0-9A-F]{32}-0$/) as string],
      },
    ]);
  });

  it('of an opening wait for the merchant otherwise', async () => {
    const { openid, userCardCode } = await aCard('partner');
    expect(app.sandbox.state().userCard(brandId, userCardCode)).toMatchObject({
      openid,
      user_card_state: 'UNACTIVATED',
    });
    expect(app.arrived('CONFIRM_USER_CARD')).toBe(
      app.confirms.filter(({ outcome }) => outcome === 'confirmed').length,
    );
  });

  it('leave no personal data in log and metrics', async () => {
    const { openid } = await aCard('brand');
    expect(JSON.stringify([app.notifications, app.confirms, app.reports])).not.toContain(openid);
  });
});
