import { Failure } from './failure';

/** Why an Authorization is refused: status 401, code `SIGN_ERROR`. No response to such a request is signed. */
export interface SignRefusal {
  /** The sentence of WeChat Pay, if anyone published it; the documents only have 验证不通过. */
  readonly message: string;
  /** The parameter at fault. */
  readonly parameter: string;
  /** How to provoke it. */
  readonly how: string;
}

const all = {
  scheme: {
    message: 'Http头Authorization认证类型不正确',
    parameter: 'authorization',
    how: 'no Authorization, or the scheme of the other route',
  },
  form: {
    message: 'Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》',
    parameter: 'authorization',
    how: 'a parameter that is missing, unknown or not in quotes',
  },
  nonce: {
    message: 'Http头Authorization中的nonce_str格式错误',
    parameter: 'nonce_str',
    how: 'a nonce that is not 1 to 32 letters and digits',
  },
  timestamp: {
    message: 'HTTP头Authorization中的timestamp与发起请求的时间不得超过5分钟',
    parameter: 'timestamp',
    how: 'a timestamp more than 5 minutes off',
  },
  caller: {
    message: '商户号或品牌ID不存在',
    parameter: 'mchid',
    how: 'an unknown mchid or brand_id',
  },
  serial: {
    message: '商户证书序列号有误。请使用签名私钥匹配的证书序列号',
    parameter: 'serial_no',
    how: 'a serial that is unknown or revoked (`PUT /sandbox/certificates`)',
  },
  signature: {
    message: '错误的签名，验签失败',
    parameter: 'signature',
    how: 'a signature by another key or over something else',
  },
  replay: {
    message: '请求重放：nonce_str已被使用',
    parameter: 'nonce_str',
    how: 'a nonce that was used within 10 minutes',
  },
} as const satisfies Readonly<Record<string, SignRefusal>>;

export type SignRefusalName = keyof typeof all;
export const signRefusals: Readonly<Record<SignRefusalName, SignRefusal>> = all;

/** @param parameter - the one at fault, if its name depends on the route. */
export const notSigned = (
  name: SignRefusalName,
  parameter: string = signRefusals[name].parameter,
): Failure => {
  const { message } = signRefusals[name];
  return new Failure(401, 'SIGN_ERROR', message, {
    flaw: { path: parameter, issue: message, location: 'authorization' },
  });
};
