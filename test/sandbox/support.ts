import { createPrivateKey, publicEncrypt, randomBytes, sign, verify, constants } from 'node:crypto';
import type { Sandbox } from '../support/sandbox';

/** A separate client, so that the sandbox is not tested with the code that it tests. */
export interface RawRequest {
  readonly route?: 'brand' | 'partner';
  readonly method?: string;
  readonly target: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly nonce?: string;
  readonly timestamp?: number;
  readonly scheme?: string;
  readonly serial?: string;
  /** What is signed instead of what is sent. */
  readonly signedTarget?: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
  readonly verified: boolean | undefined;
  readonly headers: Headers;
}

export const call = async (sandbox: Sandbox, request: RawRequest): Promise<RawAnswer> => {
  const { route = 'partner', method = 'GET', target, nonce = randomBytes(16).toString('hex') } = request;
  const { brands, partner, wechatPay } = sandbox.provision;
  const brand = brands[0];
  if (brand === undefined) throw new Error('no brand');
  const own =
    route === 'brand'
      ? { id: `brand_id="${brand.brandId}"`, ...brand }
      : { id: `mchid="${partner.mchid}"`, ...partner };
  const body = request.body === undefined ? '' : JSON.stringify(request.body);
  const timestamp = request.timestamp ?? Math.floor(Date.now() / 1000);
  const message = `${method}\n${request.signedTarget ?? target}\n${timestamp}\n${nonce}\n${body}\n`;
  const signature = sign('sha256', Buffer.from(message), createPrivateKey(own.privateKeyPem)).toString(
    'base64',
  );
  const scheme =
    request.scheme ?? (route === 'brand' ? 'WECHATPAY-BRAND-SHA256-RSA2048' : 'WECHATPAY2-SHA256-RSA2048');
  const headers: Record<string, string | undefined> = {
    accept: 'application/json',
    'user-agent': 'test',
    'wechatpay-serial': wechatPay.publicKeyId,
    ...(body === '' ? {} : { 'content-type': 'application/json' }),
    authorization: `${scheme} ${own.id},nonce_str="${nonce}",signature="${signature}",timestamp="${timestamp}",serial_no="${request.serial ?? own.serial}"`,
    ...request.headers,
  };
  const response = await fetch(sandbox.url + target, {
    method,
    headers: Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ...(body === '' ? {} : { body }),
  });
  const text = await response.text();
  const data = JSON.parse(text) as Record<string, unknown>;
  const received = response.headers.get('wechatpay-signature');
  const signed = `${response.headers.get('wechatpay-timestamp')}\n${response.headers.get('wechatpay-nonce')}\n${text}\n`;
  return {
    status: response.status,
    code: data.code as string | undefined,
    message: data.message as string | undefined,
    data,
    verified:
      received === null
        ? undefined
        : verify('sha256', Buffer.from(signed), wechatPay.publicKeyPem, Buffer.from(received, 'base64')),
    headers: response.headers,
  };
};

export const sealFor = (sandbox: Sandbox, plain: string): string =>
  publicEncrypt(
    {
      key: sandbox.provision.wechatPay.publicKeyPem,
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: 'sha1',
    },
    Buffer.from(plain),
  ).toString('base64');
