import { AppError } from '../../shared/errors';
import type { UserError, UserErrorCode } from './user-error.type';
import type { Language } from './validate-input';

/** One business refusal: told apart by its Chinese message, as WeChat Pay's codes are coarse. */
interface Row {
  readonly message: RegExp;
  readonly code: UserErrorCode;
  readonly field?: readonly string[];
  readonly en: string;
  readonly zh: string;
}

const row = (
  message: RegExp,
  code: UserErrorCode,
  field: string | undefined,
  en: string,
  zh: string,
): Row => ({
  message,
  code,
  ...(field === undefined ? {} : { field: ['input', ...field.split('.')] }),
  en,
  zh,
});

/**
 * Error tables of the founding documents first, then of the partner documents of 2026. The texts are ours: the upstream's
 * may quote what was sent. Commas are matched in both widths: the documents print either.
 */
const rows: readonly Row[] = [
  row(
    /会员卡模[版板]ID不属于该品牌/,
    'TEMPLATE_NOT_OF_BRAND',
    'cardId',
    'The template does not belong to the brand.',
    '会员卡模板不属于该品牌。',
  ),
  row(
    /该手机号已被导入过/,
    'PHONE_ALREADY_IMPORTED',
    'phoneNumber',
    'The phone number has already been imported.',
    '该手机号已被导入过。',
  ),
  row(
    /手机号未绑定微信号/,
    'PHONE_NOT_BOUND_TO_WECHAT',
    'phoneNumber',
    'The phone number is not bound to a WeChat account.',
    '手机号未绑定微信号,无法导入。',
  ),
  row(
    /该手机号或会员卡code已存在/,
    'CARD_ALREADY_EXISTS',
    undefined,
    'The phone number or the card code exists already; update that card instead.',
    '该手机号或会员卡 code 已存在,请改用修改接口。',
  ),
  row(
    /该用户卡 ?code 已存在/,
    'CARD_ALREADY_EXISTS',
    'userCardCode',
    'The card code exists already.',
    '该用户卡 code 已存在。',
  ),
  row(
    /用户已有待激活的会员卡/,
    'CARD_ALREADY_EXISTS',
    undefined,
    'The user already has a card that waits for confirmation.',
    '用户已有待激活的会员卡。',
  ),
  row(
    /用户已有已生效的会员卡|只能有一张有效的会员卡/,
    'CARD_ALREADY_EXISTS',
    undefined,
    'The user already has a valid card.',
    '用户已有已生效的会员卡。',
  ),
  row(
    /用户主动删除了该会员卡/,
    'UPSTREAM_REJECTED',
    undefined,
    'The user deleted this card; it cannot be imported again.',
    '用户主动删除了该会员卡,无法重新导入。',
  ),
  row(
    /品牌 ?ID与商家AppID没有绑定|^AppID无效或与品牌/,
    'BRAND_APPID_NOT_BOUND',
    'appid',
    'The appid is not bound to the brand.',
    '品牌与该 AppID 没有绑定。',
  ),
  row(
    /会员中心跳转AppID ?无效/,
    'BRAND_APPID_NOT_BOUND',
    'memberInformation.jumpAppid',
    'This appid is not bound to the brand.',
    '会员中心跳转 AppID 与品牌没有绑定。',
  ),
  row(
    /会员码跳转AppID ?无效/,
    'BRAND_APPID_NOT_BOUND',
    'codeJumpInformation.jumpAppid',
    'This appid is not bound to the brand.',
    '会员码跳转 AppID 与品牌没有绑定。',
  ),
  row(
    /积分跳转AppID ?无效/,
    'BRAND_APPID_NOT_BOUND',
    'pointsInformation.jumpAppid',
    'This appid is not bound to the brand.',
    '积分跳转 AppID 与品牌没有绑定。',
  ),
  row(
    /储值跳转AppID ?无效/,
    'BRAND_APPID_NOT_BOUND',
    'balanceInformation.jumpAppid',
    'This appid is not bound to the brand.',
    '储值跳转 AppID 与品牌没有绑定。',
  ),
  row(
    /付费跳转AppID ?无效/,
    'BRAND_APPID_NOT_BOUND',
    'purchaseInformation.jumpAppid',
    'This appid is not bound to the brand.',
    '付费跳转 AppID 与品牌没有绑定。',
  ),
  row(
    /init_level不能为空|必填会员初始等级信息/,
    'REQUIRED',
    'initLevel',
    'initLevel is needed where needDisplayLevel is true.',
    '展示会员等级时必填会员初始等级。',
  ),
  row(
    /不允许填写会员初始等级信息/,
    'INVALID',
    'initLevel',
    'initLevel is not allowed where needDisplayLevel is false.',
    '不展示会员等级时不能填写会员初始等级。',
  ),
  row(
    /必填会员码跳转信息/,
    'REQUIRED',
    'codeJumpInformation',
    'codeJumpInformation is needed for JUMP_MINI_PROGRAM.',
    '会员码型为跳转商家小程序时必填跳转信息。',
  ),
  row(
    /不允许填写会员码跳转信息/,
    'INVALID',
    'codeJumpInformation',
    'codeJumpInformation is for JUMP_MINI_PROGRAM only.',
    '会员码型不是跳转商家小程序,不能填写跳转信息。',
  ),
  row(
    /不允许填写储值小程序信息/,
    'INVALID',
    'balanceInformation',
    'balanceInformation is for stored-value cards only.',
    '非储值会员卡不能填写储值小程序信息。',
  ),
  row(
    /不允许填写付费小程序信息/,
    'INVALID',
    'purchaseInformation',
    'purchaseInformation is for paid cards only.',
    '非付费会员卡不能填写付费小程序信息。',
  ),
  row(
    /价格必须大于/,
    'INVALID',
    'purchaseInformation.price',
    'The price must be above 0.',
    '付费会员价格必须大于 0。',
  ),
  row(
    /商家请求单号重复/,
    'DUPLICATE_REQUEST_NO',
    'outRequestNo',
    'The request number was used before.',
    '商家请求单号重复。',
  ),
  row(
    /模板数量超过限制/,
    'UPSTREAM_REJECTED',
    'cardType',
    'The brand has all the templates of this type that it may have.',
    '会员卡模板数量超过限制。',
  ),
  row(
    /暂不支持付费或储值/,
    'INVALID',
    'cardType',
    'Only NORMAL cards are open yet.',
    '暂不支持付费或储值的会员卡类型。',
  ),
  row(
    /卡名称太长/,
    'TOO_LONG',
    'cardTitle',
    'cardTitle has at most 10 characters.',
    '卡名称最长 10 个字符。',
  ),
  row(
    /卡名称仅支持/,
    'INVALID',
    'cardTitle',
    'cardTitle has Chinese and English characters, digits and punctuation only.',
    '卡名称仅支持中英文字符、数字和标点。',
  ),
  row(
    /商家未开通商家名片会员功能|品牌未开通名片会员|功能暂未开放/,
    'UPSTREAM_REJECTED',
    'brandId',
    'WeChat Pay has not opened member cards for this brand.',
    '该品牌未开通商家名片会员功能。',
  ),
  row(
    /会员卡模板无效|会员卡模板已过期/,
    'UPSTREAM_REJECTED',
    'cardId',
    'The template is no longer valid.',
    '会员卡模板已失效。',
  ),
  row(/会员卡模板不存在/, 'NOT_FOUND', 'cardId', 'There is no such template.', '会员卡模板不存在。'),
  row(
    /用户会员卡不存在|不存在未激活的会员卡/,
    'NOT_FOUND',
    'userCardCode',
    'There is no such card.',
    '用户会员卡不存在。',
  ),
  row(/openid ?(无效|有误)/i, 'INVALID', 'openid', 'The openid is not valid.', 'OpenID 无效。'),
  row(
    /openid ?不属于品牌/i,
    'INVALID',
    'openid',
    "The openid does not belong to the brand's appid.",
    'OpenID 不属于品牌的 AppID。',
  ),
  row(
    /只能操作已激活的会员卡/,
    'UPSTREAM_REJECTED',
    'userCardCode',
    'Only an EFFECTIVE card can be changed.',
    '只能操作已激活的会员卡。',
  ),
  row(
    /只能作废待激活或已生效/,
    'UPSTREAM_REJECTED',
    'userCardCode',
    'Only an UNACTIVATED or EFFECTIVE card can be invalidated.',
    '只能作废待激活或已生效的会员卡。',
  ),
  row(
    /系统分配[,,]不允许修改会员卡号/,
    'INVALID',
    'userCardCode',
    'The card code is allocated by WeChat Pay and cannot be set.',
    '会员卡号由系统分配,不能修改。',
  ),
  row(
    /用户卡 ?code 无效/,
    'INVALID',
    'userCardCode',
    'The card code has digits, letters and half-width punctuation only.',
    '用户卡 code 只能包含数字、英文和半角标点。',
  ),
  row(/必填领取时间/, 'REQUIRED', 'pickupTime', 'pickupTime is needed.', '必填领取时间。'),
  row(
    /领取时间必须早于/,
    'INVALID',
    'pickupTime',
    'pickupTime must be in the past.',
    '领取时间必须早于当前时间。',
  ),
  row(
    /无法导入已过期的会员卡/,
    'INVALID',
    'pickupTime',
    'The card has expired already.',
    '无法导入已过期的会员卡。',
  ),
  row(
    /有效期类型.*不一致/,
    'INVALID',
    'validDateInformation.type',
    "The type must be the template's.",
    '有效期类型须与会员卡模板一致。',
  ),
  row(
    /开始时间不能大于结束时间/,
    'INVALID',
    'validDateInformation.availableEndTime',
    'availableEndTime must not be before availableBeginTime.',
    '结束时间不能早于开始时间。',
  ),
  row(
    /领取后有效天数/,
    'INVALID',
    'validDateInformation.availableDayAfterReceive',
    'availableDayAfterReceive must be from 1 to 10958, for FIX_TERM only.',
    '领取后有效天数须为 1 至 10958,仅用于 FIX_TERM。',
  ),
  row(
    /有效期卡模板|永久有效不允许|RFC3339/,
    'INVALID',
    'validDateInformation',
    'validDateInformation does not fit its type.',
    '有效期信息与类型不符。',
  ),
  row(
    /通用字段未定义在卡模[版板]中|自定义字段未定义在卡模[版板]中/,
    'INVALID',
    'userInformation',
    "The template's form has no such field.",
    '该开卡信息字段未在会员卡模板中定义。',
  ),
  row(
    /用户信息通用字段/,
    'INVALID',
    'userInformation.commonFieldList',
    'An answer has the wrong format or comes twice.',
    '通用开卡信息格式不正确或重复。',
  ),
  row(
    /用户信息自定义字段|商户自定义信息/,
    'INVALID',
    'userInformation.customFieldList',
    'A custom field breaks a rule.',
    '自定义开卡信息不符合规则。',
  ),
  row(
    /不符合法规/,
    'UPSTREAM_REJECTED',
    undefined,
    'WeChat Pay holds the content or the picture to be non-compliant.',
    '内容或图片不符合法规。',
  ),
];

const anyRefusal: Omit<Row, 'message'> = {
  code: 'UPSTREAM_REJECTED',
  en: 'WeChat Pay refused the request.',
  zh: '微信支付拒绝了该请求。',
};

/** A business refusal as user errors; `undefined` where the caller could not mend it by sending other input. */
export const upstreamUserErrors = (error: unknown, language: Language): readonly UserError[] | undefined => {
  if (!(error instanceof AppError) || (error.code !== 'UPSTREAM_REJECTED' && error.code !== 'NOT_FOUND'))
    return undefined;
  const { wechatCode, wechatMessage = '', requestId } = error.upstream ?? {};
  const { field, code, ...texts } = rows.find(({ message }) => message.test(wechatMessage)) ?? anyRefusal;
  return [{ field, code, message: texts[language], wechatCode, requestId }];
};
