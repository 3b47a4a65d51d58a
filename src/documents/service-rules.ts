import { dateTime, id, openid, requestNumber, required, text, userCardCode, word } from './common-fields';
import type { FieldRule, InterfaceRules } from './field-rule';

const key: Readonly<Record<string, FieldRule>> = {
  brand_id: id,
  card_id: id,
  openid,
  user_card_code: userCardCode,
};

export const createPreAuthToken: InterfaceRules = {
  source: 'preAuthToken',
  fields: { brand_id: id, card_id: id, openid },
};

export const createUserFeed: InterfaceRules = {
  source: 'feed',
  fields: {
    ...key,
    out_request_no: requestNumber(64),
    // <templateId>_<var1>_<var2>, e.g. 15_1200_1. The documents do not say what a variable may contain.
    cell: text(128, {
      required: true,
      characters: 'feedCell',
      boundSources: {},
      guesses: ['at least one variable, without white space and not empty'],
    }),
  },
};

export const syncUserPoints: InterfaceRules = {
  source: 'points',
  fields: {
    ...key,
    out_request_no: requestNumber(128),
    point_balance: { kind: 'integer', required: true, guesses: ['not negative'] },
  },
};

export const confirmPointExchangeCoupon: InterfaceRules = {
  source: 'exchange',
  fields: {
    ...key,
    record_id: required(text(64)),
    exchange_coupon_template_id: required(text(32)),
    result: word(['POINT_EXCHANGE_COUPON_ALLOW', 'POINT_EXCHANGE_COUPON_REJECT'], { required: true }),
    reject_reason: text(32),
  },
};

/** The fields that an activity is created with and that an update can change. */
const activity: Readonly<Record<string, FieldRule>> = {
  brand_id: id,
  title: required(text(128)),
  sub_title: required(text(128)),
  begin_time: required(dateTime),
  end_time: required(dateTime),
};

const activityId: FieldRule = {
  kind: 'text',
  required: true,
  characters: 'activityId',
};

export const createMembershipActivity: InterfaceRules = {
  source: 'createActivity',
  fields: {
    ...activity,
    out_request_no: requestNumber(128),
    card_id: id,
    activity_channel: word(['MECHANT_APP_COMPONENT'], { required: true }),
    apply_total: { kind: 'integer', required: true, guesses: ['at least 1'] },
    // 最多可配置200个商品券批次
    product_coupon_stock_list: {
      kind: 'list',
      required: true,
      entries: 'object',
      minEntries: 1,
      maxEntries: 200,
    },
    'product_coupon_stock_list.product_coupon_id': required(text(128)),
    'product_coupon_stock_list.stock_id': required(text(128)),
  },
};

export const updateMembershipActivity: InterfaceRules = {
  source: 'updateActivity',
  fields: { ...activity, activity_id: activityId },
};

export const terminateMembershipActivity: InterfaceRules = {
  source: 'terminateActivity',
  fields: { brand_id: id, activity_id: activityId },
};
