import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { member, templates, worldOf, type World } from './refusals/world';

const day = 86_400_000;

describe("the sandbox's clock", () => {
  let sandbox: Sandbox;
  let world: World;
  beforeAll(async () => {
    sandbox = await startSandbox({ membersPerBrand: 6 });
    world = worldOf(sandbox);
  });
  afterAll(() => sandbox.close());
  beforeEach(async () => {
    await world.control('POST', 'reset');
    await world.control('PUT', 'limits', { limits: { GET_USER_CARD: 1_000 } });
  });
  const stateOf = async (index: number): Promise<unknown> => {
    const { status, data } = await world.ask('GET_USER_CARD', member(index));
    expect(status).toBe(200);
    return data.user_card_state;
  };

  it('expires cards by their validity, in any order of moves', async () => {
    expect(await Promise.all([stateOf(0), stateOf(1), stateOf(2)])).toEqual(Array(3).fill('EFFECTIVE'));
    // The seeded range ends after 180 days, the term 365 days after the pickup.
    await world.control('POST', 'clock', { days: 181 });
    expect(await Promise.all([stateOf(0), stateOf(1), stateOf(2)])).toEqual([
      'EFFECTIVE',
      'EFFECTIVE',
      'EXPIRED',
    ]);
    await world.control('POST', 'clock', { days: 186 });
    expect(await Promise.all([stateOf(0), stateOf(1), stateOf(2)])).toEqual([
      'EFFECTIVE',
      'EXPIRED',
      'EXPIRED',
    ]);
    await world.control('DELETE', 'clock');
    expect(await stateOf(1)).toBe('EFFECTIVE');
  });

  it('counts terms in days of Beijing, to the end of the last day', async () => {
    await world.control('POST', 'clock', { at: '2027-03-01T10:00:00+08:00' });
    const imported = await world.ask('IMPORT_USER_CARD_BY_OPENID', {
      card_id: templates[1],
      openid: 'o-term',
      user_card_code: 'T-1',
      pickup_time: '2027-03-01T09:00:00+08:00',
      valid_date_information: { type: 'FIX_TERM', available_day_after_receive: 1 },
    });
    expect(imported.status).toBe(200);
    const card = { card_id: templates[1], openid: 'o-term', user_card_code: 'T-1' };
    const stateAt = async (at: string): Promise<unknown> => {
      await world.control('POST', 'clock', { at });
      return (await world.ask('GET_USER_CARD', card)).data.user_card_state;
    };
    expect(await stateAt('2027-03-02T23:59:30+08:00')).toBe('EFFECTIVE');
    expect(await stateAt('2027-03-03T00:00:00+08:00')).toBe('EXPIRED');
    expect((await world.ask('UPDATE_USER_CARD', { ...card, level: '金' })).message).toBe(
      '用户卡状态不正确，只能操作已激活的会员卡',
    );
  });

  it('ends templates and activities, and dates new objects', async () => {
    await world.control('POST', 'clock', { days: 200 });
    expect((await world.ask('CREATE_PRE_AUTH_TOKEN', { card_id: templates[2] })).message).toBe(
      '会员卡模板已过期',
    );
    const { data } = await world.ask('GET_MEMBERSHIP_ACTIVITY');
    expect(data.activity_state).toBe('MEMBERSHIP_ACTIVITY_EXPIRED');
    const { modify_time } = (await world.ask('UPDATE_USER_CARD')).data;
    expect(Math.abs(Date.parse(String(modify_time)) - Date.now() - 200 * day)).toBeLessThan(60_000);
  });

  it('does not change the time of signatures, certificates and the ledger', async () => {
    await world.control('POST', 'clock', { days: 4_000 });
    const { status, headers, verified } = await world.ask('GET_USER_CARD');
    expect([status, verified]).toEqual([200, true]);
    expect(Math.abs(Number(headers.get('wechatpay-timestamp')) - Date.now() / 1000)).toBeLessThan(60);
    expect(Math.abs((sandbox.ledger.entries().at(-1)?.at ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('is returned and reset', async () => {
    expect(await world.control('GET', 'clock')).toMatchObject({ aheadSeconds: 0 });
    expect(await world.control('POST', 'clock', { days: 1, hours: 2 })).toMatchObject({
      aheadSeconds: 93_600,
    });
    await world.control('POST', 'reset');
    expect(await world.control('GET', 'clock')).toMatchObject({ aheadSeconds: 0 });
  });

  it('sends a delivery again with the same bytes and a new signature', async () => {
    const received: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
    const target = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        received.push({ headers: request.headers, body });
        response.writeHead(204).end();
      });
    }).listen(0, '127.0.0.1');
    await once(target, 'listening');
    const { port } = target.address() as AddressInfo;
    await world.control('PUT', 'deliveries', { url: `http://127.0.0.1:${String(port)}/notify` });
    const id = await sandbox.users.remove({ brandId: '1004', userCardCode: member(3).user_card_code })
      .delivered;
    await sandbox.users.remove({ brandId: '1004', userCardCode: member(4).user_card_code }).delivered;
    for (const body of [undefined, { id }])
      expect(await world.control('POST', 'deliveries/resend', body)).toMatchObject({
        state: 'delivered',
        attempts: [{ status: 204 }, { status: 204 }],
      });
    target.closeAllConnections();
    target.close();
    const bodies = received.map(({ body }) => body);
    expect(bodies.slice(2)).toEqual([bodies[1], bodies[0]]);
    expect(new Set(received.map(({ headers }) => headers['wechatpay-signature'])).size).toBe(4);
  });
});
