/** What the schema says about itself. */
export const schemaDescription =
  "WeChat Pay's member cards (微信支付商家名片会员): brands, card templates, users' cards and what happens to them. " +
  'A description ends with the name that WeChat Pay uses. ' +
  'Points are sent to WeChat Pay but cannot be read: it has no interface for that (微信支付不提供积分余额查询接口).';

/**
 * What the types are: English, and Chinese where the term is one of WeChat Pay's. `*Suffix` is for every type whose name ends so;
 * in its text, {name} is the type's name without the suffix and {field} the same as the name of a field.
 */
export const typeTexts = {
  '*Connection':
    'A page of a list of type {name}, and its place in the whole list (Relay cursor connection).',
  '*Edge': 'An element of type {name} in a list, with its cursor.',
  '*Input': 'The input of the mutation {field}.',
  '*Payload': 'The result of the mutation {field}.',
  Brand: 'A brand at WeChat Pay whose member cards this server manages. 品牌。',
  CardTemplate:
    "What the member cards of a brand have in common: design, validity, form. 会员卡模板。 WeChat Pay's document: partner 4015336974.",
  CommonField: 'An answer to one of the questions that WeChat Pay defines. 通用开卡信息字段。',
  CustomField: "An answer to one of the merchant's own questions. 自定义开卡信息字段。",
  CustomFieldForm: "One of the merchant's own questions to new members. 自定义开卡信息字段。",
  MiniProgramJump: 'A page of a mini program that the card opens. 跳转小程序的信息。',
  Mutation:
    'Changes at WeChat Pay. Each mutation is one call, which is recorded in the audit log before it is sent. Those of administrators change something of this server and call nothing.',
  PageInfo: 'The place of a page in a list, as Relay defines it.',
  ProductCouponStock: 'A stock of product coupons for new members. 商品券批次。',
  PurchaseInformation: 'Price and page of a membership that members pay for. 付费会员信息。',
  Query: 'Reads. An object that is not cached, or is too old, is read from WeChat Pay.',
  Subscription: 'Events as they happen, over Server-Sent Events or WebSocket.',
  UserCard: "A user's member card in a brand. 用户会员卡。 WeChat Pay's document: partner 4015336980.",
  UserInformation: "A member's answers to the form of the template. 用户开卡时填写的个人信息。",
  UserInformationForm: 'The form that a new member fills in. 用户开卡信息。',
} as const satisfies Readonly<Record<string, string>>;
