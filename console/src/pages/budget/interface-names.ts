import type { UpstreamInterface } from '../../api/documents';
import { inBoth } from '../../i18n/texts';

/** WeChat Pay's titles of its interfaces. */
const zh: Readonly<Record<UpstreamInterface, string>> = {
  CONFIRM_POINT_EXCHANGE_COUPON: '确认积分兑券',
  CONFIRM_USER_CARD: '确认用户开卡',
  CREATE_CARD_TEMPLATE: '创建会员卡模板',
  CREATE_MEMBERSHIP_ACTIVITY: '创建会员活动',
  CREATE_PRE_AUTH_TOKEN: '获取预授权 token',
  CREATE_USER_FEED: '发送会员动态',
  GET_CARD_TEMPLATE: '查询会员卡模板',
  GET_MEMBERSHIP_ACTIVITY: '查询会员活动',
  GET_USER_CARD: '查询用户会员卡',
  IMPORT_USER_CARD_BY_OPENID: '按 openid 导入会员',
  IMPORT_USER_CARD_BY_PHONE: '按手机号导入会员',
  INVALIDATE_CARD_TEMPLATE: '失效会员卡模板',
  INVALIDATE_USER_CARD: '失效用户会员卡',
  LIST_CARD_TEMPLATES: '查询会员卡模板列表',
  LIST_MEMBERSHIP_ACTIVITIES: '查询会员活动列表',
  LIST_USER_CARDS: '查询用户会员卡列表',
  SYNC_USER_POINTS: '同步用户积分',
  TERMINATE_MEMBERSHIP_ACTIVITY: '终止会员活动',
  UPDATE_CARD_TEMPLATE: '修改会员卡模板',
  UPDATE_MEMBERSHIP_ACTIVITY: '修改会员活动',
  UPDATE_USER_CARD: '修改用户会员卡',
  UPLOAD_IMAGE: '上传图片',
};

const en: Readonly<Record<UpstreamInterface, string>> = {
  CONFIRM_POINT_EXCHANGE_COUPON: 'Confirm exchange of points',
  CONFIRM_USER_CARD: 'Confirm opening',
  CREATE_CARD_TEMPLATE: 'Create template',
  CREATE_MEMBERSHIP_ACTIVITY: 'Create activity',
  CREATE_PRE_AUTH_TOKEN: 'Create pre-auth token',
  CREATE_USER_FEED: 'Send feed',
  GET_CARD_TEMPLATE: 'Read template',
  GET_MEMBERSHIP_ACTIVITY: 'Read activity',
  GET_USER_CARD: 'Read card',
  IMPORT_USER_CARD_BY_OPENID: 'Import by openid',
  IMPORT_USER_CARD_BY_PHONE: 'Import by phone',
  INVALIDATE_CARD_TEMPLATE: 'Invalidate template',
  INVALIDATE_USER_CARD: 'Invalidate card',
  LIST_CARD_TEMPLATES: 'List templates',
  LIST_MEMBERSHIP_ACTIVITIES: 'List activities',
  LIST_USER_CARDS: 'List cards',
  SYNC_USER_POINTS: 'Sync points',
  TERMINATE_MEMBERSHIP_ACTIVITY: 'Terminate activity',
  UPDATE_CARD_TEMPLATE: 'Update template',
  UPDATE_MEMBERSHIP_ACTIVITY: 'Update activity',
  UPDATE_USER_CARD: 'Update card',
  UPLOAD_IMAGE: 'Upload picture',
};

export const interfaceNames = inBoth(zh, en);
