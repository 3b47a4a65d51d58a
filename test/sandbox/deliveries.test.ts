import { createDecipheriv, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { fakeClock, type FakeClock } from '../support/fake-clock';

const minute = 60_000;
const everyMinute = Array<number>(10).fill(minute);
const overADay = [1, 2, 5, 10, 30, ...Array<number>(20).fill(60)].map((minutes) => minutes * minute);

describe('the sandbox delivers', () => {
  let clock: FakeClock;
  let sandbox: Sandbox;
  let target: Server;
  let status: number;
  let received: { headers: IncomingHttpHeaders; body: string }[];
  let url: string;

  beforeAll(async () => {
    clock = fakeClock();
    target = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        received.push({ headers: request.headers, body });
        response.writeHead(status).end();
      });
    }).listen(0, '127.0.0.1');
    await once(target, 'listening');
    url = `http://127.0.0.1:${String((target.address() as AddressInfo).port)}/notify`;
    sandbox = await startSandbox({
      membersPerBrand: 3,
      now: clock.now,
      after: (ms, action) => clock.after(ms, action),
    });
  });
  beforeEach(async () => {
    received = [];
    status = 500;
    sandbox.deliveries.deliverTo(url);
    await fetch(`${sandbox.url}/sandbox/reset`, { method: 'POST' });
  });
  afterAll(async () => {
    await sandbox.close();
    target.closeAllConnections();
    target.close();
  });

  const member = (): { brandId: string; userCardCode: string } => {
    const { brandId, userCardCode } = sandbox.example;
    return { brandId, userCardCode };
  };
  const attempts = () => sandbox.deliveries.list()[0]?.attempts ?? [];
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
  };

  it.each([
    ['an opening', 'partner', everyMinute, () => sandbox.users.remove({ ...member(), route: 'partner' })],
    ['an opening', 'brand', overADay, () => sandbox.users.remove({ ...member(), route: 'brand' })],
    [
      'an exchange of points',
      'brand',
      everyMinute,
      () => sandbox.users.exchangePoints({ ...member(), route: 'brand', points: 1 }),
    ],
    ['a look at points', 'partner', [], () => sandbox.users.lookAtPoints({ ...member(), route: 'partner' })],
  ] as const)('%s on the %s route as often and as late as WeChat Pay', async (_, __, waits, act) => {
    const start = clock.now();
    const { delivered } = act();
    for (let count = 1; count <= waits.length; count += 1) {
      await until(() => attempts().length === count);
      await clock.advance(waits[count - 1] ?? 0);
    }
    await delivered;
    const moments = attempts().map(({ at }) => at - start);
    expect(moments).toEqual(waits.reduce((all, wait) => [...all, (all.at(-1) ?? 0) + wait], [0]));
    expect(sandbox.deliveries.list()).toMatchObject([{ state: 'givenUp' }]);
  });

  it('until it is acknowledged, each time the same bytes with a new signature', async () => {
    const { delivered } = sandbox.users.remove(member());
    await until(() => attempts().length === 1);
    status = 204;
    await clock.advance(minute);
    await delivered;
    expect(sandbox.deliveries.list()).toMatchObject([
      { state: 'delivered', attempts: [{ status: 500 }, { status: 204 }] },
    ]);
    expect(received[0]?.body).toBe(received[1]?.body);
    const nonces = received.map(({ headers }) => headers['wechatpay-nonce']);
    expect(new Set(nonces).size).toBe(2);
    for (const { headers, body } of received) {
      const message = `${String(headers['wechatpay-timestamp'])}\n${String(headers['wechatpay-nonce'])}\n${body}\n`;
      const signature = Buffer.from(String(headers['wechatpay-signature']), 'base64');
      expect(
        verify('sha256', Buffer.from(message), sandbox.provision.wechatPay.publicKeyPem, signature),
      ).toBe(true);
    }
  });

  it('the documented envelope, encrypted with the API key of the route', async () => {
    status = 200;
    await sandbox.users.remove(member()).delivered;
    const { resource, ...envelope } = JSON.parse(received[0]?.body ?? '') as {
      resource: { ciphertext: string; nonce: string; associated_data: string };
      event_type: string;
    };
    expect(envelope).toMatchObject({
      event_type: 'BRAND_MEMBER_CARD.USER_CARD.DELETE',
      resource_type: 'encrypt-resource',
    });
    const bytes = Buffer.from(resource.ciphertext, 'base64');
    const decipher = createDecipheriv(
      'aes-256-gcm',
      Buffer.from(sandbox.provision.brands[0]?.apiKey ?? ''),
      Buffer.from(resource.nonce),
    );
    decipher.setAAD(Buffer.from(resource.associated_data)).setAuthTag(bytes.subarray(-16));
    const plain = decipher.update(bytes.subarray(0, -16)).toString() + decipher.final().toString();
    // 回调解密后的手机号为明文
    expect(JSON.parse(plain)).toMatchObject({
      brand_id: sandbox.example.brandId,
      user_card_code: sandbox.example.userCardCode,
      user_card_state: 'INVALID',
      phone_number: expect.stringMatching(/^1\d{10}$/) as string,
    });
  });

  it('nothing to a notify_url on another machine', async () => {
    sandbox.deliveries.deliverTo(undefined);
    await sandbox.users.remove(member()).delivered;
    expect(sandbox.deliveries.list()).toMatchObject([{ state: 'unreachable', attempts: [] }]);
    expect(() => {
      sandbox.deliveries.deliverTo('http://10.0.0.1/notify');
    }).toThrow(/loopback/);
  });

  it('nothing when a card expires', async () => {
    await sandbox.users.expire(member()).delivered;
    expect(sandbox.deliveries.list()).toEqual([]);
    expect(sandbox.state().userCard(member().brandId, member().userCardCode)?.user_card_state).toBe(
      'EXPIRED',
    );
  });

  it('what its control API requests', async () => {
    status = 204;
    const ask = async (path: string, body?: unknown, method = 'POST') => {
      const response = await fetch(`${sandbox.url}/sandbox/${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const { brandId, cardId } = sandbox.example;
    const opened = await ask('users/open', { brandId, cardId, openid: 'oControl' });
    expect(opened).toMatchObject({ status: 200, body: { openid: 'oControl' } });
    expect(await ask('users/open', { brandId, cardId, openid: 'oControl' })).toMatchObject({ status: 400 });
    expect(await ask('users/delete', { brandId, userCardCode: 'nobody' })).toMatchObject({ status: 404 });
    const { userCardCode } = opened.body;
    for (const [action, more] of [
      ['exchange-points', { points: 5 }],
      ['look-at-points', {}],
      ['delete', {}],
    ] as const)
      expect(await ask(`users/${action}`, { brandId, userCardCode, ...more })).toMatchObject({
        status: 200,
      });
    await until(() => received.length === 4);
    const listed = (await (await fetch(`${sandbox.url}/sandbox/deliveries`)).json()) as {
      eventType: string;
    }[];
    expect(listed.map(({ eventType }) => eventType).sort()).toEqual([
      'BRAND_MEMBER_CARD.POINT_EXCHANGE_COUPON',
      'BRAND_MEMBER_CARD.SYNC_USER_POINT',
      'BRAND_MEMBER_CARD.USER_CARD.CREATE',
      'BRAND_MEMBER_CARD.USER_CARD.DELETE',
    ]);
    expect(await ask('deliveries', { url: 'https://example.com/x' }, 'PUT')).toMatchObject({ status: 400 });
  });
});
