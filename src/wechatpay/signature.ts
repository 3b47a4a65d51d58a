import { randomBytes, sign as cryptoSign, verify as cryptoVerify, type KeyObject } from 'node:crypto';
import type { Route } from './settings';

/** What signs a request: `id` is the brand_id or the mchid, `serial` that of our API certificate. */
export interface Signer {
  readonly route: Route;
  readonly id: string;
  readonly serial: string;
  readonly privateKey: KeyObject;
}

export interface Signable {
  readonly method: string;
  /** Percent-encoded path and query, the very bytes of the request line. */
  readonly target: string;
  /** The very bytes of the body; empty where there is none. */
  readonly body: string;
  /** Unix time in seconds. */
  readonly timestamp: number;
  readonly nonce: string;
}

const schemes: Readonly<Record<Route, { readonly name: string; readonly idParameter: string }>> = {
  partner: { name: 'WECHATPAY2-SHA256-RSA2048', idParameter: 'mchid' },
  brand: { name: 'WECHATPAY-BRAND-SHA256-RSA2048', idParameter: 'brand_id' },
};

/** The five signed lines (partner 4012365862, brand 4015407573). */
export const requestMessage = ({ method, target, timestamp, nonce, body }: Signable): string =>
  `${method}\n${target}\n${timestamp}\n${nonce}\n${body}\n`;

/** The three signed lines of an answer or a notification (partner 4013059017). */
export const answerMessage = (timestamp: string, nonce: string, body: string): string =>
  `${timestamp}\n${nonce}\n${body}\n`;

/**
 * The Authorization header. The RSA operation runs on libuv's threads: it takes about a millisecond, in which the event
 * loop goes on, and several cores sign at once.
 */
export const authorization = async (signer: Signer, request: Signable): Promise<string> => {
  const { name, idParameter } = schemes[signer.route];
  const signature = await sign(requestMessage(request), signer.privateKey);
  return (
    `${name} ${idParameter}="${signer.id}",nonce_str="${request.nonce}",signature="${signature}",` +
    `timestamp="${request.timestamp}",serial_no="${signer.serial}"`
  );
};

/** SHA-256 with RSA PKCS #1 v1.5, base64. */
export const sign = (message: string, key: KeyObject): Promise<string> =>
  new Promise((resolve, reject) => {
    cryptoSign('sha256', Buffer.from(message), key, (error, signature) => {
      if (error === null) resolve(signature.toString('base64'));
      else reject(error);
    });
  });

/** 32 characters of [0-9a-f]; the documents ask for unpredictable ones of [0-9A-Za-z]. */
export const randomNonce = (): string => randomBytes(16).toString('hex');

/** Header values as received, by lower-case name. */
export type ReceivedHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface ReceivedSignature {
  readonly timestamp: string;
  readonly nonce: string;
  readonly serial: string;
  readonly signature: string;
}

/** WeChat Pay's clock tolerance, seconds (partner 4013059017). */
const toleranceSeconds = 300;
const probePrefix = 'WECHATPAY/SIGNTEST/';
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** `undefined` where none of the four headers is there; a reason where only some are. */
export const readSignature = (headers: ReceivedHeaders): ReceivedSignature | 'incomplete' | undefined => {
  const [timestamp, nonce, serial, signature] = ['timestamp', 'nonce', 'serial', 'signature'].map(
    (name) => headers[`wechatpay-${name}`],
  );
  // The serial alone also stands on unsigned answers.
  if (timestamp === undefined && nonce === undefined && signature === undefined) return undefined;
  if (
    typeof timestamp !== 'string' ||
    typeof nonce !== 'string' ||
    typeof serial !== 'string' ||
    typeof signature !== 'string'
  )
    return 'incomplete';
  return { timestamp, nonce, serial, signature };
};

export interface Verification extends ReceivedSignature {
  readonly body: string;
  readonly key: KeyObject;
  /** Clock time in ms. */
  readonly now: number;
}

/** Why a signature is not accepted; `undefined` where it is. */
export const whyInvalid = async (received: Verification): Promise<string | undefined> => {
  const { timestamp, nonce, signature, body, key, now } = received;
  // Probes by which WeChat Pay tests whether we verify at all; they must fail like any wrong signature.
  if (signature.startsWith(probePrefix)) return 'the signature is a probe';
  if (!/^\d{1,12}$/.test(timestamp)) return 'the timestamp is not a number';
  if (Math.abs(now / 1000 - Number(timestamp)) > toleranceSeconds)
    return 'the timestamp is more than 5 minutes off';
  if (!base64.test(signature)) return 'the signature is not base64';
  const genuine = await verify(answerMessage(timestamp, nonce, body), Buffer.from(signature, 'base64'), key);
  return genuine ? undefined : 'the signature does not match';
};

const verify = (message: string, signature: Buffer, key: KeyObject): Promise<boolean> =>
  new Promise((resolve, reject) => {
    cryptoVerify('sha256', Buffer.from(message), key, signature, (error, genuine) => {
      if (error === null) resolve(genuine);
      else reject(error);
    });
  });
