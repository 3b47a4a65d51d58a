import { createPrivateKey, createPublicKey } from 'node:crypto';
import { Formatter, Rsa } from 'wechatpay-axios-plugin';
import {
  authorization,
  randomNonce,
  requestMessage,
  sign,
  verifyAnswer,
  type ReceivedMessage,
} from '../../../src/wechatpay/crypto/signature';
import { newPair } from '../../support/key-pairs';
import { signedHeaders } from '../upstream';
import { pem, vectors } from '../vectors';

const ours = newPair();
const wechatPay = newPair();
const lowerCase = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
const request = {
  method: 'POST',
  target: '/brand/card-member/cards?a=%2F',
  body: '{"card_title":"会员"}',
  timestamp: 1_700_000_000,
  nonce: 'N'.repeat(32),
};

describe('signing a request', () => {
  const { mchid: id, serial, privateKey, cases } = vectors.requests;
  const signer = { route: 'partner', id, serial, privateKey: createPrivateKey(pem(privateKey)) } as const;

  it.each(cases)('$method $target gives the published Authorization header', async (published) => {
    expect(await authorization(signer, published)).toBe(
      `WECHATPAY2-SHA256-RSA2048 mchid="1900007291",nonce_str="593BEC0C930BF1AFEB40B4A08C8FB242",` +
        `signature="${published.signature}",timestamp="1554208460",` +
        `serial_no="408B07E79B8269FEC3D5D3E6AB8ED163A6A380DB"`,
    );
  });

  it.each(vectors.signatures)('signs as published by $source', async (published) => {
    const key = createPrivateKey(pem(published.privateKey));
    expect(await sign(published.message, key)).toBe(published.signature);
  });

  it('names the brand on the brand route', async () => {
    const brand = { route: 'brand', id: '1004', serial: '5157F0', privateKey: ours.privateKey } as const;
    expect(await authorization(brand, request)).toMatch(
      /^WECHATPAY-BRAND-SHA256-RSA2048 brand_id="1004",nonce_str="N{32}",signature="[A-Za-z0-9+/]{342}==",timestamp="1700000000",serial_no="5157F0"$/,
    );
  });

  it('signs the message of the independent SDK, and its verifier accepts the signature', async () => {
    const { method, target, timestamp, nonce, body } = request;
    const message = Formatter.request(method, target, timestamp, nonce, body);
    expect(requestMessage(request)).toBe(message);
    expect(Rsa.verify(message, await sign(requestMessage(request), ours.privateKey), ours.publicKey)).toBe(
      true,
    );
  });

  it('uses an unpredictable nonce of 32 letters and digits', () => {
    const nonces = Array.from({ length: 100 }, randomNonce);
    expect(new Set(nonces).size).toBe(100);
    for (const nonce of nonces) expect(nonce).toMatch(/^[0-9A-Za-z]{32}$/);
  });
});

describe('verifying a response', () => {
  const now = 1_700_000_000_000;
  const serial = 'PUB_KEY_ID_01';
  const body = '{"card_id":"会员"}';
  const headersAt = (at: number) => lowerCase(signedHeaders(body, { key: wechatPay.privateKey, serial, at }));
  const answer = (changes: Partial<ReceivedMessage> = {}): ReceivedMessage => ({
    headers: headersAt(now),
    body,
    now,
    keyBySerial: (named) => (named === serial ? wechatPay.publicKey : undefined),
    ...changes,
  });
  const withHeader = (name: string, value: string | string[] | undefined) =>
    answer({ headers: { ...headersAt(now), [`wechatpay-${name}`]: value } });

  it('accepts a response signed by WeChat Pay', async () => {
    expect(await verifyAnswer(answer())).toEqual({ genuine: true });
  });

  it('accepts the published response at its time', async () => {
    const { publicKey, timestamp, nonce, signature, body: published } = vectors.answer;
    const verdict = await verifyAnswer({
      headers: {
        'wechatpay-timestamp': timestamp,
        'wechatpay-nonce': nonce,
        'wechatpay-serial': 'x',
        'wechatpay-signature': signature,
      },
      body: published,
      now: Number(timestamp) * 1000,
      keyBySerial: () => createPublicKey(pem(publicKey)),
    });
    expect(verdict).toEqual({ genuine: true });
  });

  it('accepts what the independent SDK signed, also without a body', async () => {
    for (const text of [body, '']) {
      const signature = Rsa.sign(Formatter.response(1_700_000_000, 'abc', text), wechatPay.privateKey);
      const headers = {
        'wechatpay-timestamp': '1700000000',
        'wechatpay-nonce': 'abc',
        'wechatpay-serial': serial,
        'wechatpay-signature': signature,
      };
      expect(await verifyAnswer(answer({ headers, body: text }))).toEqual({ genuine: true });
    }
  });

  it.each([-300_000, 300_000])('accepts a clock that is off by %d ms', async (offset) => {
    expect(await verifyAnswer(answer({ headers: headersAt(now + offset) }))).toEqual({ genuine: true });
  });

  it.each([
    ['a changed body', answer({ body: `${body} ` }), 'its signature does not match'],
    ['a changed nonce', withHeader('nonce', 'other'), 'its signature does not match'],
    [
      'a signature by another key',
      answer({ keyBySerial: () => ours.publicKey }),
      'its signature does not match',
    ],
    [
      'an old answer',
      answer({ headers: headersAt(now - 301_000) }),
      'its timestamp is more than 5 minutes off',
    ],
    [
      'a future answer',
      answer({ headers: headersAt(now + 301_000) }),
      'its timestamp is more than 5 minutes off',
    ],
    ['a timestamp that is no number', withHeader('timestamp', '17e8'), 'its timestamp is not a number'],
    ['a probe', withHeader('signature', 'WECHATPAY/SIGNTEST/aGVsbG8='), 'its signature is a probe'],
    ['a signature that is not base64', withHeader('signature', '%%%'), 'its signature is not base64'],
    ['a truncated signature', withHeader('signature', 'aGVsbG8'), 'its signature is not base64'],
    ['a short signature', withHeader('signature', 'aGVsbG8='), 'its signature does not match'],
    [
      'an unknown serial',
      withHeader('serial', 'PUB_KEY_ID_02'),
      'it is signed with a key that is not configured',
    ],
    ['a missing serial', withHeader('serial', undefined), 'its signature headers are incomplete or repeated'],
    [
      'a missing signature',
      withHeader('signature', undefined),
      'its signature headers are incomplete or repeated',
    ],
    [
      'a repeated header',
      withHeader('nonce', ['n0nce', 'n0nce']),
      'its signature headers are incomplete or repeated',
    ],
  ])('refuses %s', async (_, received, reason) => {
    expect(await verifyAnswer(received)).toEqual({
      genuine: false,
      signed: true,
      reason,
      // A repeated request is not probed, so a retry helps.
      ...(reason.endsWith('a probe') ? { transient: true } : {}),
      ...(reason.endsWith('not configured') ? { unknownKey: true } : {}),
    });
  });

  it('distinguishes unsigned from wrongly signed responses, even if only the serial is present', async () => {
    const unsigned = { genuine: false, signed: false, reason: 'it is not signed' };
    expect(await verifyAnswer(answer({ headers: {} }))).toEqual(unsigned);
    expect(await verifyAnswer(answer({ headers: { 'wechatpay-serial': serial } }))).toEqual(unsigned);
  });

  it('requests no key for a response that is refused anyway, so that a forger causes no download', async () => {
    const asked: string[] = [];
    const keyBySerial = (named: string) => {
      asked.push(named);
      return undefined;
    };
    await verifyAnswer({ ...withHeader('signature', 'WECHATPAY/SIGNTEST/aGVsbG8='), keyBySerial });
    await verifyAnswer({ ...withHeader('signature', '%%%'), keyBySerial });
    await verifyAnswer({ ...answer({ headers: headersAt(now - 301_000) }), keyBySerial });
    expect(asked).toEqual([]);
  });
});
