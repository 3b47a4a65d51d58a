import type { Refusal } from './refusals';

/** The documents' name of each jump, and the field that holds it. */
const jumps = [
  ['会员中心', 'memberInformation'],
  ['会员码', 'codeJumpInformation'],
  ['积分', 'pointsInformation'],
  ['储值', 'balanceInformation'],
  ['付费', 'purchaseInformation'],
] as const;

const jumpRefusals = jumps.flatMap(([name, field]): readonly Refusal[] => [
  {
    says: [`${name}跳转AppID无效或与品牌ID没有绑定关系`],
    code: 'BRAND_APPID_NOT_BOUND',
    at: `${field}.jumpAppid`,
    en: `${field}.jumpAppid is not valid or not bound to the brand.`,
    zh: `${name}跳转 AppID 无效或与品牌没有绑定。`,
  },
  {
    says: [`${name}跳转AppID或路径为空`, ...(field === 'codeJumpInformation' ? ['必填会员码跳转信息'] : [])],
    code: 'REQUIRED',
    at: field,
    en: `${field} needs both jumpAppid and jumpPath.`,
    zh: `${name}跳转须同时填写 AppID 和路径。`,
  },
]);

/** Create and update card template: the founding document's rows and those of the partner documents of 2026. */
export const templateRefusals: readonly Refusal[] = [
  ...jumpRefusals,
  {
    says: ['品牌ID与商家AppID没有绑定', 'AppID无效或与品牌ID没有绑定关系'],
    code: 'BRAND_APPID_NOT_BOUND',
    at: 'appid',
    en: 'appid is not valid or not bound to the brand.',
    zh: 'AppID 无效或与品牌没有绑定。',
  },
  {
    says: ['init_level不能为空', '必填会员初始等级信息'],
    code: 'REQUIRED',
    at: 'initLevel',
    en: 'initLevel is needed if needDisplayLevel is true.',
    zh: '展示会员等级时必填会员初始等级。',
  },
  {
    says: ['不允许填写会员初始等级信息'],
    code: 'NOT_ALLOWED',
    at: 'initLevel',
    en: 'initLevel is not allowed if needDisplayLevel is false.',
    zh: '不展示会员等级时不能填写会员初始等级。',
  },
  {
    says: ['不允许填写会员码跳转信息', '不支持修改跳转信息'],
    code: 'NOT_ALLOWED',
    at: 'codeJumpInformation',
    en: 'codeJumpInformation is for JUMP_MINI_PROGRAM only.',
    zh: '会员码型不是跳转商家小程序，不能填写跳转信息。',
  },
  {
    says: ['不允许填写储值小程序信息'],
    code: 'NOT_ALLOWED',
    at: 'balanceInformation',
    en: 'balanceInformation is for BALANCE cards only.',
    zh: '非储值会员卡不能填写储值小程序信息。',
  },
  {
    says: ['不允许填写付费小程序信息'],
    code: 'NOT_ALLOWED',
    at: 'purchaseInformation',
    en: 'purchaseInformation is for PURCHASE cards only.',
    zh: '非付费会员卡不能填写付费小程序信息。',
  },
  {
    says: ['付费会员价格必须大于0'],
    code: 'INVALID',
    at: 'purchaseInformation.price',
    en: 'purchaseInformation.price must be above 0.',
    zh: '付费会员价格必须大于 0。',
  },
  {
    says: ['会员卡模板数量超过限制'],
    code: 'TEMPLATE_LIMIT_REACHED',
    at: 'cardType',
    en: 'The brand already has as many templates of this type as it may have.',
    zh: '该类型的会员卡模板数量超过限制。',
  },
  {
    says: ['暂不支持付费或储值的会员卡类型'],
    code: 'INVALID',
    at: 'cardType',
    en: 'WeChat Pay opens cardType NORMAL only, so far.',
    zh: '暂不支持付费或储值的会员卡类型。',
  },
  {
    says: ['卡名称太长'],
    code: 'TOO_LONG',
    at: 'cardTitle',
    en: 'cardTitle must have at most 10 characters.',
    zh: '卡名称最长 10 个字符。',
  },
  {
    says: ['卡名称仅支持中英文字符'],
    code: 'INVALID',
    at: 'cardTitle',
    en: 'cardTitle must have Chinese and English characters, digits and punctuation only.',
    zh: '卡名称仅支持中英文字符、数字和标点。',
  },
];
