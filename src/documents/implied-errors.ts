import type { DocumentedError } from './error-tables';
import type { RuledInterface } from './interface-rules';

const param = (message: string): DocumentedError => ({ status: 400, code: 'PARAM_ERROR', message });
const request = (message: string): DocumentedError => ({ status: 400, code: 'INVALID_REQUEST', message });

const notOpened = request('商家未开通商家名片会员功能');

/** Every interface may return them (product-wide table, brand 4022247862). */
export const commonErrors: readonly DocumentedError[] = [
  param('参数错误'),
  request('HTTP 请求不符合微信支付 APIv3 接口规则'),
  param('请求中含有未在API文档中定义的参数'),
  notOpened,
];

const validity = [
  param('绝对有效期卡模板必填有效期信息，不允许填写有效天数信息'),
  param('固定时间范围不允许填写领取后有效天数'),
  param('固定时间范围的开始时间不能大于结束时间'),
  param('相对有效期卡模板必填有效天数信息，不允许填写有效期信息'),
  param('领取后有效天数必须大于0'),
];

const answers = [
  param('卡模版有效期类型和请求的有效期类型不一致'),
  ...validity,
  param('用户信息通用字段存在重复项'),
  param('用户信息自定义字段存在重复项'),
  param('商户自定义信息最多一项，字段值列表最少1个，最多10个，单个列表限制8个字符'),
  param('用户信息自定义字段中，用户选择的值的字符串非法'),
  param('请求的用户信息通用字段未定义在卡模版中'),
  param('用户信息通用字段中，生日格式不正确'),
  param('请求的用户信息自定义字段未定义在卡模版中'),
];

/**
 * Rules that the descriptions of an interface's fields state, with the sentences of another interface's table: the interface's own
 * table has no row for them.
 */
export const impliedErrors: Readonly<Partial<Record<RuledInterface, readonly DocumentedError[]>>> = {
  CREATE_CARD_TEMPLATE: validity,
  IMPORT_USER_CARD_BY_PHONE: [
    request('会员卡模板无效'),
    request('无法导入已过期的会员卡'),
    param('用户卡code 无效，只能包含数字、英文、半角标点'),
    param('请求内容或图片不符合法规，请重试'),
    ...answers,
  ],
  IMPORT_USER_CARD_BY_OPENID: answers,
};
