import { createCipheriv, createSecretKey, randomInt, sign } from 'node:crypto';
import { request } from 'node:http';
import type { WechatPayPublicKey } from '../../src/wechatpay/settings';
import { capture, deliver, type Delivered } from '../support/captured';
import { subscribe } from '../support/subscriber';
import { testApp, type TestApp } from '../support/test-app';
import { newPair } from '../support/key-pairs';

const brandId = '1004';
/** A second key of WeChat Pay, whose private half these tests have. */
const own = newPair();
const ownId = 'PUB_KEY_ID_0123456789012345678901234567890';
/** Of a partner that has none of the brands. */
const otherApiV3Key = 'k'.repeat(32);
const withOwnKey = <T extends { readonly publicKeys: readonly WechatPayPublicKey[] }>(credential: T): T => ({
  ...credential,
  publicKeys: [...credential.publicKeys, { id: ownId, key: own.publicKey }],
});

let app: TestApp;
let opened = 0;
beforeAll(async () => {
  app = await testApp({
    change: ({ wechatPay, ...config }) => ({
      ...config,
      wechatPay: {
        ...wechatPay,
        brandCredentials: wechatPay.brandCredentials.map(withOwnKey),
        ...(wechatPay.partner && {
          partner: withOwnKey(wechatPay.partner),
          partners: [
            {
              ...withOwnKey(wechatPay.partner),
              mchid: '1900000002',
              apiV3Key: createSecretKey(Buffer.from(otherApiV3Key)),
            },
          ],
        }),
      },
    }),
  });
});
afterAll(() => app.close());

const genuine = (): Promise<Delivered> => {
  opened += 1;
  return capture(app, () =>
    app.sandbox.users.open({
      brandId,
      cardId: app.sandbox.example.cardId,
      openid: `oForged-${String(opened)}`,
    }),
  );
};

/** All stored events, read as a subscriber would. */
const stored = (): number => app.notifications.filter(({ outcome }) => outcome === 'new').length;

/** The latest stored event, as a subscriber sees it. */
const lastEvent = async () => {
  const fields = 'eventTypeRaw createTime extra';
  const subscriber = subscribe(app.url, { brandId, lastEventId: '0', fields });
  const events = await subscriber.has(stored());
  subscriber.close();
  return events.at(-1);
};

const expectRefused = async (delivery: Delivered, status: number): Promise<void> => {
  const before = stored();
  const answer = await deliver(app, delivery);
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.text)).toMatchObject({ code: 'FAIL' });
  expect(stored()).toBe(before);
};

/** Signed with WeChat Pay's key, with any content: nobody else could send it. */
const signedBy = (
  body: string,
  { key = own.privateKey, at = Date.now(), serial = ownId } = {},
): Delivered => {
  const timestamp = String(Math.floor(at / 1000));
  const nonce = `n${String(randomInt(2 ** 40))}`;
  const signature = sign('sha256', Buffer.from(`${timestamp}\n${nonce}\n${body}\n`), key);
  return {
    body: Buffer.from(body),
    headers: {
      'content-type': 'application/json',
      'wechatpay-timestamp': timestamp,
      'wechatpay-nonce': nonce,
      'wechatpay-serial': serial,
      'wechatpay-signature': signature.toString('base64'),
    },
  };
};

const envelope = (plain: string, key: string, change: Record<string, unknown> = {}): string => {
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key), Buffer.from('0123456789ab'));
  cipher.setAAD(Buffer.from('user_card'));
  const bytes = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return JSON.stringify({
    id: `id-${String(randomInt(2 ** 40))}`,
    create_time: '2026-11-21T12:00:00+08:00',
    event_type: 'BRAND_MEMBER_CARD.USER_CARD.DELETE',
    resource_type: 'encrypt-resource',
    resource: {
      algorithm: 'AEAD_AES_256_GCM',
      ciphertext: bytes.toString('base64'),
      nonce: '0123456789ab',
      associated_data: 'user_card',
      original_type: 'user_card',
    },
    ...change,
  });
};
const apiKeyOf = (of: string): string =>
  app.sandbox.provision.brands.find((brand) => brand.brandId === of)?.apiKey ?? '';
const resource = JSON.stringify({ brand_id: brandId, card_id: 'c1', openid: 'oForged', user_card_code: '1' });

describe('a delivery', () => {
  it('is accepted unchanged; each forgery below differs from it in one thing', async () => {
    const delivery = await genuine();
    expect(await deliver(app, delivery)).toEqual({ status: 204, text: '' });
    expect(await deliver(app, signedBy(envelope(resource, apiKeyOf(brandId))))).toEqual({
      status: 204,
      text: '',
    });
  });

  it('with any bit of it changed is refused', async () => {
    const { headers, body } = await genuine();
    const seed = randomInt(2 ** 31);
    const flips = Array.from({ length: 150 }, (_, index) => (seed + index * 7919) % (body.length * 8));
    for (const flip of flips) {
      const changed = Buffer.from(body);
      changed[flip >> 3] = (changed[flip >> 3] ?? 0) ^ (1 << (flip & 7));
      const { status } = await deliver(app, { headers, body: changed });
      if (status !== 401)
        throw new Error(`seed ${String(seed)}: bit ${String(flip)} was answered ${String(status)}`);
    }
    const signature = Buffer.from(headers['wechatpay-signature'] ?? '', 'base64');
    for (let index = 0; index < 32; index += 1) {
      const changed = Buffer.from(signature);
      const at = (seed + index * 61) % changed.length;
      changed[at] = (changed[at] ?? 0) ^ (1 << (index & 7));
      await expectRefused(
        { headers: { ...headers, 'wechatpay-signature': changed.toString('base64') }, body },
        401,
      );
    }
    // Unchanged, it is still new: none of the above was stored.
    expect((await deliver(app, { headers, body })).status).toBe(204);
  });

  it('repeated byte for byte is refused; the same notification with a new signature is a duplicate', async () => {
    const delivery = await genuine();
    expect((await deliver(app, delivery)).status).toBe(204);
    await expectRefused(delivery, 401);
    const before = stored();
    expect((await deliver(app, signedBy(delivery.body.toString()))).status).toBe(204);
    expect(stored()).toBe(before);
  });

  it('under a signature that is older or newer than 5 minutes is refused', async () => {
    const body = envelope(resource, apiKeyOf(brandId));
    await expectRefused(signedBy(body, { at: Date.now() - 301_000 }), 401);
    await expectRefused(signedBy(body, { at: Date.now() + 302_000 }), 401);
    expect((await deliver(app, signedBy(body, { at: Date.now() - 290_000 }))).status).toBe(204);
  });

  it('signed by somebody else is refused, under every serial', async () => {
    const { privateKey } = newPair();
    const body = envelope(resource, apiKeyOf(brandId));
    await expectRefused(signedBy(body, { key: privateKey }), 401);
    await expectRefused(signedBy(body, { serial: 'PUB_KEY_ID_00000000000000000000000000000000' }), 401);
    await expectRefused(signedBy(body, { serial: '' }), 401);
  });

  it.each(['timestamp', 'nonce', 'serial', 'signature'])('without its %s is refused', async (name) => {
    const { [`wechatpay-${name}`]: _, ...headers } = (await genuine()).headers;
    await expectRefused({ headers, body: (await genuine()).body }, 401);
  });

  it('that probes whether signatures are checked at all is refused', async () => {
    const { headers, body } = await genuine();
    await expectRefused(
      {
        headers: {
          ...headers,
          'wechatpay-signature': `WECHATPAY/SIGNTEST/${headers['wechatpay-signature'] ?? ''}`,
        },
        body,
      },
      401,
    );
  });

  it('encrypted with another key is refused, as a fault that may pass', async () => {
    await expectRefused(signedBy(envelope(resource, 'x'.repeat(32))), 500);
    // A brand's key decrypts nothing of the partner route, and vice versa.
    await expectRefused(
      signedBy(
        envelope(resource, apiKeyOf(brandId), { event_type: 'BRAND_MEMBER_CARD_SP.USER_CARD.DELETE' }),
      ),
      500,
    );
    await expectRefused(signedBy(envelope(resource, app.sandbox.provision.partner.apiV3Key)), 500);
  });

  it('encrypted with the key of one brand is not accepted for another', async () => {
    await expectRefused(signedBy(envelope(resource, apiKeyOf('1001622624'))), 400);
  });

  it('encrypted with the key of one partner is not accepted for the brands of another', async () => {
    const ofPartner = { event_type: 'BRAND_MEMBER_CARD_SP.USER_CARD.DELETE' };
    const { apiV3Key } = app.sandbox.provision.partner;
    expect(await deliver(app, signedBy(envelope(resource, apiV3Key, ofPartner)))).toMatchObject({
      status: 204,
    });
    await expectRefused(signedBy(envelope(resource, otherApiV3Key, ofPartner)), 400);
  });

  it('for a brand that is not configured is refused, so that it is redelivered', async () => {
    const foreign = JSON.stringify({ brand_id: '999', card_id: 'c1', openid: 'o1' });
    await expectRefused(
      signedBy(
        envelope(foreign, app.sandbox.provision.partner.apiV3Key, {
          event_type: 'BRAND_MEMBER_CARD_SP.USER_CARD.DELETE',
        }),
      ),
      500,
    );
  });

  it.each([
    ['no JSON', () => 'no JSON'],
    ['no object', () => '[]'],
    ['no resource', () => envelope(resource, apiKeyOf(brandId), { resource: undefined })],
    ['an id of another form', () => envelope(resource, apiKeyOf(brandId), { id: '../x y' })],
    ['a resource that is no JSON', () => envelope('{', apiKeyOf(brandId))],
  ])('that WeChat Pay signed but holds %s is refused', async (_, body) => {
    await expectRefused(signedBy(body()), 400);
  });

  describe('of an unknown type', () => {
    const says = { brand_id: brandId, card_id: 'c1', openid: 'o1', user_card_code: 'u1' };
    const arrive = async (more: object, change: Record<string, unknown> = {}) => {
      const body = envelope(JSON.stringify({ ...says, ...more }), apiKeyOf(brandId), {
        event_type: 'BRAND_MEMBER_CARD.NEWS\u0000\n',
        ...change,
      });
      expect((await deliver(app, signedBy(body))).status).toBe(204);
      return lastEvent();
    };

    it('reaches the stream as UNKNOWN, with its type and content but no personal data', async () => {
      const event = await arrive({
        new_level: '黑金',
        phone_number: '13812345678',
        user_information: { common_field_list: [{ name: 'USER_FORM_FLAG_NAME', value: '张三' }] },
        note: '13812345678',
      });
      expect(event).toMatchObject({
        eventType: 'UNKNOWN',
        eventTypeRaw: 'BRAND_MEMBER_CARD.NEWS??',
        ...{ cardId: 'c1', openid: 'o1', userCardCode: 'u1', createTime: expect.any(String) as string },
      });
      // Known personal members are absent.
      expect(event).toHaveProperty('extra', { new_level: '黑金', note: '***' });
      expect(JSON.stringify(event)).not.toMatch(/1381234|张三/);
      expect(app.notifications.at(-1)).toMatchObject({ outcome: 'new', kind: 'BRAND_MEMBER_CARD.NEWS??' });
    });

    it('may have no card and a time in another format', async () => {
      expect(
        await arrive({ card_id: undefined, openid: undefined, user_card_code: 7 }, { create_time: 'soon' }),
      ).toMatchObject({
        ...{ eventType: 'UNKNOWN', cardId: null, openid: null, userCardCode: null, createTime: null },
        extra: { create_time: 'soon', user_card_code: 7 },
      });
    });

    it('invalidates the card in the cache', async () => {
      const { cardId, openid, userCardCode } = app.sandbox.example;
      const read = `{ userCard(by: { key: { brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "${userCardCode}" } }) { level } }`;
      await app.ask(read);
      const before = app.arrived('GET_USER_CARD');
      await app.ask(read);
      expect(app.arrived('GET_USER_CARD')).toBe(before);
      await arrive({ openid });
      await app.ask(read);
      expect(app.arrived('GET_USER_CARD')).toBe(before + 1);
    });

    it('is acknowledged and logged if it is about no brand', async () => {
      const before = stored();
      const body = envelope('[]', apiKeyOf(brandId), { event_type: 'BRAND_MEMBER_CARD.NEWS' });
      expect((await deliver(app, signedBy(body))).status).toBe(204);
      expect(stored()).toBe(before);
      expect(app.notifications.at(-1)).toMatchObject({
        outcome: 'unknownKind',
        kind: 'BRAND_MEMBER_CARD.NEWS',
      });
    });
  });

  it('of a known type with an unknown member shows that member', async () => {
    const says = {
      brand_id: brandId,
      card_id: 'c1',
      openid: 'o2',
      phone_number: '13812345678',
      level: '金',
      source: 'SHOP',
    };
    const body = envelope(JSON.stringify(says), apiKeyOf(brandId), {
      event_type: 'BRAND_MEMBER_CARD.USER_CARD.DELETE',
    });
    expect((await deliver(app, signedBy(body))).status).toBe(204);
    expect(await lastEvent()).toMatchObject({
      eventType: 'USER_CARD_DELETE',
      eventTypeRaw: 'BRAND_MEMBER_CARD.USER_CARD.DELETE',
      extra: { source: 'SHOP' },
    });
  });

  it('of the older product with a similar name has no known type', async () => {
    const body = envelope(resource, apiKeyOf(brandId), { event_type: 'MEMBERCARD.USER_CARD.CREATE' });
    expect((await deliver(app, signedBy(body))).status).toBe(204);
    expect(app.notifications.at(-1)).toMatchObject({ outcome: 'unknownKind' });
  });

  it('without associated data is accepted, because the documents call it optional', async () => {
    const cipher = createCipheriv('aes-256-gcm', Buffer.from(apiKeyOf(brandId)), Buffer.from('0123456789ab'));
    const bytes = Buffer.concat([cipher.update(resource, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    const body = envelope(resource, apiKeyOf(brandId), {
      resource: {
        algorithm: 'AEAD_AES_256_GCM',
        ciphertext: bytes.toString('base64'),
        nonce: '0123456789ab',
      },
    });
    expect((await deliver(app, signedBy(body))).status).toBe(204);
  });

  it('that is huge is refused before it is read to its end, announced or not', async () => {
    const before = app.notifications.length;
    const { headers } = signedBy('');
    const answer = await deliver(app, { headers, body: Buffer.alloc(1_000_000, 'x') }).catch(
      () => ({ status: 413, text: '' }), // the connection was closed under the sender
    );
    expect(answer.status).toBe(413);
    const status = await new Promise<number>((resolve) => {
      const endless = request(app.notifyUrl, { method: 'POST', headers }, (response) => {
        resolve(response.statusCode ?? 0);
        response.resume();
        endless.destroy();
      });
      endless.on('error', () => undefined);
      const write = (): void => {
        if (!endless.destroyed) endless.write(Buffer.alloc(16_384), write);
      };
      write();
    });
    expect(status).toBe(413);
    expect(app.notifications.length).toBe(before);
  });

  it('without the form of a signature is refused, with its body unread', async () => {
    const before = app.notifications.length;
    const { body, headers } = await genuine();
    for (const name of ['timestamp', 'nonce', 'serial', 'signature']) {
      const { [`wechatpay-${name}`]: _, ...others } = headers;
      expect((await deliver(app, { headers: others, body })).status).toBe(401);
    }
    // Unverified requests do not get a log line each: anyone who can reach the path could fill the log.
    expect(app.notifications.length).toBe(before);
  });

  it('must be POSTed', async () => {
    const response = await fetch(app.notifyUrl);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

it('a refusal gives WeChat Pay and the log its reason, and no content of the request', async () => {
  const { headers, body } = await genuine();
  const answer = await deliver(app, { headers, body: Buffer.from(body.toString().replace('{', ' {')) });
  expect(answer.text).toBe('{"code":"FAIL","message":"the signature is not valid"}');
  expect(app.notifications.at(-1)).toMatchObject({
    outcome: 'refused',
    code: 'UPSTREAM_SIGNATURE_INVALID',
    detail: 'a notification was refused: its signature does not match',
  });
});
