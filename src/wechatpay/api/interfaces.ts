import type { Route } from '../settings';
import type { UpstreamInterface } from './upstream-interface';

const bothRoutes = ['brand', 'partner'] as const;
/** The brand's document index (2026-07) does not list the interface. */
const partnerRoute = ['partner'] as const;
/** Brand pages of 2025-07: 5/s per brand_id. Partner pages of 2026: 10/s per mchid (older copies: 5/s). */
const callsPerSecond = { brand: 5, partner: 10 } as const;
const personalFields = [
  'phone_number',
  'user_information.common_field_list.*.value',
  'user_information.custom_field_list.*.user_chosen_values.*',
] as const;

const card = ['brand_id', 'card_id', 'openid', 'user_card_code'] as const;

/**
 * One row per interface of the member-card product. A new interface is a new row and its record type. Sources of paths,
 * limits, encrypted and repeated fields: the five founding documents and the product's partner and brand references.
 */
export const interfaces = {
  CREATE_CARD_TEMPLATE: {
    method: 'POST',
    path: '/cards',
    routes: bothRoutes,
    callsPerSecond,
    sealedFields: [],
    identity: ['brand_id', 'out_request_no'],
    lookUp: 'LIST_CARD_TEMPLATES',
    idempotency: 'deduplicated',
  },
  GET_CARD_TEMPLATE: {
    method: 'GET',
    path: '/cards/{card_id}',
    routes: bothRoutes,
    callsPerSecond,
    sealedFields: [],
    identity: ['brand_id', 'card_id'],
    idempotency: 'read',
  },
  LIST_CARD_TEMPLATES: {
    method: 'GET',
    path: '/cards',
    routes: bothRoutes,
    callsPerSecond,
    sealedFields: [],
    identity: ['data.*.brand_id'],
    idempotency: 'read',
  },
  UPDATE_CARD_TEMPLATE: {
    method: 'PATCH',
    path: '/cards/{card_id}',
    routes: bothRoutes,
    callsPerSecond,
    sealedFields: [],
    identity: ['brand_id', 'card_id'],
    lookUp: 'GET_CARD_TEMPLATE',
    idempotency: 'set',
  },
  INVALIDATE_CARD_TEMPLATE: {
    method: 'POST',
    path: '/cards/{card_id}/invalidate',
    routes: bothRoutes,
    callsPerSecond,
    sealedFields: [],
    identity: ['brand_id', 'card_id'],
    lookUp: 'GET_CARD_TEMPLATE',
    idempotency: 'set',
  },
  GET_USER_CARD: {
    method: 'GET',
    path: '/user-cards/{user_card_code}',
    routes: bothRoutes,
    callsPerSecond,
    sealedFields: [],
    identity: card,
    idempotency: 'read',
  },
  LIST_USER_CARDS: {
    method: 'GET',
    path: '/user-cards',
    routes: bothRoutes,
    callsPerSecond,
    sealedFields: [],
    identity: ['data.*.brand_id', 'data.*.openid'],
    idempotency: 'read',
  },
  UPDATE_USER_CARD: {
    method: 'PATCH',
    path: '/user-cards/{user_card_code}',
    routes: bothRoutes,
    callsPerSecond,
    sealedFields: personalFields,
    identity: card,
    lookUp: 'GET_USER_CARD',
    idempotency: 'set',
  },
  CONFIRM_USER_CARD: {
    method: 'POST',
    path: '/user-cards/{user_card_code}/confirm',
    routes: bothRoutes,
    callsPerSecond,
    sealedFields: personalFields,
    identity: card,
    lookUp: 'GET_USER_CARD',
    // A second confirmation finds no waiting card (404).
    idempotency: 'deduplicated',
  },
  INVALIDATE_USER_CARD: {
    method: 'POST',
    path: '/user-cards/{user_card_code}/invalidate',
    routes: bothRoutes,
    callsPerSecond,
    sealedFields: [],
    identity: card,
    lookUp: 'GET_USER_CARD',
    // A second invalidation is refused because of the card's state.
    idempotency: 'deduplicated',
  },
  IMPORT_USER_CARD_BY_OPENID: {
    method: 'POST',
    path: '/user-cards/import-by-openid',
    routes: bothRoutes,
    callsPerSecond,
    sealedFields: personalFields,
    identity: card,
    lookUp: 'GET_USER_CARD',
    idempotency: 'deduplicated',
  },
  IMPORT_USER_CARD_BY_PHONE: {
    method: 'POST',
    path: '/user-cards/import-by-phone',
    routes: partnerRoute,
    callsPerSecond,
    sealedFields: personalFields,
    identity: ['brand_id', 'card_id', 'user_card_code'],
    idempotency: 'deduplicated',
  },
  CREATE_PRE_AUTH_TOKEN: {
    method: 'POST',
    path: '/pre-auth-tokens',
    routes: bothRoutes,
    callsPerSecond,
    sealedFields: [],
    identity: [],
    // Every call creates a new token; a lost one expires unused.
    idempotency: 'read',
  },
  CREATE_USER_FEED: {
    method: 'POST',
    path: '/user-feeds',
    routes: bothRoutes,
    callsPerSecond,
    sealedFields: [],
    identity: ['brand_id', 'card_id', 'user_card_code', 'out_request_no'],
    idempotency: 'deduplicated',
  },
  SYNC_USER_POINTS: {
    method: 'POST',
    path: '/user-points/sync',
    routes: bothRoutes,
    callsPerSecond,
    sealedFields: [],
    identity: [...card, 'out_request_no'],
    idempotency: 'set',
  },
  CONFIRM_POINT_EXCHANGE_COUPON: {
    method: 'POST',
    path: '/user-points/exchange-coupon/confirm',
    routes: bothRoutes,
    callsPerSecond,
    sealedFields: [],
    identity: [...card, 'record_id', 'exchange_coupon_template_id'],
    // No document describes a repeated call, and it might issue a second coupon.
    idempotency: 'unsafe',
  },
  CREATE_MEMBERSHIP_ACTIVITY: {
    method: 'POST',
    path: '/membership-activities',
    routes: partnerRoute,
    callsPerSecond,
    sealedFields: [],
    identity: ['brand_id', 'card_id', 'out_request_no'],
    lookUp: 'LIST_MEMBERSHIP_ACTIVITIES',
    idempotency: 'deduplicated',
  },
  GET_MEMBERSHIP_ACTIVITY: {
    method: 'GET',
    path: '/membership-activities/{activity_id}',
    routes: partnerRoute,
    callsPerSecond,
    sealedFields: [],
    identity: ['brand_id', 'activity_id'],
    idempotency: 'read',
  },
  LIST_MEMBERSHIP_ACTIVITIES: {
    method: 'GET',
    path: '/membership-activities',
    routes: partnerRoute,
    callsPerSecond,
    sealedFields: [],
    identity: ['data.*.brand_id', 'data.*.card_id'],
    idempotency: 'read',
  },
  UPDATE_MEMBERSHIP_ACTIVITY: {
    method: 'PATCH',
    path: '/membership-activities/{activity_id}',
    routes: partnerRoute,
    callsPerSecond,
    sealedFields: [],
    identity: ['brand_id', 'activity_id'],
    lookUp: 'GET_MEMBERSHIP_ACTIVITY',
    idempotency: 'set',
  },
  TERMINATE_MEMBERSHIP_ACTIVITY: {
    method: 'POST',
    path: '/membership-activities/{activity_id}/terminate',
    routes: partnerRoute,
    callsPerSecond,
    sealedFields: [],
    identity: ['brand_id', 'activity_id'],
    lookUp: 'GET_MEMBERSHIP_ACTIVITY',
    idempotency: 'set',
  },
  UPLOAD_IMAGE: {
    method: 'POST',
    path: '/media/image-upload',
    elsewhere: {
      brand: '/brand/card-member/media/image-upload',
      partner: '/v3/marketing/favor/media/image-upload',
    },
    routes: bothRoutes,
    callsPerSecond,
    sealedFields: [],
    identity: [],
    // A second upload does no harm.
    idempotency: 'read',
  },
} as const satisfies Record<string, UpstreamInterface>;

export type InterfaceName = keyof typeof interfaces;

export const interfaceNames = Object.keys(interfaces) as readonly InterfaceName[];

export const routePrefix: Readonly<Record<Route, string>> = {
  brand: '/brand/card-member',
  partner: '/v3/brand/partner/card-member',
};
