/** What a cell of a column is read as (values/read-value.ts). */
export type ValueKind =
  | 'phone'
  | 'openid'
  | 'code'
  | 'text'
  | 'word'
  | 'beginTime'
  | 'endTime'
  | 'day'
  | 'days'
  | 'points'
  | 'flag'
  | 'state'
  | 'sex';

export interface ColumnRule {
  readonly value: ValueKind;
  /** WeChat Pay's name of the field, as in src/documents. `undefined`: of no request, only compared. */
  readonly upstream: string | undefined;
  /** The header of templates and results. */
  readonly en: string;
  readonly zh: string;
  /** Other headers, separated by `|`. Compared without case, spaces, brackets and marks (headers.ts). */
  readonly aliases: string;
  readonly example: string;
  /** May be shown in a preview, as far as the cell is a value of its kind. All others are masked. */
  readonly isPublic?: boolean;
}

const answer = 'user_information.common_field_list.value';
const validity = (member: string): string => `valid_date_information.${member}`;

/** Every column that some kind of operation takes. */
export const columnRules = {
  phoneNumber: {
    value: 'phone',
    upstream: 'phone_number',
    en: 'phone number',
    zh: '手机号',
    aliases:
      '手机|手机号码|电话|电话号码|联系电话|联系手机|联系方式|绑定手机号|移动电话|phone|phone no|' +
      'mobile|mobile number|mobile no|mobile phone|cell phone|tel|telephone',
    example: '13800138000',
  },
  userCardCode: {
    value: 'code',
    upstream: 'user_card_code',
    en: 'card code',
    zh: '会员卡号',
    aliases:
      '卡号|会员号|会员编号|会员卡编号|会员码|卡编号|实体卡号|会员卡code|会员id|code|' +
      'user card code|card number|card no|member number|member no|member id|membership number',
    example: '100100200300',
  },
  openid: {
    value: 'openid',
    upstream: 'openid',
    en: 'openid',
    zh: 'openid',
    aliases: '微信openid|wechat openid|wx openid|小程序openid|公众号openid',
    example: 'oLTPCuN5a-nBD4rAL_fa9V26ds5k',
  },
  level: {
    value: 'text',
    upstream: 'level',
    en: 'level',
    zh: '等级',
    aliases:
      '级别|等级名称|会员卡等级|会员级别|tier|grade|member level|member tier|membership level|' +
      'membership tier',
    example: '金卡',
    isPublic: true,
  },
  validBegin: {
    value: 'beginTime',
    upstream: validity('available_begin_time'),
    en: 'valid from',
    zh: '有效期开始',
    aliases:
      '有效期开始时间|有效期开始日期|有效期起|有效期起始|有效期自|生效时间|生效日期|开始时间|' +
      '开始日期|begin|begin time|begin date|start|start time|start date|available begin time',
    example: '2026-01-01',
    isPublic: true,
  },
  validEnd: {
    value: 'endTime',
    upstream: validity('available_end_time'),
    en: 'valid until',
    zh: '有效期结束',
    aliases:
      '有效期结束时间|有效期结束日期|有效期止|有效期至|有效期截止|到期时间|到期日期|到期日|' +
      '过期时间|过期日期|失效时间|失效日期|截止日期|截止时间|结束时间|结束日期|valid to|end|' +
      'end time|end date|expiry|expiry date|expires|expires at|expiration date|available end time',
    example: '2027-12-31',
    isPublic: true,
  },
  validDays: {
    value: 'days',
    upstream: validity('available_day_after_receive'),
    en: 'valid days',
    zh: '领取后有效天数',
    aliases: '有效天数|有效期天数|days|available day after receive',
    example: '365',
    isPublic: true,
  },
  permanent: {
    value: 'flag',
    upstream: validity('type'),
    en: 'permanent',
    zh: '永久有效',
    aliases: '是否永久有效|永久|is permanent',
    example: '是',
    isPublic: true,
  },
  pickupTime: {
    value: 'beginTime',
    upstream: 'pickup_time',
    en: 'pickup time',
    zh: '领取时间',
    aliases:
      '领取日期|领卡时间|领卡日期|开卡时间|开卡日期|入会时间|入会日期|注册时间|注册日期|加入时间|' +
      '成为会员时间|joined|joined at|join date|registered at|registration date|member since',
    example: '2026-01-01 10:30:00',
  },
  cardColor: {
    value: 'word',
    upstream: 'card_color',
    en: 'card color',
    zh: '卡背景颜色',
    aliases: '卡颜色|color|colour|card colour',
    example: '#FFFF00',
    isPublic: true,
  },
  cardPictureUrl: {
    value: 'word',
    upstream: 'card_picture_url',
    en: 'card picture URL',
    zh: '卡图片',
    aliases: '卡面图片|卡图片地址|card picture|picture url',
    example: 'https://wxpaylogo.qpic.cn/wxpaylogo/xxxxx/0',
  },
  attach: {
    value: 'text',
    upstream: 'attach',
    en: 'attach',
    zh: '商家数据包',
    aliases: '附加数据',
    example: 'store-18',
  },
  invalidReason: {
    value: 'text',
    upstream: 'invalid_reason',
    en: 'invalid reason',
    zh: '失效原因',
    aliases: '作废原因|原因|reason',
    example: '用户申请注销',
  },
  pointBalance: {
    value: 'points',
    upstream: 'point_balance',
    en: 'points',
    zh: '积分',
    aliases: '积分余额|当前积分|可用积分|剩余积分|积分数|point balance|points balance|current points',
    example: '1200',
    isPublic: true,
  },
  userCardState: {
    value: 'state',
    upstream: undefined,
    en: 'card state',
    zh: '会员卡状态',
    aliases: '卡状态|状态|state|status|user card state|card status',
    example: '已生效',
    isPublic: true,
  },
  name: {
    value: 'text',
    upstream: answer,
    en: 'name',
    zh: '姓名',
    aliases: '名字|名称|真实姓名|full name|member name',
    example: '王小明',
  },
  sex: {
    value: 'sex',
    upstream: answer,
    en: 'sex',
    zh: '性别',
    aliases: 'gender',
    example: '女',
  },
  birthday: {
    value: 'day',
    upstream: answer,
    en: 'birthday',
    zh: '生日',
    aliases: '出生日期|出生年月日|birth date|date of birth|dob',
    example: '1990-01-31',
  },
  address: {
    value: 'text',
    upstream: answer,
    en: 'address',
    zh: '地址',
    aliases: '联系地址|详细地址|收货地址',
    example: '深圳市南山区科技园 1 号',
  },
  email: {
    value: 'word',
    upstream: answer,
    en: 'e-mail',
    zh: '邮箱',
    aliases: '电子邮箱|电子邮件|邮件|email|email address|mail',
    example: 'wang@example.com',
  },
  city: {
    value: 'text',
    upstream: answer,
    en: 'city',
    zh: '城市',
    aliases: '所在城市|省份城市',
    example: '广东省,深圳市',
  },
} as const satisfies Readonly<Record<string, ColumnRule>>;

export type ColumnId = keyof typeof columnRules;

export const columnIds = Object.keys(columnRules) as readonly ColumnId[];

/** Rules by id, without the literal types of the table. */
export const ruleOf = (id: ColumnId): ColumnRule => columnRules[id];
