import { createPublicKey, createPrivateKey } from 'node:crypto';
import { Formatter, Rsa, Wechatpay } from 'wechatpay-axios-plugin';
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

  it('has its requests accepted by the stand-in, and accepts the stand-in’s answers', async () => {
    const { partner, wechatPay } = sandbox.provision;
    const client = new Wechatpay({
      mchid: partner.mchid,
      serial: partner.serial,
      privateKey: partner.privateKeyPem,
      certs: { [wechatPay.publicKeyId]: Rsa.from(wechatPay.publicKeyPem, Rsa.KEY_TYPE_PUBLIC) },
    }) as unknown as {
      chain(path: string): {
        get(options: object): Promise<{ status: number; data: { card_title: string } }>;
      };
    };
    const { status, data } = await client
      .chain('v3/brand/partner/card-member/cards/pbLatjvWOibDc5-TBnbUk1pD12o0')
      .get({
        baseURL: sandbox.url,
        params: { brand_id: '1004' },
        headers: { Accept: 'application/json', 'Content-Type': undefined },
      });
    expect([status, data.card_title]).toEqual([200, '山岚咖啡会员卡']);
    expect(sandbox.ledger.entries()).toHaveLength(1);
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

  it('opens what we seal, and we open what it seals', async () => {
    const { partner } = sandbox.provision;
    const privateKey = createPrivateKey(partner.privateKeyPem);
    const publicKey = createPublicKey(partner.privateKeyPem);
    expect(Rsa.decrypt(seal('13812345678', publicKey), privateKey)).toBe('13812345678');
    await expect(unseal(Rsa.encrypt('钻石会员', publicKey), [privateKey])).resolves.toBe('钻石会员');
  });
});
