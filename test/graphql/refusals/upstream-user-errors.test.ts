import { upstreamUserErrors } from '../../../src/graphql/refusals/upstream-user-errors';
import { Sentence } from '../../../src/shared/sentence';
import { AppError, type ErrorCode } from '../../../src/shared/errors';

const refused = (said: string, code: ErrorCode = 'UPSTREAM_REJECTED'): AppError =>
  new AppError(code, 'the upstream answered 400', {
    sent: true,
    upstream: {
      status: code === 'NOT_FOUND' ? 404 : 400,
      wechatCode: 'INVALID_REQUEST',
      sentence: new Sentence(said),
      requestId: '08F78BB5AF06-268575822',
      verified: true,
    },
  });

/** Every row of the error tables of the founding documents and of the partner documents: sentence, code, path. */
const documented = [
  ['参数错误', 'UPSTREAM_REJECTED', ''],
  ['HTTP 请求不符合微信支付 APIv3 接口规则', 'REQUEST_MALFORMED', ''],
  ['是否展示会员等级为 true，必填会员初始等级信息', 'REQUIRED', 'initLevel'],
  ['是否展示会员等级为 false，不允许填写会员初始等级信息', 'NOT_ALLOWED', 'initLevel'],
  ['会员码型为跳转商家小程序，必填会员码跳转信息', 'REQUIRED', 'codeJumpInformation'],
  ['会员码型不是跳转商家小程序，不允许填写会员码跳转信息', 'NOT_ALLOWED', 'codeJumpInformation'],
  ['非储值会员卡，不允许填写储值小程序信息', 'NOT_ALLOWED', 'balanceInformation'],
  ['非付费会员卡，不允许填写付费小程序信息', 'NOT_ALLOWED', 'purchaseInformation'],
  ['付费会员价格必须大于 0', 'INVALID', 'purchaseInformation.price'],
  ['商家请求单号重复', 'DUPLICATE_REQUEST_NO', 'outRequestNo'],
  ['AppID无效或与品牌 ID 没有绑定关系', 'BRAND_APPID_NOT_BOUND', 'appid'],
  ['会员中心跳转AppID 无效或与品牌 ID 没有绑定关系', 'BRAND_APPID_NOT_BOUND', 'memberInformation.jumpAppid'],
  ['会员码跳转AppID无效或与品牌 ID 没有绑定关系', 'BRAND_APPID_NOT_BOUND', 'codeJumpInformation.jumpAppid'],
  ['积分跳转AppID无效或与品牌 ID 没有绑定关系', 'BRAND_APPID_NOT_BOUND', 'pointsInformation.jumpAppid'],
  ['储值跳转AppID无效或与品牌 ID 没有绑定关系', 'BRAND_APPID_NOT_BOUND', 'balanceInformation.jumpAppid'],
  ['付费跳转AppID无效或与品牌 ID 没有绑定关系', 'BRAND_APPID_NOT_BOUND', 'purchaseInformation.jumpAppid'],
  ['请求内容或图片不符合法规，请重试', 'CONTENT_REJECTED', ''],
  ['会员卡模板数量超过限制，每个类型最多创建两个模板', 'TEMPLATE_LIMIT_REACHED', 'cardType'],
  ['卡名称太长，支持最长10个中文字、英文字符、标点', 'TOO_LONG', 'cardTitle'],
  ['卡名称仅支持中英文字符、数字和标点', 'INVALID', 'cardTitle'],
  ['暂不支持付费或储值的会员卡类型，请修改后重试', 'INVALID', 'cardType'],
  ['用户信息通用字段存在重复项', 'FORM_FIELD_DUPLICATE', 'userInformation.commonFieldList'],
  ['用户信息自定义字段存在重复项', 'FORM_FIELD_DUPLICATE', 'userInformation.customFieldList'],
  [
    '商户自定义信息最多一项，字段值列表最少1个，最多10个，单个列表限制8个字符',
    'TOO_LONG',
    'userInformation.customFieldList',
  ],
  [
    '用户信息自定义字段中，用户选择的值的字符串非法',
    'FORM_ANSWER_MALFORMED',
    'userInformation.customFieldList',
  ],
  ['商家未开通商家名片会员功能', 'PRODUCT_NOT_OPENED', 'brandId'],
  ['会员卡模板不存在', 'NOT_FOUND', 'cardId'],
  ['会员码型不是跳转商家小程序，不支持修改跳转信息', 'NOT_ALLOWED', 'codeJumpInformation'],
  ['卡模版有效期类型和请求的有效期类型不一致', 'INVALID', 'validDateInformation'],
  [
    '绝对有效期卡模板必填有效期信息，不允许填写有效天数信息',
    'REQUIRED',
    'validDateInformation.fixTimeRange.availableEndTime',
  ],
  [
    '固定时间范围不允许填写领取后有效天数',
    'NOT_ALLOWED',
    'validDateInformation.fixTerm.availableDayAfterReceive',
  ],
  ['固定时间范围的开始时间不能大于结束时间', 'INVALID', 'validDateInformation.fixTimeRange.availableEndTime'],
  [
    '相对有效期卡模板必填有效天数信息，不允许填写有效期信息',
    'REQUIRED',
    'validDateInformation.fixTerm.availableDayAfterReceive',
  ],
  ['领取后有效天数必须大于0', 'INVALID', 'validDateInformation.fixTerm.availableDayAfterReceive'],
  [
    '领取后有效天数不能大于30年（10958 天）',
    'INVALID',
    'validDateInformation.fixTerm.availableDayAfterReceive',
  ],
  ['永久有效不允许设置相对有效期', 'NOT_ALLOWED', 'validDateInformation.fixTerm.availableDayAfterReceive'],
  [
    '永久有效不允许设置固定时间有效的开始时间',
    'NOT_ALLOWED',
    'validDateInformation.fixTimeRange.availableBeginTime',
  ],
  [
    '永久有效不允许设置固定时间有效的结束时间',
    'NOT_ALLOWED',
    'validDateInformation.fixTimeRange.availableEndTime',
  ],
  ['会员中心跳转 AppID 或路径为空', 'REQUIRED', 'memberInformation'],
  ['会员码跳转 AppID 或路径为空', 'REQUIRED', 'codeJumpInformation'],
  ['积分跳转 AppID 或路径为空', 'REQUIRED', 'pointsInformation'],
  ['储值跳转 AppID 或路径为空', 'REQUIRED', 'balanceInformation'],
  ['付费跳转 AppID 或路径为空', 'REQUIRED', 'purchaseInformation'],
  ['OpenID 不属于品牌的 AppID', 'OPENID_NOT_OF_BRAND', 'openid'],
  ['OpenID 无效', 'INVALID', 'openid'],
  ['用户会员卡不存在', 'NOT_FOUND', 'userCardCode'],
  ['用户卡状态不正确，只能操作已激活的会员卡', 'CARD_NOT_EFFECTIVE', 'userCardCode'],
  ['请求的用户信息通用字段未定义在卡模版中', 'FORM_FIELD_UNKNOWN', 'userInformation.commonFieldList'],
  ['用户信息通用字段中，生日格式不正确', 'FORM_ANSWER_MALFORMED', 'userInformation.commonFieldList'],
  ['用户信息通用字段中，邮箱格式不正确', 'FORM_ANSWER_MALFORMED', 'userInformation.commonFieldList'],
  ['用户信息通用字段中，性别格式不正确', 'FORM_ANSWER_MALFORMED', 'userInformation.commonFieldList'],
  ['请求的用户信息自定义字段未定义在卡模版中', 'FORM_FIELD_UNKNOWN', 'userInformation.customFieldList'],
  ['用户卡code 无效，只能包含数字、英文、半角标点', 'INVALID', 'userCardCode'],
  ['用户不存在未激活的会员卡', 'CARD_NOT_WAITING', 'userCardCode'],
  ['该用户卡 code 已存在', 'CARD_ALREADY_EXISTS', 'userCardCode'],
  ['会员卡号分配方式为系统分配，不允许修改会员卡号', 'CARD_CODE_ALLOCATED_BY_WECHAT', 'userCardCode'],
  ['用户卡状态不正确，只能作废待激活或已生效的会员卡', 'CARD_ENDED', 'userCardCode'],
  ['OpenID有误', 'INVALID', 'openid'],
  ['当前用户非会员', 'NOT_A_MEMBER', 'userCardCode'],
  ['cell不合法', 'INVALID', 'cell'],
  ['该用户动态已存在', 'DUPLICATE_REQUEST_NO', 'outRequestNo'],
  ['品牌未开通名片会员', 'PRODUCT_NOT_OPENED', 'brandId'],
  ['openid无效', 'INVALID', 'openid'],
  ['积分兑券记录不存在', 'NOT_FOUND', 'recordId'],
  ['品牌会员卡模板不存在', 'NOT_FOUND', 'cardId'],
  ['品牌会员卡模板无效', 'TEMPLATE_NOT_USABLE', 'cardId'],
  ['该会员卡模板已有生效中的活动', 'ACTIVITY_EXISTS', 'cardId'],
  ['活动不存在', 'NOT_FOUND', 'activityId'],
  ['固定时间范围必填领取时间', 'REQUIRED', 'pickupTime'],
  ['无法导入已过期的会员卡', 'CARD_EXPIRED', ''],
  ['用户已有待激活的会员卡', 'CARD_WAITS_FOR_CONFIRMATION', ''],
  ['用户已有已生效的会员卡', 'CARD_ALREADY_EFFECTIVE', ''],
  ['用户主动删除了该会员卡，无法重新导入', 'CARD_DELETED_BY_USER', ''],
  ['会员卡模板无效', 'TEMPLATE_NOT_USABLE', 'cardId'],
  ['功能暂未开放', 'FEATURE_NOT_OPEN', 'brandId'],
  ['会员卡模板已过期', 'TEMPLATE_ENDED', 'cardId'],
  ['用户在一个卡模板下只能有一张有效的会员卡', 'CARD_ALREADY_EFFECTIVE', ''],
  ['品牌ID与商家AppID没有绑定', 'BRAND_APPID_NOT_BOUND', 'appid'],
  ['need_display_level为true时,init_level不能为空', 'REQUIRED', 'initLevel'],
  ['会员卡模版ID不属于该品牌', 'TEMPLATE_NOT_OF_BRAND', 'cardId'],
  ['该手机号已被导入过', 'PHONE_ALREADY_IMPORTED', 'phoneNumber'],
  ['手机号未绑定微信号,无法导入', 'PHONE_NOT_BOUND_TO_WECHAT', 'phoneNumber'],
  ['该手机号或会员卡code已存在', 'CARD_ALREADY_EXISTS', ''],
  ['传入时间不符合RFC3339标准格式', 'DATE_TIME_MALFORMED', ''],
] as const;

/** WeChat Pay's status is 404. */
const notFound: ReadonlySet<string> = new Set([
  '会员卡模板不存在',
  '用户会员卡不存在',
  '用户不存在未激活的会员卡',
  '积分兑券记录不存在',
  '活动不存在',
]);

describe('a business refusal', () => {
  test.each(documented)('%s is %s at %j', (message, code, path) => {
    const field = path === '' ? undefined : ['input', ...path.split('.')];
    const error = refused(message, notFound.has(message) ? 'NOT_FOUND' : 'UPSTREAM_REJECTED');
    expect(upstreamUserErrors(error, 'en')).toEqual([
      {
        field,
        code,
        message: expect.stringMatching(/^[a-zA-Z].*\.$/u) as unknown,
        wechatCode: 'INVALID_REQUEST',
        requestId: '08F78BB5AF06-268575822',
        wechatMessage: new Sentence(message).text,
      },
    ]);
  });

  test.each(documented)('%s has a Chinese message of our own too', (message) => {
    const [found] = upstreamUserErrors(refused(message), 'zh') ?? [];
    expect(found?.message).toMatch(/^\P{Ll}?.*\p{Script=Han}.*。$/u);
    expect(found?.message).not.toBe(message);
  });

  test.each(documented)('%s is recognised with commas of the other width and other spaces', (message) => {
    const narrow = message.replace(/\uff0c/g, ',').replace(/ /g, '');
    const wide = message.replace(/,/g, '\uff0c').replace(/(AppID|OpenID|code)/g, ' $1 ');
    const named = (text: string) =>
      upstreamUserErrors(refused(text), 'en')?.map(({ wechatMessage: _, ...rest }) => rest);
    expect(named(narrow)).toEqual(named(message));
    expect(named(wide)).toEqual(named(message));
  });

  test("repeats nothing personal of the upstream's text, which may quote the input", () => {
    for (const message of ['参数错误:13812345678', '该手机号已被导入过:13812345678', '13812345678'])
      for (const language of ['en', 'zh'] as const)
        expect(JSON.stringify(upstreamUserErrors(refused(message), language))).not.toContain('13812345678');
  });

  test('that no document lists is still a user error', () => {
    expect(upstreamUserErrors(refused('新的规则'), 'en')).toMatchObject([{ code: 'UPSTREAM_REJECTED' }]);
    expect(upstreamUserErrors(refused('新的对象', 'NOT_FOUND'), 'en')).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect(upstreamUserErrors(new AppError('UPSTREAM_REJECTED', 'no facts'), 'zh')).toEqual([
      { code: 'UPSTREAM_REJECTED', message: '微信支付拒绝了该请求。' },
    ]);
  });
});

describe('a missing permission that the caller can avoid with another object', () => {
  test.each([
    ['商家没有权限使用该动态信息模板', 'FEED_TEMPLATE_NOT_PERMITTED', 'cell'],
    ['没有该活动的访问权限', 'ACTIVITY_NOT_OF_BRAND', 'activityId'],
  ])('%s', (message, code, field) => {
    expect(upstreamUserErrors(refused(message, 'UPSTREAM_FORBIDDEN'), 'en')).toMatchObject([
      { code, field: ['input', field] },
    ]);
  });
});

describe('an error that other input cannot avoid', () => {
  test.each([
    'UPSTREAM_RATE_LIMITED',
    'UPSTREAM_UNAVAILABLE',
    'UPSTREAM_SIGNATURE_INVALID',
    'OUTCOME_UNKNOWN',
    'MISCONFIGURED',
    'UPSTREAM_FORBIDDEN',
  ] as const)('%s is no user error, whatever its message', (code) => {
    expect(upstreamUserErrors(refused('该手机号已被导入过', code), 'en')).toBeUndefined();
  });

  test('a fault of this server is no user error', () => {
    expect(upstreamUserErrors(new TypeError('该手机号已被导入过'), 'en')).toBeUndefined();
  });
});
