import type { Texts } from '../../shared/language';
import type { Sentence } from '../../shared/sentence';
import type { Route } from '../settings';

type Credential = Readonly<Record<'section' | 'id' | 'zh', string>>;

/** Where the configuration holds the credential of a route. */
const credentials: Readonly<Record<Route, Credential>> = {
  brand: { section: 'brandCredentials[]', id: 'brandId', zh: '品牌' },
  partner: { section: 'partner', id: 'mchid', zh: '服务商' },
};

interface Cause {
  /** In lower case, without spaces, with half-width punctuation. */
  readonly says: RegExp;
  readonly hint: (credential: Credential) => Texts;
}

/**
 * Why WeChat Pay does not accept a request of ours, by its sentence. The first row whose words occur applies. Sources: causes of
 * 401 (partner 4012082324, brand 4015597625), clock (4012365872), encrypted fields (partner 4013059161, 4016913182), brand
 * quick table (brand 4022247862), and sentences in issues of the official SDKs.
 */
const causes: readonly Cause[] = [
  {
    says: /timestamp|时间戳|5分钟|expired?request/,
    hint: () => [
      "Clock: the machine's clock is more than 5 minutes off. Synchronise it (NTP).",
      '时钟：本机时间与微信支付相差超过 5 分钟，请校时（NTP）。',
    ],
  },
  {
    says: /平台证书序列号|wechatpay-serial/,
    hint: ({ section }) => [
      `WeChat Pay's key: the id of ${section}.publicKeys (or the platform certificate) does not belong to this account. Copy id and key again from WeChat Pay's platform.`,
      `微信支付公钥：${section}.publicKeys 的 id（或平台证书）不属于该账号，请重新从微信支付平台获取公钥及其 ID。`,
    ],
  },
  {
    says: /平台私钥解密失败|解密失败/,
    hint: ({ section }) => [
      `WeChat Pay's key: the first key of ${section}.publicKeys does not match its id, so WeChat Pay cannot decrypt the fields.`,
      `微信支付公钥：${section}.publicKeys 第一项的公钥与 id 不匹配，微信支付无法解密敏感字段。`,
    ],
  },
  {
    says: /证书.*(过期|失效|到期)|certificate.*expired/,
    hint: ({ section, zh }) => [
      `Certificate: the API certificate of ${section}.serial has expired. Issue a new one; change serial and privateKeyFile together.`,
      `证书：${section}.serial 对应的${zh} API 证书已过期，请签发新证书，并同时更换 serial 与 privateKeyFile。`,
    ],
  },
  {
    says: /证书.*(吊销|作废|撤销|注销|停用)|certificate.*revoked/,
    hint: ({ section, zh }) => [
      `Certificate: the API certificate of ${section}.serial was revoked. Use a valid one; change serial and privateKeyFile together.`,
      `证书：${section}.serial 对应的${zh} API 证书已被吊销，请改用有效证书，并同时更换 serial 与 privateKeyFile。`,
    ],
  },
  {
    says: /序列号|serial/,
    hint: ({ section, id, zh }) => [
      `Serial number: ${section}.serial is not one of an API certificate of ${section}.${id}. It is the hex serial of the certificate that belongs to privateKeyFile.`,
      `证书序列号：${section}.serial 不是 ${section}.${id} 的${zh} API 证书序列号，须为与 privateKeyFile 成对的证书的十六进制序列号。`,
    ],
  },
  {
    says: /(未设置|没有设置|未配置).*密钥|密钥.*(未设置|未配置)/,
    hint: ({ zh }) => [
      'Platform: the API key of this account was never set. Set it on the platform, then in the configuration.',
      `平台设置：该${zh}尚未设置 API 密钥，请先在平台设置，再写入配置。`,
    ],
  },
  {
    says: /(未|没有).*(api)?证书/,
    hint: ({ zh }) => [
      'Platform: this account has no API certificate. Apply for one on the platform, then configure serial and privateKeyFile.',
      `平台设置：该${zh}尚未申请 API 证书，请先在平台申请，再配置 serial 与 privateKeyFile。`,
    ],
  },
  {
    says: /认证类型|(authorization|schema?).*(type|类型)/,
    hint: ({ section }) => [
      `Route: the authorisation type does not fit the address. A brand needs brandCredentials, a service provider needs partner; see brands[].route. Used here: ${section}.`,
      `路由：认证类型与接口不符。品牌接口使用 brandCredentials，服务商接口使用 partner，请检查 brands[].route。本次使用 ${section}。`,
    ],
  },
  {
    says: /(商户号|品牌id|mchid|brand_id).*(不存在|无效|错误|有误)/,
    hint: ({ section, id }) => [
      `Account: WeChat Pay does not know ${section}.${id}.`,
      `账号：微信支付不存在 ${section}.${id} 所填的账号。`,
    ],
  },
  {
    says: /(authorization|http头).*(格式|缺少|format|missing)|nonce_str|重放/,
    hint: () => [
      'Request: WeChat Pay cannot read the Authorization header as sent. A proxy on the way may change headers; see hosts.',
      '请求：微信支付无法识别 Authorization 请求头，可能被途中的代理改写，请检查 hosts。',
    ],
  },
  {
    says: /签名|验签|sign/,
    hint: ({ section }) => [
      `Private key: the signature does not match. ${section}.privateKeyFile is not the key of ${section}.serial, or a proxy on the way changes the request.`,
      `私钥：签名不匹配。${section}.privateKeyFile 与 ${section}.serial 不成对，或途中的代理改写了请求。`,
    ],
  },
];

/** Which setting to look at when WeChat Pay refuses our credential. If the sentence is unknown, all of them. */
export const hintFor = (sentence: Sentence | undefined, route: Route): Texts => {
  const credential = credentials[route];
  const cause = causes.find(({ says }) => sentence?.matches(says) === true);
  return cause?.hint(credential) ?? unknownCause(credential);
};

const unknownCause = ({ section, id }: Credential): Texts => [
  `Credential: check ${section}.${id}, ${section}.serial and ${section}.privateKeyFile, and the machine's clock.`,
  `凭证：请检查 ${section}.${id}、${section}.serial、${section}.privateKeyFile 以及本机时钟。`,
];

/** Which setting to look at when a response is signed with a key that is not configured. */
export const unknownKeyHint = (route: Route): Texts => {
  const { section } = credentials[route];
  return [
    `WeChat Pay's key: the response is signed with a key that ${section}.publicKeys does not have (nor a platform certificate). Add it; keep the other one while WeChat Pay changes over.`,
    `微信支付公钥：应答所用的签名密钥不在 ${section}.publicKeys（或平台证书）中，请补充该密钥；切换期间请保留原有密钥。`,
  ];
};
