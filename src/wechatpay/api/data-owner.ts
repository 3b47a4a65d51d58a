import type { DataOwner } from '../../shared/data-owner';
import type { InterfaceName } from './interfaces';

/**
 * Whose data each interface reads or changes: that of the user whose openid is an argument, the brand's own, or what the brand
 * shows to everyone. Members may call an interface only for their own openid, or to read what is shown to everyone.
 */
const owners: Readonly<Record<InterfaceName, 'user' | Extract<DataOwner, string>>> = {
  GET_USER_CARD: 'user',
  LIST_USER_CARDS: 'user',
  UPDATE_USER_CARD: 'user',
  CONFIRM_USER_CARD: 'user',
  INVALIDATE_USER_CARD: 'user',
  IMPORT_USER_CARD_BY_OPENID: 'user',
  // Only its response names the user.
  IMPORT_USER_CARD_BY_PHONE: 'brand',
  CREATE_PRE_AUTH_TOKEN: 'user',
  CREATE_USER_FEED: 'user',
  SYNC_USER_POINTS: 'user',
  CONFIRM_POINT_EXCHANGE_COUPON: 'user',
  // WeChat shows a template to whoever opens its card. Lists also name templates that are not offered.
  GET_CARD_TEMPLATE: 'everyone',
  LIST_CARD_TEMPLATES: 'brand',
  CREATE_CARD_TEMPLATE: 'brand',
  UPDATE_CARD_TEMPLATE: 'brand',
  INVALIDATE_CARD_TEMPLATE: 'brand',
  CREATE_MEMBERSHIP_ACTIVITY: 'brand',
  GET_MEMBERSHIP_ACTIVITY: 'brand',
  LIST_MEMBERSHIP_ACTIVITIES: 'brand',
  UPDATE_MEMBERSHIP_ACTIVITY: 'brand',
  TERMINATE_MEMBERSHIP_ACTIVITY: 'brand',
  UPLOAD_IMAGE: 'brand',
};

/** The owner of the data of one call. A call that names no user is treated as one about the brand, which members may not make. */
export const dataOwnerOf = (name: InterfaceName, openid: unknown): DataOwner => {
  const owner = owners[name];
  if (owner !== 'user') return owner;
  return typeof openid === 'string' ? { user: openid } : 'brand';
};
