import type { Refusal } from './refusals';

/** Feeds, points and activities: the rows of the partner documents. */
export const memberServiceRefusals: readonly Refusal[] = [
  {
    says: ['cell不合法'],
    code: 'INVALID',
    at: 'cell',
    en: 'cell is not valid.',
    zh: 'cell 不合法。',
  },
  {
    says: ['当前用户非会员'],
    code: 'NOT_A_MEMBER',
    at: 'userCardCode',
    en: 'The user is no member: there is no such valid card.',
    zh: '该用户不是会员：没有有效的会员卡。',
  },
  {
    says: ['积分兑券记录不存在'],
    code: 'NOT_FOUND',
    at: 'recordId',
    en: 'There is no such wish for a coupon.',
    zh: '积分兑券记录不存在。',
  },
  {
    says: ['该会员卡模板已有生效中的活动'],
    code: 'ACTIVITY_EXISTS',
    at: 'cardId',
    en: 'An activity of this template is under way; end it or take another template.',
    zh: '该会员卡模板已有生效中的活动。',
  },
  {
    says: ['活动不存在'],
    code: 'NOT_FOUND',
    at: 'activityId',
    en: 'There is no such activity.',
    zh: '活动不存在。',
  },
];

/** The missing permissions (403) that the caller can correct by using another object. */
export const permissionRefusals: readonly Refusal[] = [
  {
    says: ['商家没有权限使用该动态信息模板'],
    code: 'FEED_TEMPLATE_NOT_PERMITTED',
    at: 'cell',
    en: 'The brand may not use this feed template; WeChat Pay opens it on request.',
    zh: '商家没有权限使用该动态信息模板。',
  },
  {
    says: ['没有该活动的访问权限'],
    code: 'ACTIVITY_NOT_OF_BRAND',
    at: 'activityId',
    en: 'The activity is not of this brand.',
    zh: '该活动不属于该品牌。',
  },
];
