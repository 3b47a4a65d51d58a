import { createPublicKey } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Formatter, Rsa } from 'wechatpay-axios-plugin';
import { SlotMissed, type ScheduledCall } from '../../../src/traffic/calls/call';
import type { UpstreamRequest } from '../../../src/traffic/calls/upstream-request';
import { createAccounts, type Accounts } from '../../../src/wechatpay/accounts/accounts';
import { sign } from '../../../src/wechatpay/crypto/signature';
import { createUpstreamClock } from '../../../src/wechatpay/crypto/upstream-clock';
import { createTransport } from '../../../src/wechatpay/transport/transport';
import { aScheduledCall } from '../../support/calls';
import { fakeClock, type FakeClock } from '../../support/fake-clock';
import { newPair } from '../../support/key-pairs';
import { authorizationOf, settingsAt, signedHeaders, startUpstream, type Upstream } from '../upstream';

const [ours, wechatPay, stranger] = [newPair(), newPair(), newPair()];
const publicKeyId = 'PUB_KEY_ID_01';
const now = 1_700_000_000_500;
const partnerAccount = { route: 'partner', id: '1900000001' } as const;

let upstream: Upstream;
let asked: string[];
let wire: ReturnType<typeof createTransport>;
let clock: FakeClock;
let accounts: Accounts;

const serve = (withPublicKey = true): void => {
  clock = fakeClock(now);
  const credential = {
    serial: 'A1',
    privateKey: ours.privateKey,
    formerPrivateKeys: [],
    publicKeys: withPublicKey ? [{ id: publicKeyId, key: wechatPay.publicKey }] : [],
  };
  const certificate = {
    serial: 'C0FFEE',
    key: wechatPay.publicKey,
    notBefore: now - 1000,
    notAfter: now + 1000,
  };
  const settings = settingsAt(upstream.origin, {
    brandCredentials: [{ ...credential, brandId: '1004' }],
    partner: { ...credential, mchid: '1900000001', platformCertificates: [certificate] },
  });
  accounts = createAccounts(settings, clock);
  wire = createTransport({
    settings,
    accounts,
    clock,
    upstreamClock: createUpstreamClock(clock),
    onUnknownSerial: (account) => {
      asked.push(account.signer().id);
      account.addCertificates([{ ...certificate, serial: 'DECAF0', key: stranger.publicKey }]);
      return Promise.resolve();
    },
  });
};

beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());
beforeEach(() => {
  asked = [];
  upstream.received.length = 0;
  serve();
});
afterEach(() => wire.close());

interface SignedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: typeof wechatPay.privateKey;
  readonly serial?: string;
  readonly at?: number;
}

const signed = (response: ServerResponse, body: string, answer: SignedAnswer = {}): void => {
  const { status = 200, headers = {}, key = wechatPay.privateKey, serial = publicKeyId, at = now } = answer;
  response.writeHead(status, { ...signedHeaders(body, { key, serial, at }), ...headers }).end(body);
};
const answers = (body: string, answer: SignedAnswer = {}): void => {
  upstream.answer((response) => {
    signed(response, body, answer);
  });
};
const post = (request: Partial<UpstreamRequest>, changes: Partial<ScheduledCall> = {}): ScheduledCall =>
  aScheduledCall({
    ...changes,
    request: () => ({ method: 'POST', target: '/brand/x', sealed: false, ...request }),
  });

describe('what is sent', () => {
  beforeEach(() => {
    answers('{}');
  });

  it.each([
    '/brand/card-member/user-cards/a%2Fb%21%27%28%29%2A?card_id=p%20b&openid=o-_.~',
    "/brand/card-member/user-cards/a!'()*b;,:@&=$+?x=%e4%bc%9a&X=%E4%BC%9A&y=a%20b+c&&z",
    '/brand/card-member/user-cards/../..//./%2e%2e/?a=//b/../c#d',
  ])('signs and writes %s byte for byte', async (target) => {
    await wire.send(aScheduledCall({ request: () => ({ method: 'GET', target, sealed: false }) }));
    const [received] = upstream.received;
    if (received === undefined) throw new Error('nothing arrived');
    expect(received.target).toBe(target);
    const { timestamp = '', nonce_str = '', signature = '' } = authorizationOf(received);
    expect(
      Rsa.verify(Formatter.request('GET', target, timestamp, nonce_str), signature, ours.publicKey),
    ).toBe(true);
  });

  it('signs the body that it sends, and creates it once', async () => {
    let made = 0;
    const body = () => `{"n":${(made += 1)},"title":"会员\u2028"}`;
    await wire.send(post({ body }));
    const [received] = upstream.received;
    expect(received?.body).toBe('{"n":1,"title":"会员\u2028"}');
    const { timestamp = '', nonce_str = '', signature = '' } = received ? authorizationOf(received) : {};
    const message = Formatter.request('POST', '/brand/x', timestamp, nonce_str, received?.body);
    expect(Rsa.verify(message, signature, ours.publicKey)).toBe(true);
  });

  it('sends exactly the documented headers', async () => {
    // The trace of the operation is ours: WeChat Pay documents no header for it.
    await wire.send(aScheduledCall({ traceId: '4bf92f3577b34da6a3ce929d0e0e4736' }));
    await wire.send(post({ body: () => '{}' }));
    await wire.send(post({}));
    const names = upstream.received.map(({ headers }) => Object.keys(headers).sort());
    const always = ['accept', 'authorization', 'connection', 'host', 'user-agent', 'wechatpay-serial'];
    expect(names).toEqual([
      always,
      [...always, 'content-length', 'content-type'].sort(),
      [...always, 'content-length'].sort(),
    ]);
    expect(upstream.received[1]?.headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/json',
      'wechatpay-serial': publicKeyId,
    });
  });

  it('uses a new nonce for each attempt, and the present time if its slot has passed', async () => {
    await wire.send(aScheduledCall());
    await wire.send(aScheduledCall({ sendAt: now - 3000 }));
    const [first, second] = upstream.received.map(authorizationOf);
    expect(first).toMatchObject({
      scheme: 'WECHATPAY-BRAND-SHA256-RSA2048',
      brand_id: '1004',
      serial_no: 'A1',
      timestamp: '1700000000',
    });
    expect(second?.timestamp).toBe('1700000000');
    expect(second?.nonce_str).not.toBe(first?.nonce_str);
  });

  it('encrypts with the key that it names', async () => {
    await wire.send(post({ sealed: true, body: (seal) => JSON.stringify({ phone_number: seal('138') }) }));
    const [received] = upstream.received;
    const { phone_number } = JSON.parse(received?.body ?? '') as { phone_number: string };
    expect(Rsa.decrypt(phone_number, wechatPay.privateKey)).toBe('138');
    expect(received?.headers['wechatpay-serial']).toBe(publicKeyId);
  });

  it('names the platform certificate if it encrypts with one, and no key if it encrypts nothing', async () => {
    serve(false);
    answers('{}', { serial: 'C0FFEE' });
    await wire.send(post({ body: () => '{}' }, { account: partnerAccount }));
    await wire.send(post({ sealed: true, body: (seal) => seal('138') }, { account: partnerAccount }));
    expect(upstream.received.map(({ headers }) => headers['wechatpay-serial'])).toEqual([
      undefined,
      'C0FFEE',
    ]);
    expect(upstream.received.map((received) => authorizationOf(received).mchid)).toEqual([
      '1900000001',
      '1900000001',
    ]);
  });

  it('goes to the host that was chosen', async () => {
    const backup = await startUpstream();
    backup.answer((response) => {
      signed(response, '{}');
    });
    const settings = {
      ...settingsAt(upstream.origin),
      hosts: { main: upstream.origin, backup: backup.origin },
    };
    const credential = { serial: 'A1', privateKey: ours.privateKey, formerPrivateKeys: [], brandId: '1004' };
    const publicKeys = [{ id: publicKeyId, key: createPublicKey(wechatPay.privateKey) }];
    const others = createAccounts({ ...settings, brandCredentials: [{ ...credential, publicKeys }] }, clock);
    const other = createTransport({
      settings,
      accounts: others,
      clock,
      upstreamClock: createUpstreamClock(clock),
    });
    await other.send(aScheduledCall({ host: 'backup' }));
    expect([upstream.received.length, backup.received.length]).toEqual([0, 1]);
    await other.close();
    await backup.close();
  });
});

describe('accepted responses', () => {
  const call = aScheduledCall();

  it('returns the data of a verified response', async () => {
    const body = '{"card_id":"会员","n":1}';
    answers(body, { headers: { 'Request-ID': '08F1C2-0' } });
    expect(await wire.send(call)).toEqual({
      data: { card_id: '会员', n: 1 },
      bytes: Buffer.byteLength(body),
      fetchedAt: now,
      asOf: now,
      stale: false,
      requestId: '08F1C2-0',
    });
  });

  it('returns no data for a response without a body, and verifies it anyway', async () => {
    answers('', { status: 204 });
    expect(await wire.send(call)).toEqual({
      data: undefined,
      bytes: 0,
      fetchedAt: now,
      asOf: now,
      stale: false,
    });
    answers('', { status: 204, key: stranger.privateKey });
    await expect(wire.send(call)).rejects.toMatchObject({ code: 'UPSTREAM_SIGNATURE_INVALID' });
  });

  it.each<[string, SignedAnswer]>([
    ['signed by another key', { key: stranger.privateKey }],
    ['that is a probe', { headers: { 'Wechatpay-Signature': 'WECHATPAY/SIGNTEST/aGVsbG8=' } }],
    ['of the past', { at: now - 302_000 }],
    ['of the future', { at: now + 302_000 }],
    ['with an unknown serial', { serial: 'PUB_KEY_ID_99' }],
    ['that is refused and wrongly signed', { status: 400, key: stranger.privateKey }],
  ])('discards a response %s, and reports an unknown outcome', async (_, answer) => {
    answers('{"code":"X"}', { ...answer, headers: { ...answer.headers, 'Request-ID': '08F1C2-0' } });
    await expect(wire.send(call)).rejects.toMatchObject({
      code: 'UPSTREAM_SIGNATURE_INVALID',
      sent: true,
      upstream: { status: answer.status ?? 200, verified: false, requestId: '08F1C2-0' },
    });
  });

  it('discards an unsigned success', async () => {
    upstream.answer((response) => response.writeHead(200).end('{"card_id":"forged"}'));
    await expect(wire.send(call)).rejects.toMatchObject({
      code: 'UPSTREAM_SIGNATURE_INVALID',
      message: 'response discarded: it is not signed',
      sent: true,
    });
  });

  it('requests an unknown key once, and accepts the response if the key is found', async () => {
    answers('{"a":1}', { serial: 'DECAF0', key: stranger.privateKey });
    expect(await wire.send({ ...call, account: partnerAccount })).toMatchObject({ data: { a: 1 } });
    expect(asked).toEqual(['1900000001']);
  });

  it.each(['{"card_id":', 'null and void', '<html>'])(
    'refuses signed text that is not JSON: %s',
    async (body) => {
      answers(body);
      const error: unknown = await wire.send(call).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'UPSTREAM_MALFORMED', sent: true });
      expect(error).not.toHaveProperty('cause');
    },
  );

  describe('that belongs to another request', () => {
    const asking = (
      correspond: UpstreamRequest['correspond'],
      target = '/x',
      changes: Partial<ScheduledCall> = {},
    ) =>
      aScheduledCall({
        ...changes,
        request: () => ({ method: 'GET', target, sealed: false, ...(correspond && { correspond }) }),
      });
    const other = asking(() => ({ differs: 'openid' }));

    it('is discarded, and its connection is closed with it', async () => {
      answers('{"openid":"of another"}');
      await expect(wire.send(other)).rejects.toMatchObject({
        code: 'UPSTREAM_MALFORMED',
        message: 'response discarded: its openid differs from the requested one',
        sent: true,
        upstream: undefined,
      });
      await wire.send(asking(undefined));
      const [spoiled, next] = upstream.received.map(({ connection }) => connection);
      expect(next).not.toBe(spoiled);
      await upstream.closed(spoiled ?? 0);
    });

    it('is recognised by its signature if its body identifies nothing', async () => {
      const nonce = signedHeaders('', { key: wechatPay.privateKey, serial: publicKeyId, at: now });
      upstream.answer((response) => response.writeHead(204, nonce).end());
      await wire.send(asking(undefined, '/a'));
      for (const target of ['/b', '/a'])
        await expect(wire.send(asking(undefined, target))).rejects.toMatchObject({
          code: 'UPSTREAM_MALFORMED',
        });
    });
  });

  it('treats a signed success of a write as done even if its body is not JSON', async () => {
    answers('<html>');
    expect(await wire.send(post({}, { access: 'write', idempotency: 'deduplicated' }))).toMatchObject({
      data: undefined,
      bytes: 6,
    });
  });

  it('does not pass on an invalid Request-ID', async () => {
    answers('{}', { headers: { 'Request-ID': 'phone 13812345678' } });
    expect(await wire.send(call)).not.toHaveProperty('requestId');
  });
});

describe('refusals', () => {
  const notFound = '{"code":"NOT_FOUND","message":"用户会员卡不存在"}';

  it('marks a signed refusal as verified', async () => {
    answers(notFound, { status: 404, headers: { 'Request-ID': '08F1-268575533' } });
    await expect(wire.send(aScheduledCall())).rejects.toMatchObject({
      code: 'NOT_FOUND',
      upstream: { status: 404, wechatCode: 'NOT_FOUND', verified: true, requestId: '08F1-268575533' },
    });
  });

  it('marks an unsigned refusal as unverified', async () => {
    upstream.answer((response) => response.writeHead(404).end(notFound));
    await expect(wire.send(aScheduledCall())).rejects.toMatchObject({
      code: 'NOT_FOUND',
      upstream: { status: 404, verified: false },
    });
  });

  it('reports a rate limit, with the requested wait', async () => {
    answers('{"code":"RATELIMIT_EXCEEDED"}', { status: 429, headers: { 'Retry-After': '2' } });
    await expect(wire.send(aScheduledCall())).rejects.toMatchObject({
      code: 'UPSTREAM_RATE_LIMITED',
      retryAfterMs: 2000,
    });
  });

  it('treats 202 as "not processed", signed or not', async () => {
    answers('{}', { status: 202 });
    await expect(wire.send(aScheduledCall())).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      sent: true,
    });
  });
});

describe('a machine whose clock is wrong', () => {
  const signError =
    '{"code":"SIGN_ERROR","message":"Http头Authorization中的timestamp与发起请求的时间不得超过5分钟"}';
  const date = new Date(now).toUTCString();
  const signedAt = (): number =>
    Number(authorizationOf(upstream.received.at(-1) ?? raise()).timestamp) * 1000;
  const raise = (): never => {
    throw new Error('nothing arrived');
  };

  it.each([3_600_000, -600_000])(
    'signs with WeChat Pay’s time as soon as it knows it: %d ms off',
    async (byMs) => {
      clock.setWall(byMs);
      answers(signError, { status: 401, headers: { Date: date } });
      // Not processed, so whatever it was may be sent again.
      await expect(wire.send(aScheduledCall())).rejects.toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
        sent: false,
      });
      expect(Math.abs(signedAt() - now - byMs)).toBeLessThanOrEqual(1_000);
      answers('{"a":1}', { headers: { Date: date } });
      // The answer is dated by WeChat Pay's clock as well.
      expect(await wire.send(aScheduledCall())).toMatchObject({ data: { a: 1 } });
      expect(Math.abs(signedAt() - now)).toBeLessThanOrEqual(1_000);
      expect(accounts.refusedCredentials()).toEqual([]);
    },
  );

  it('is distinguished from a refused credential, which readiness reports until it is accepted', async () => {
    answers('{"code":"SIGN_ERROR"}', { status: 401, headers: { Date: date } });
    await expect(wire.send(aScheduledCall())).rejects.toMatchObject({ code: 'MISCONFIGURED' });
    const [refused] = accounts.refusedCredentials();
    expect(refused?.route).toBe('brand');
    expect(refused?.hint?.[0]).toContain('brandCredentials[].serial');
    answers('{}', { headers: { Date: date } });
    await wire.send(aScheduledCall());
    expect(accounts.refusedCredentials()).toEqual([]);
  });
});

describe('a call whose key is in another process', () => {
  const remote = (): { readonly transport: typeof wire; readonly signed: string[] } => {
    const signed: string[] = [];
    const settings = settingsAt(upstream.origin, {
      brandCredentials: [
        {
          brandId: '1004',
          serial: 'A1',
          privateKey: { url: 'https://kms.internal', timeoutMs: 1_000, publicKey: ours.publicKey },
          formerPrivateKeys: [],
          publicKeys: [{ id: publicKeyId, key: wechatPay.publicKey }],
        },
      ],
    });
    const transport = createTransport({
      settings,
      accounts: createAccounts(settings, clock, () => ({
        publicKey: ours.publicKey,
        sign(message) {
          signed.push(message);
          return sign(message, ours.privateKey);
        },
        decrypt: () => Promise.resolve(''),
      })),
      clock,
      upstreamClock: createUpstreamClock(clock),
    });
    return { transport, signed };
  };

  it('is signed ahead once, with the body that is sent, and not for ever', async () => {
    answers('{}');
    const { transport, signed } = remote();
    let made = 0;
    const call = post({ sealed: true, body: (hide) => `{"n":${(made += 1)},"phone":"${hide('138')}"}` });
    const first = await transport.signAhead(call, undefined);
    if (first === undefined) throw new Error('it was not signed ahead');
    await clock.advance(119_999);
    expect(await transport.signAhead(call, first)).toBe(first);
    await transport.send({ ...call, signed: first });
    expect([made, signed.length]).toEqual([1, 1]);
    const [received] = upstream.received;
    const { timestamp = '', nonce_str = '', signature = '' } = received ? authorizationOf(received) : {};
    const message = Formatter.request('POST', '/brand/x', timestamp, nonce_str, received?.body);
    expect(Rsa.verify(message, signature, ours.publicKey)).toBe(true);

    await clock.advance(1);
    await expect(transport.send({ ...call, signed: first })).rejects.toBeInstanceOf(SlotMissed);
    expect(await transport.signAhead(call, first)).not.toBe(first);
    expect(upstream.received).toHaveLength(1);
    await transport.close();
  });

  it('is not signed ahead if the key is at hand', () => {
    expect(wire.signAhead(post({}), undefined)).toBeUndefined();
  });
});
