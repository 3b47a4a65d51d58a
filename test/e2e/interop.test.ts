import { createPublicKey, createPrivateKey } from 'node:crypto';
import { Formatter, Rsa, Wechatpay } from 'wechatpay-axios-plugin';
import { call } from '../sandbox/support';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { seal, unseal } from '../../src/wechatpay/crypto/encryption';
import { authorization } from '../../src/wechatpay/crypto/signature';

/** An independent SDK against ours, in both directions (it knows the partner route's scheme only). */
describe('an independent SDK', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ membersPerBrand: 5 });
  });
  afterAll(() => sandbox.close());

  interface Chain {
    chain(path: string): {
      get(options: object): Promise<Answer>;
      post(body: object, options: object): Promise<Answer>;
    };
  }
  interface Answer {
    readonly status: number;
    readonly data: unknown;
  }
  /** The response, also of a refusal, whose error contains a whole socket. */
  const settled = async (asked: Promise<Answer>): Promise<Answer | undefined> => {
    try {
      const { status, data } = await asked;
      return { status, data };
    } catch (error) {
      const { response } = error as { readonly response?: Answer };
      return response && { status: response.status, data: response.data };
    }
  };

  it("sends requests that the sandbox accepts, and accepts the sandbox's responses", async () => {
    const { partner, wechatPay } = sandbox.provision;
    const client = new Wechatpay({
      mchid: partner.mchid,
      serial: partner.serial,
      privateKey: partner.privateKeyPem,
      certs: { [wechatPay.publicKeyId]: Rsa.from(wechatPay.publicKeyPem, Rsa.KEY_TYPE_PUBLIC) },
    }) as unknown as Chain;
    sandbox.ledger.clear();
    const cards = 'v3/brand/partner/card-member';
    // Only the host is ours: its Accept lists three types, and it sends a Content-Type with a GET.
    const read = client
      .chain(`${cards}/cards/pbLatjvWOibDc5-TBnbUk1pD12o0`)
      .get({ baseURL: sandbox.url, params: { brand_id: '1004' } });
    expect(await settled(read)).toMatchObject({ status: 200, data: { card_title: '山岚咖啡会员卡' } });
    const body = { brand_id: '1004', card_id: 'pbLatjvWOibDc5-TBnbUk1pD12o0', openid: 'o-new' };
    const create = client.chain(`${cards}/pre-auth-tokens`).post(body, { baseURL: sandbox.url });
    expect(await settled(create)).toMatchObject({ status: 200 });
    expect(sandbox.ledger.entries()).toHaveLength(2);
  });

  /**
   * The package is not installed, because it needs an unmaintained superagent. These are the headers that version 2.2.1 sends
   * (its `getHeaders`, as superagent sends them).
   */
  it.each([
    ['a GET', 'GET', {}],
    ['a GET of certificates', 'GET', { 'content-type': 'application/json' }],
    ['a POST', 'POST', { 'content-type': 'application/json' }],
  ])('wechatpay-node-v3 is accepted by the sandbox: %s', async (_, method, more) => {
    const target = '/v3/brand/partner/card-member';
    const key = { brand_id: '1004', card_id: 'pbLatjvWOibDc5-TBnbUk1pD12o0', openid: 'o-newer' };
    const { status } = await call(sandbox, {
      method,
      ...(method === 'GET'
        ? { target: `${target}/cards/${key.card_id}?brand_id=1004` }
        : { target: `${target}/pre-auth-tokens`, body: key }),
      headers: {
        ...more,
        accept: 'application/json',
        'user-agent': '127.0.0.1',
        'accept-encoding': 'gzip',
        // It sends no header unless it is given one.
        'wechatpay-serial': undefined,
      },
    });
    expect(status).toBe(200);
  });

  it('verifies what we sign', async () => {
    const { partner } = sandbox.provision;
    const privateKey = createPrivateKey(partner.privateKeyPem);
    const request = {
      method: 'POST',
      target: '/v3/x?a=%2F',
      body: '{"名":"值"}',
      timestamp: 1_700_000_000,
      nonce: 'n0nce',
    };
    const header = await authorization(
      { route: 'partner', id: partner.mchid, serial: partner.serial, privateKey },
      request,
    );
    const [, signature = ''] = /signature="([^"]+)"/.exec(header) ?? [];
    const message = Formatter.request(
      request.method,
      request.target,
      request.timestamp,
      request.nonce,
      request.body,
    );
    expect(Rsa.verify(message, signature, createPublicKey(partner.privateKeyPem))).toBe(true);
    // The order of the parameters is free.
    const parts = (text: string): readonly string[] => text.replace(' ', ',').split(',').sort();
    const { mchid, serial } = partner;
    const theirs = Formatter.authorization(
      mchid,
      request.nonce,
      signature,
      String(request.timestamp),
      serial,
    );
    expect(parts(header)).toEqual(parts(theirs));
  });

  it('decrypts what we encrypt, and we decrypt what it encrypts', async () => {
    const { partner } = sandbox.provision;
    const privateKey = createPrivateKey(partner.privateKeyPem);
    const publicKey = createPublicKey(partner.privateKeyPem);
    expect(Rsa.decrypt(seal('13812345678', publicKey), privateKey)).toBe('13812345678');
    await expect(unseal(Rsa.encrypt('钻石会员', publicKey), [privateKey])).resolves.toBe('钻石会员');
  });
});
