import type { Refusal } from './refusals';

/** Returned by WeChat Pay, or by this server if it remembers the number. */
export const usedNumber: Refusal = {
  says: ['商家请求单号重复', '该用户动态已存在'],
  code: 'DUPLICATE_REQUEST_NO',
  at: 'outRequestNo',
  en: 'outRequestNo was used before, and nothing with it and the same content is known. Use another one.',
  zh: 'outRequestNo 已被使用，且未查到内容相同的对象，请更换单号。',
};

/** Refusals that every interface can return: brand, openid, request numbers, times and the request itself. */
export const generalRefusals: readonly Refusal[] = [
  {
    says: ['商家未开通商家名片会员功能', '品牌未开通名片会员'],
    code: 'PRODUCT_NOT_OPENED',
    at: 'brandId',
    en: 'WeChat Pay has not opened member cards for this brand.',
    zh: '该品牌未开通商家名片会员功能。',
  },
  {
    says: ['功能暂未开放'],
    code: 'FEATURE_NOT_OPEN',
    at: 'brandId',
    en: 'WeChat Pay has not opened this function for the brand.',
    zh: '微信支付尚未对该品牌开放此功能。',
  },
  {
    says: ['OpenID无效', 'OpenID有误'],
    numbers: [268575635],
    code: 'INVALID',
    at: 'openid',
    en: 'openid is not valid.',
    zh: 'openid 无效，请检查。',
  },
  {
    says: ['OpenID不属于品牌的AppID'],
    code: 'OPENID_NOT_OF_BRAND',
    at: 'openid',
    en: "openid does not belong to the brand's appid.",
    zh: 'openid 不是该品牌 AppID 下的用户标识。',
  },
  usedNumber,
  {
    says: ['传入时间不符合RFC3339标准格式'],
    numbers: [268576040],
    code: 'DATE_TIME_MALFORMED',
    en: 'A time is not an RFC 3339 date-time with an offset.',
    zh: '时间格式不符合 RFC 3339（须带时区）。',
  },
  {
    says: ['请求内容或图片不符合法规'],
    code: 'CONTENT_REJECTED',
    en: 'WeChat Pay considers the content or the picture non-compliant.',
    zh: '文字或图片内容不合规，请修改。',
  },
  {
    says: ['请求中含有未在API文档中定义的参数'],
    numbers: [270924358],
    code: 'UNKNOWN_PARAMETER',
    en: 'WeChat Pay does not know a field of this request.',
    zh: '请求中含有微信支付未定义的字段。',
  },
  {
    says: ['HTTP请求不符合微信支付APIv3接口规则'],
    code: 'REQUEST_MALFORMED',
    en: 'WeChat Pay says that the request breaks its interface rules; report it to the operator of this server.',
    zh: '请求不符合微信支付接口规则，请联系本服务的运维人员。',
  },
  {
    says: ['上传的图片内容为空'],
    numbers: [268576481],
    code: 'IMAGE_EMPTY',
    en: 'The picture is empty.',
    zh: '图片内容为空。',
  },
  {
    says: [],
    numbers: [268576482, 268576501],
    code: 'IMAGE_TOO_LARGE',
    en: 'The picture is too large: at most 2 MB and 5000 × 5000 pixels.',
    zh: '图片过大：最大 2 MB、5000 × 5000 像素。',
  },
  {
    says: [],
    numbers: [268576483],
    code: 'IMAGE_TYPE_NOT_SUPPORTED',
    en: 'WeChat Pay does not accept pictures of this type.',
    zh: '不支持该类型的图片。',
  },
  {
    says: [],
    numbers: [268576484, 268576485],
    code: 'IMAGE_DAMAGED',
    en: 'The picture did not arrive as it was sent; upload it again.',
    zh: '图片与上传内容不一致，请重新上传。',
  },
];

/** A PARAM_ERROR that says only 参数错误. WeChat Pay's sentence and `detail` say which value and why. */
export const wrongParameter: Refusal = {
  says: [],
  code: 'INVALID',
  en: 'WeChat Pay refused a value of the request; see wechatMessage.',
  zh: '微信支付认为请求中有参数错误，详见 wechatMessage。',
};

/** The message if no document lists the upstream's sentence. */
export const unnamedRefusal: Refusal = {
  says: [],
  code: 'UPSTREAM_REJECTED',
  en: 'WeChat Pay refused the request.',
  zh: '微信支付拒绝了该请求。',
};

export const unnamedAbsence: Refusal = {
  says: [],
  code: 'NOT_FOUND',
  en: 'WeChat Pay knows no such object.',
  zh: '微信支付没有该对象。',
};
