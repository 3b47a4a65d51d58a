/**
 * The business refusals of the documents' error tables, as data. Which interface has which: refusals-of.ts. Sentences are
 * those of the partner documents of 2026, of the founding documents where those are the only ones (`…2025`), and of the
 * product-wide table (brand 4022247862). They are written out, not shared with the server that this sandbox tests.
 */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** How to provoke it. */
  readonly how: string;
  /** Ends the Request-ID; absent if no document prints it. */
  readonly number?: number;
}

const refusal =
  (status: number, code: string) =>
  (message: string, how: string, number?: number): Refusal => ({
    status,
    code,
    message,
    how,
    ...(number === undefined ? {} : { number }),
  });
const param = refusal(400, 'PARAM_ERROR');
const request = refusal(400, 'INVALID_REQUEST');
const missing = refusal(404, 'NOT_FOUND');
const forbidden = refusal(403, 'NO_AUTH');
const existing = refusal(400, 'ALREADY_EXISTS');

const unbound = (name: string, field: string): Refusal =>
  param(`${name}无效或与品牌 ID 没有绑定关系`, `\`${field}.jump_appid\` starts with \`wxunbound\``);
const empty = (name: string, field: string): Refusal =>
  param(`${name}跳转 AppID 或路径为空`, `\`${field}\` without \`jump_appid\` or \`jump_path\``);

const all = {
  // Every interface.
  notOpened: request('商家未开通商家名片会员功能', 'a `brand_id` that the sandbox does not have'),
  brandNotOpened: request('品牌未开通名片会员', 'a `brand_id` that the sandbox does not have'),
  notCompliant: param('请求内容或图片不符合法规，请重试', '`违规` anywhere in the request'),
  openidInvalid: request('OpenID 无效', '`openid` starts with `invalid`', 268_575_635),
  openidForeign: request('OpenID 不属于品牌的 AppID', '`openid` starts with `foreign`'),

  // Templates.
  templateMissing: missing('会员卡模板不存在', 'a `card_id` that the brand does not have'),
  templateInvalid: request('会员卡模板无效', 'an invalidated or unknown template'),
  templateEnded: request('会员卡模板已过期', 'a template whose fixed time range has ended (move the clock)'),
  levelMissing: param(
    '是否展示会员等级为 true，必填会员初始等级信息',
    '`need_display_level: true` without `init_level`',
  ),
  levelMissing2025: request(
    'need_display_level为true时,init_level不能为空',
    'the same, with the documents of 2025',
  ),
  levelNotShown: param(
    '是否展示会员等级为 false，不允许填写会员初始等级信息',
    '`init_level` without `need_display_level: true`',
  ),
  codeJumpMissing: param(
    '会员码型为跳转商家小程序，必填会员码跳转信息',
    '`JUMP_MINI_PROGRAM` without `code_jump_information`',
  ),
  codeJumpForbidden: param(
    '会员码型不是跳转商家小程序，不允许填写会员码跳转信息',
    '`code_jump_information` with another `code_type`',
  ),
  codeJumpFixed: param(
    '会员码型不是跳转商家小程序，不支持修改跳转信息',
    '`code_jump_information` for a template of another `code_type`',
  ),
  balanceForbidden: param(
    '非储值会员卡，不允许填写储值小程序信息',
    '`balance_information` of a `NORMAL` card',
  ),
  purchaseForbidden: param(
    '非付费会员卡，不允许填写付费小程序信息',
    '`purchase_information` of a `NORMAL` card',
  ),
  price: param('付费会员价格必须大于 0', '`purchase_information.price` of 0 or less'),
  requestNoTaken: param('商家请求单号重复', 'the `out_request_no` of an earlier request'),
  appidUnbound: param('AppID无效或与品牌 ID 没有绑定关系', "an `appid` that is not the brand's"),
  appidUnbound2025: request('品牌ID与商家AppID没有绑定', 'the same, with the documents of 2025'),
  memberAppidUnbound: unbound('会员中心跳转AppID ', 'member_information'),
  codeAppidUnbound: unbound('会员码跳转AppID', 'code_jump_information'),
  pointsAppidUnbound: unbound('积分跳转AppID', 'points_information'),
  balanceAppidUnbound: unbound('储值跳转AppID', 'balance_information'),
  purchaseAppidUnbound: unbound('付费跳转AppID', 'purchase_information'),
  memberJumpEmpty: empty('会员中心', 'member_information'),
  codeJumpEmpty: empty('会员码', 'code_jump_information'),
  pointsJumpEmpty: empty('积分', 'points_information'),
  balanceJumpEmpty: empty('储值', 'balance_information'),
  purchaseJumpEmpty: empty('付费', 'purchase_information'),
  tooManyTemplates: request(
    '会员卡模板数量超过限制，每个类型最多创建两个模板',
    'more templates of a type than `maxTemplatesPerType` (50 here, 2 at WeChat Pay)',
  ),
  titleTooLong: param('卡名称太长，支持最长10个中文字、英文字符、标点', '`card_title` of 11 characters'),
  titleCharacters: param('卡名称仅支持中英文字符、数字和标点', '`card_title` with other characters'),
  typeNotOpen: request('暂不支持付费或储值的会员卡类型，请修改后重试', '`card_type` other than `NORMAL`'),

  // Validity.
  typeDiffers: param('卡模版有效期类型和请求的有效期类型不一致', "a `type` that is not the template's"),
  rangeIncomplete: param(
    '绝对有效期卡模板必填有效期信息，不允许填写有效天数信息',
    '`FIX_TIME_RANGE` without begin or end',
  ),
  rangeWithDays: param('固定时间范围不允许填写领取后有效天数', '`FIX_TIME_RANGE` with days'),
  rangeReversed: param('固定时间范围的开始时间不能大于结束时间', 'a range that begins after its end'),
  termIncomplete: param(
    '相对有效期卡模板必填有效天数信息，不允许填写有效期信息',
    '`FIX_TERM` without days, or with begin or end',
  ),
  daysTooFew: param('领取后有效天数必须大于0', '0 days'),
  daysTooMany: param('领取后有效天数不能大于30年（10958 天）', '10959 days'),
  permanentWithDays: param('永久有效不允许设置相对有效期', '`PERMANENT` with days'),
  permanentWithBegin: param('永久有效不允许设置固定时间有效的开始时间', '`PERMANENT` with a begin'),
  permanentWithEnd: param('永久有效不允许设置固定时间有效的结束时间', '`PERMANENT` with an end'),

  // Forms and answers.
  commonTwice: param('用户信息通用字段存在重复项', 'a common field twice'),
  customTwice: param('用户信息自定义字段存在重复项', 'two custom fields of one `name`'),
  customRules: param(
    '商户自定义信息最多一项，字段值列表最少1个，最多10个，单个列表限制8个字符',
    'two custom fields, no value, 11 values, or a value of 9 characters',
  ),
  customValue: param(
    '用户信息自定义字段中，用户选择的值的字符串非法',
    'a value with a control character or invalid UTF-8',
  ),
  commonUnknown: param(
    '请求的用户信息通用字段未定义在卡模版中',
    "a common field that the template's form lacks",
  ),
  customUnknown: param(
    '请求的用户信息自定义字段未定义在卡模版中',
    "a custom field that the template's form lacks",
  ),
  birthday: param('用户信息通用字段中，生日格式不正确', 'a birthday that is not `yyyy-MM-dd`'),
  email: param('用户信息通用字段中，邮箱格式不正确', 'an e-mail address without `@`'),
  sex: param('用户信息通用字段中，性别格式不正确', 'a sex other than 男 or 女'),

  // Cards.
  cardMissing: missing('用户会员卡不存在', 'a card that the user does not have'),
  cardNotEffective: request(
    '用户卡状态不正确，只能操作已激活的会员卡',
    'an update of a card that is not `EFFECTIVE`; a confirmation of one that has expired',
  ),
  cardNotInvalidatable: request(
    '用户卡状态不正确，只能作废待激活或已生效的会员卡',
    'a card that is `INVALID` or `EXPIRED`',
  ),
  openidWrong: param('OpenID有误', 'an `openid` that is not the owner of the card'),
  codeInvalid: param('用户卡code 无效，只能包含数字、英文、半角标点', 'a code with other characters'),
  codeTaken: request('该用户卡 code 已存在', 'a code that the template has already'),
  codeAllocated: request(
    '会员卡号分配方式为系统分配，不允许修改会员卡号',
    'another code than that of the card, if the template is `SYSTEM_ALLOCATE`',
  ),
  noneWaiting: missing('用户不存在未激活的会员卡', 'a user without an `UNACTIVATED` card', 268_575_533),
  pickupMissing: param('固定时间范围必填领取时间', '`FIX_TIME_RANGE` without `pickup_time`'),
  expiredAlready: request('无法导入已过期的会员卡', 'a validity that has ended'),
  holdsWaiting: request('用户已有待激活的会员卡', 'a user with an `UNACTIVATED` card', 268_575_528),
  holdsEffective: request('用户已有已生效的会员卡', 'a user with an `EFFECTIVE` card', 268_575_529),
  deletedByUser: request(
    '用户主动删除了该会员卡，无法重新导入',
    'a user who deleted the card (`POST /sandbox/users/delete`), or an `openid` that starts with `deleted`',
  ),
  holdsValid: request(
    '用户在一个卡模板下只能有一张有效的会员卡',
    'a user with an `UNACTIVATED` or `EFFECTIVE` card',
  ),
  templateOfOther: request('会员卡模版ID不属于该品牌', 'a `card_id` that the brand does not have'),
  phoneImported: request('该手机号已被导入过', 'a phone number that the template has already'),
  phoneUnbound: request('手机号未绑定微信号,无法导入', 'a phone number that ends in `0000`'),
  phoneOrCodeTaken: request('该手机号或会员卡code已存在', 'a code that the template has already'),

  // Tokens, feeds, points, activities.
  featureClosed: request('功能暂未开放', '`openid` starts with `closed`'),
  feedForbidden: forbidden('商家没有权限使用该动态信息模板', 'a `cell` of feed template `99`'),
  notMember: request('当前用户非会员', 'a user without this `EFFECTIVE` card'),
  cell: param('cell不合法', 'a `cell` that is not `<template>_<variable>…`'),
  feedExists: existing('该用户动态已存在', 'the `out_request_no` of an earlier feed'),
  feedOpenid: request('openid无效', '`openid` starts with `invalid`'),
  exchangeMissing: missing('积分兑券记录不存在', 'a `record_id` that the member does not have'),
  activityTemplateMissing: request('品牌会员卡模板不存在', 'a `card_id` that the brand does not have'),
  activityTemplateInvalid: request('品牌会员卡模板无效', 'an invalidated template'),
  activityUnderWay: existing('该会员卡模板已有生效中的活动', 'a template with an activity under way'),
  activityMissing: missing('活动不存在', 'an `activity_id` that does not exist'),
  activityForeign: forbidden('没有该活动的访问权限', 'an activity of another brand'),
} as const;

export type RefusalName = keyof typeof all;
export const refusals: Readonly<Record<RefusalName, Refusal>> = all;
