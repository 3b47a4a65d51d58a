import type { Sandbox } from '../../support/sandbox';
import { call, sealFor, type RawAnswer, type RawRequest } from '../support';
import type { RefusingInterface } from '../../../src/sandbox/refusals-of';

/** Changes of a valid request; `undefined` removes a member. */
export type Change = Readonly<Record<string, unknown>>;

const prefixes = { partner: '/v3/brand/partner/card-member', brand: '/brand/card-member' } as const;
const brandId = '1004';
export const templates = [
  'pbLatjvWOibDc5-TBnbUk1pD12o0',
  'p1004Seed-Template-1',
  'p1004Seed-Template-2',
] as const;

/** A seeded member of brand 1004; every 29th waits for confirmation. */
export const member = (index: number) => ({
  card_id: templates[index % 3],
  openid:
    index === 0 ? 'obLatjnx9gnqzS4myYGmLZ7LgLBA' : `o${brandId}-member-${String(index).padStart(5, '0')}`,
  user_card_code: index === 0 ? '478515832665' : `470${String(100_000_000 + index * 7919)}`,
});
/** The first waiting member of each template. */
export const waiting = [57, 28, 86].map(member);

interface Place {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: (args: Readonly<Record<string, string>>) => string;
  /** The argument that is in the path. */
  readonly parameter?: string;
  readonly args: (world: World) => Change;
}

let next = 0;
const unique = (): string => `t-${String(next++)}`;
const page = { offset: 0, limit: 20 };
const cardPath = ({ card_id = '' }) => `/cards/${card_id}`;
const userCardPath = ({ user_card_code = '' }) => `/user-cards/${user_card_code}`;
const activityPath = ({ activity_id = '' }) => `/membership-activities/${activity_id}`;
const jump = { jump_appid: 'wx1', jump_path: '/pages/index' };
const period = { begin_time: '2026-01-01T00:00:00+08:00', end_time: '2099-01-01T00:00:00+08:00' };
const texts = { title: '入会礼', sub_title: '立减 5 元' };

/** A valid request of each interface. */
const places: Readonly<Record<RefusingInterface, Place>> = {
  CREATE_CARD_TEMPLATE: {
    method: 'POST',
    path: () => '/cards',
    args: () => ({
      out_request_no: unique(),
      appid: 'wxea9c30890f48d5ae',
      card_type: 'NORMAL',
      card_title: '测试卡',
      card_color: '#FFFF00',
      card_picture_url: 'https://wxpaylogo.qpic.cn/wxpaylogo/xxxxx/0',
      code_mode: 'SYSTEM_ALLOCATE',
      code_type: 'BAR_CODE',
      benefits: '会员折扣、专属价',
      notify_url: 'https://www.weixin.qq.com/wxpay/notify.php',
      legal_agreement: '会员协议',
      valid_date_information: { type: 'PERMANENT' },
      member_information: jump,
    }),
  },
  LIST_CARD_TEMPLATES: { method: 'GET', path: () => '/cards', args: () => page },
  GET_CARD_TEMPLATE: {
    method: 'GET',
    path: cardPath,
    parameter: 'card_id',
    args: () => ({ card_id: templates[0] }),
  },
  UPDATE_CARD_TEMPLATE: {
    method: 'PATCH',
    path: cardPath,
    parameter: 'card_id',
    args: () => ({ card_id: templates[0], benefits: '专属价' }),
  },
  INVALIDATE_CARD_TEMPLATE: {
    method: 'POST',
    path: (args) => `${cardPath(args)}/invalidate`,
    parameter: 'card_id',
    args: (world) => world.newTemplate({}),
  },
  LIST_USER_CARDS: {
    method: 'GET',
    path: () => '/user-cards',
    args: () => ({ openid: member(0).openid, ...page }),
  },
  GET_USER_CARD: { method: 'GET', path: userCardPath, parameter: 'user_card_code', args: () => member(0) },
  IMPORT_USER_CARD_BY_PHONE: {
    method: 'POST',
    path: () => '/user-cards/import-by-phone',
    args: (world) => ({
      card_id: templates[0],
      phone_number: world.seal(`1381111${String(1_000 + next).slice(-3)}1`),
      user_card_code: unique(),
    }),
  },
  UPDATE_USER_CARD: {
    method: 'PATCH',
    path: userCardPath,
    parameter: 'user_card_code',
    args: () => ({ ...member(0), level: '金' }),
  },
  IMPORT_USER_CARD_BY_OPENID: {
    method: 'POST',
    path: () => '/user-cards/import-by-openid',
    args: () => ({ card_id: templates[0], openid: unique(), user_card_code: unique() }),
  },
  CONFIRM_USER_CARD: {
    method: 'POST',
    path: (args) => `${userCardPath(args)}/confirm`,
    parameter: 'user_card_code',
    args: (world) => ({ ...world.opened(), user_card_confirm_state: 'CREATE_CARD_SUCCESS' }),
  },
  INVALIDATE_USER_CARD: {
    method: 'POST',
    path: (args) => `${userCardPath(args)}/invalidate`,
    parameter: 'user_card_code',
    args: (world) => world.opened(),
  },
  CREATE_PRE_AUTH_TOKEN: {
    method: 'POST',
    path: () => '/pre-auth-tokens',
    args: () => ({ card_id: templates[0], openid: unique() }),
  },
  CREATE_USER_FEED: {
    method: 'POST',
    path: () => '/user-feeds',
    args: () => ({ ...member(0), out_request_no: unique(), cell: '15_拿铁 大杯_2026-11-26 10:00' }),
  },
  SYNC_USER_POINTS: {
    method: 'POST',
    path: () => '/user-points/sync',
    args: () => ({ ...member(0), out_request_no: unique(), point_balance: 1 }),
  },
  CONFIRM_POINT_EXCHANGE_COUPON: {
    method: 'POST',
    path: () => '/user-points/exchange-coupon/confirm',
    args: () => ({
      ...member(0),
      record_id: 'exchange-1',
      exchange_coupon_template_id: 'coupon-1',
      result: 'POINT_EXCHANGE_COUPON_ALLOW',
    }),
  },
  CREATE_MEMBERSHIP_ACTIVITY: {
    method: 'POST',
    path: () => '/membership-activities',
    args: (world) => ({
      ...world.newTemplate({}),
      ...texts,
      ...period,
      out_request_no: unique(),
      activity_channel: 'MECHANT_APP_COMPONENT',
      apply_total: 10,
      product_coupon_stock_list: [{ product_coupon_id: '1', stock_id: '2' }],
    }),
  },
  LIST_MEMBERSHIP_ACTIVITIES: { method: 'GET', path: () => '/membership-activities', args: () => page },
  GET_MEMBERSHIP_ACTIVITY: {
    method: 'GET',
    path: activityPath,
    parameter: 'activity_id',
    args: () => ({ activity_id: '10001' }),
  },
  UPDATE_MEMBERSHIP_ACTIVITY: {
    method: 'PATCH',
    path: activityPath,
    parameter: 'activity_id',
    args: () => ({ activity_id: '10001', ...texts, ...period }),
  },
  TERMINATE_MEMBERSHIP_ACTIVITY: {
    method: 'POST',
    path: (args) => `${activityPath(args)}/terminate`,
    parameter: 'activity_id',
    args: () => ({ activity_id: '10001' }),
  },
};

/** A running sandbox with its own client. */
export interface World {
  readonly sandbox: Sandbox;
  seal(plain: string): string;
  /** A valid request, changed. */
  ask(name: RefusingInterface, change?: Change, more?: Partial<RawRequest>): Promise<RawAnswer>;
  control(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  /** A template in another state. */
  newTemplate(change: Change): { readonly card_id: string };
  /** The card of a user who has just opened it and waits. */
  opened(cardId?: string): {
    readonly card_id: string;
    readonly openid: string;
    readonly user_card_code: string;
  };
}

/** @param route - on the brand route, the caller identifies the brand. */
export const worldOf = (sandbox: Sandbox, route: 'partner' | 'brand' = 'partner'): World => {
  const world: World = {
    sandbox,
    seal: (plain) => sealFor(sandbox, plain),
    ask(name, change = {}, more = {}) {
      const { method, path, parameter = '', args } = places[name];
      const all: Change = { ...(route === 'partner' && { brand_id: brandId }), ...args(world), ...change };
      const { [parameter]: inPath, ...rest } = all;
      const target = prefixes[route] + path({ [parameter]: encodeURIComponent(String(inPath)) });
      const query = new URLSearchParams();
      for (const [key, value] of Object.entries(rest))
        if (typeof value === 'string' || typeof value === 'number') query.set(key, String(value));
      const hasBody = method !== 'GET' && Object.keys(rest).length > 0;
      const request: RawRequest = {
        route,
        method,
        target: method === 'GET' && query.size > 0 ? `${target}?${query.toString()}` : target,
        ...(hasBody && { body: rest }),
      };
      return call(sandbox, { ...request, ...more });
    },
    async control(method, path, body) {
      const response = await fetch(`${sandbox.url}/sandbox/${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return (await response.json()) as Record<string, unknown>;
    },
    newTemplate(change) {
      const state = sandbox.state();
      const [template] = state.templatesOf(brandId);
      if (template === undefined) throw new Error('no template');
      const card_id = unique();
      state.putTemplate({ ...template, out_request_no: card_id, ...change, card_id });
      return { card_id };
    },
    opened(cardId = templates[0]) {
      const { openid, userCardCode } = sandbox.users.open({ brandId, cardId, openid: unique() });
      return { card_id: cardId, openid, user_card_code: userCardCode };
    },
  };
  return world;
};
