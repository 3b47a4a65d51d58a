import * as cards from './card-rules';
import type { InterfaceRules } from './field-rule';
import * as services from './service-rules';
import * as templates from './template-rules';

/**
 * What WeChat Pay's documents say about every field of every write. The checks before a call, the sandbox's shapes, the
 * overrides in the configuration and the reference are derived from this table.
 */
export const interfaceRules = {
  CREATE_CARD_TEMPLATE: templates.createCardTemplate,
  UPDATE_CARD_TEMPLATE: templates.updateCardTemplate,
  INVALIDATE_CARD_TEMPLATE: templates.invalidateCardTemplate,
  IMPORT_USER_CARD_BY_PHONE: cards.importUserCardByPhone,
  IMPORT_USER_CARD_BY_OPENID: cards.importUserCardByOpenid,
  UPDATE_USER_CARD: cards.updateUserCard,
  CONFIRM_USER_CARD: cards.confirmUserCard,
  INVALIDATE_USER_CARD: cards.invalidateUserCard,
  CREATE_PRE_AUTH_TOKEN: services.createPreAuthToken,
  CREATE_USER_FEED: services.createUserFeed,
  SYNC_USER_POINTS: services.syncUserPoints,
  CONFIRM_POINT_EXCHANGE_COUPON: services.confirmPointExchangeCoupon,
  CREATE_MEMBERSHIP_ACTIVITY: services.createMembershipActivity,
  UPDATE_MEMBERSHIP_ACTIVITY: services.updateMembershipActivity,
  TERMINATE_MEMBERSHIP_ACTIVITY: services.terminateMembershipActivity,
} as const satisfies Readonly<Record<string, InterfaceRules>>;

export type RuledInterface = keyof typeof interfaceRules;

export const ruledInterfaces = Object.keys(interfaceRules) as readonly RuledInterface[];
