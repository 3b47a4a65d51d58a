import { randomBytes, sign, type KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Fault } from './faults';

/** A response before it is signed. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Ends the Request-ID: 0 for a success, otherwise the number of the error. */
  readonly number: number;
  /** Responses to requests whose signature was not accepted are not signed. */
  readonly signed: boolean;
}

export interface AnswerKeys {
  readonly privateKey: KeyObject;
  /** The key id the caller wants the response signed with: a public key or platform certificate. */
  readonly serial: string;
  readonly expiredSerial: string;
  readonly route: 'brand' | 'partner';
}

const signatureTypes = {
  partner: 'WECHATPAY2-SHA256-RSA2048',
  brand: 'WECHATPAY-BRAND-SHA256-RSA2048',
} as const;
/** Signs and sends the response, with the faults configured for it. */
export const sendAnswer = async (
  response: ServerResponse,
  { status, body, number, signed }: Answer,
  {
    keys,
    faults,
    now,
  }: { readonly keys: AnswerKeys; readonly faults: readonly Fault[]; readonly now: number },
): Promise<void> => {
  const has = (kind: Fault['kind']): boolean => faults.some((fault) => fault.kind === kind);
  const timestamp = String(Math.floor(now / 1000) - (has('staleTimestamp') ? 301 : 0));
  const nonce = randomBytes(16).toString('hex');
  response.statusCode = status;
  response.setHeader('Request-ID', `${randomBytes(16).toString('hex').toUpperCase()}-${number}`);
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  if (signed && !has('noSignature')) {
    const signature = await signatureOf(`${timestamp}\n${nonce}\n${body}\n`, keys.privateKey);
    response.setHeader('Wechatpay-Timestamp', timestamp);
    response.setHeader('Wechatpay-Nonce', nonce);
    response.setHeader(
      'Wechatpay-Serial',
      has('unknownSerial')
        ? 'PUB_KEY_ID_00000000000000000000000000000000'
        : has('expiredCertificate')
          ? keys.expiredSerial
          : keys.serial,
    );
    response.setHeader('Wechatpay-Signature-Type', signatureTypes[keys.route]);
    response.setHeader(
      'Wechatpay-Signature',
      has('probeSignature')
        ? `WECHATPAY/SIGNTEST/${signature.slice(0, 40)}`
        : has('badSignature')
          ? [...signature].reverse().join('').replace(/^=+/, 'AA')
          : signature,
    );
  }
  response.end(body);
};

const signatureOf = (message: string, key: KeyObject): Promise<string> =>
  new Promise((resolve, reject) => {
    sign('sha256', Buffer.from(message), key, (error, signature) => {
      if (error === null) resolve(signature.toString('base64'));
      else reject(error);
    });
  });

export const headerOf = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
};
