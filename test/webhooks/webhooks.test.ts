import { createSecretKey, randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { Database } from '../../src/database/database';
import { createDatabase, type DatabaseSettings } from '../../src/database/open-database';
import type { UserCardEvent } from '../../src/events/event';
import { createCipher } from '../../src/shared/cipher';
import { systemClock } from '../../src/shared/clock';
import { createDispatcher, pausesMs, type WebhookEvent } from '../../src/webhooks/dispatcher';
import { createQueue, leaseMs } from '../../src/webhooks/queue';
import { webhookMigrations } from '../../src/webhooks/schema';
import { createSender, maxConcurrent, type Sender, type SenderDeps } from '../../src/webhooks/sender';
import { webhookKinds, type WebhookSettings } from '../../src/webhooks/settings';
import { createWebhooks, type Webhooks } from '../../src/webhooks/webhooks';
import { fakeClock } from '../support/fake-clock';
import { keyRing } from '../support/key-ring';
import { embeddedDirectory, postgresServer } from '../support/both-databases';
import { describeWithPostgres } from '../support/postgres-server';
import { startReceiver, type ReceiverAnswer, type WebhookReceiver } from '../support/webhook-receiver';

const secretBytes = randomBytes(32);
const secretText = `whsec_${secretBytes.toString('base64')}`;
const direct = { authorities: [] };
let made = 0;
const name = (): string => `w${String((made += 1))}-${randomBytes(3).toString('hex')}`;
const anEvent = (change: Partial<UserCardEvent> = {}): UserCardEvent => ({
  eventType: 'USER_CARD_CREATE',
  eventTypeRaw: 'BRAND_MEMBER_CARD.USER_CARD.CREATE',
  brandId: '1004',
  cardId: 'card-1',
  openid: name(),
  userCardCode: 'code-of-the-card',
  createTime: '2026-11-26T12:00:00+08:00',
  ...change,
});
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
};

interface Running {
  readonly webhooks: Webhooks;
  readonly sender: Sender;
  readonly events: WebhookEvent[];
}

/** Webhooks of one process; the database is shared by all tests, so every webhook has a name of its own. */
const running = (
  database: Database,
  settings: readonly WebhookSettings[],
  { clock = systemClock, ...more }: Partial<SenderDeps> = {},
): Running => {
  const events: WebhookEvent[] = [];
  const queue = createQueue(database, createCipher(keyRing('k1'), 'webhook deliveries'));
  const sender = createSender({ network: direct, clock, ...more });
  const dispatcher = createDispatcher({
    webhooks: settings,
    queue,
    sender,
    clock: systemClock,
    random: () => 0.5,
    observe: (event) => events.push(event),
  });
  const webhooks = createWebhooks({
    webhooks: settings,
    queue,
    dispatcher,
    userCardIdOf: ({ userCardCode }) => (userCardCode === undefined ? undefined : 'id-of-the-card'),
    subjectKey: createSecretKey(randomBytes(32)),
    wallNow: systemClock.wallNow,
  });
  return { webhooks, sender, events };
};
const aWebhook = (change: Partial<WebhookSettings> & Pick<WebhookSettings, 'url'>): WebhookSettings => ({
  id: name(),
  secret: createSecretKey(secretBytes),
  kinds: webhookKinds,
  personalMembers: [],
  allowPrivateNetwork: true,
  ...change,
});

/** What holds in either database. */
const promises = (settings: () => DatabaseSettings): void => {
  let database: Database;
  const receivers: WebhookReceiver[] = [];
  const processes: Running[] = [];
  beforeAll(() => {
    database = createDatabase({ settings: settings(), migrations: webhookMigrations, clock: systemClock });
  });
  afterAll(async () => {
    await Promise.all(receivers.map((receiver) => receiver.close()));
    await Promise.all(processes.map(({ webhooks }) => webhooks.stop()));
    await Promise.all(processes.map(({ sender }) => sender.close()));
    await database.close();
  });
  const receiving = async (answer?: Parameters<typeof startReceiver>[0]): Promise<WebhookReceiver> => {
    const receiver = await startReceiver(answer);
    receivers.push(receiver);
    return receiver;
  };
  const start = (...args: Parameters<typeof running> extends [unknown, ...infer Rest] ? Rest : never) => {
    const process = running(database, ...args);
    processes.push(process);
    return process;
  };
  /** Moves what waits to its next attempt; a lease too, as if its owner had died. */
  const forward = (webhook: string) =>
    database.query('update webhook_deliveries set next_at = 0, leased_until = 0 where webhook = $1', [
      webhook,
    ]);

  it('delivers events in the form of Standard Webhooks, without what names the user', async () => {
    const receiver = await receiving();
    const { webhooks, events } = start([aWebhook({ url: `${receiver.url}?a=1` })]);
    const event = anEvent({ extra: { note: 'somebody' } });
    await webhooks.forward(event, 'n-1');
    await webhooks.forward(event, 'n-1');
    const [message] = await receiver.has(1);
    const headers = message?.headers as Record<string, string>;
    expect(new Webhook(secretText).verify(message?.body ?? '', headers)).toEqual({
      type: 'USER_CARD_CREATE',
      timestamp: '2026-11-26T12:00:00+08:00',
      data: {
        brandId: '1004',
        eventTypeRaw: 'BRAND_MEMBER_CARD.USER_CARD.CREATE',
        cardId: 'card-1',
        userCardId: 'id-of-the-card',
      },
    });
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': 'evt_1004_n-1' });
    expect(message?.path).toBe('/hook?a=1');
    await until(() => events.length > 0);
    expect(events).toMatchObject([{ outcome: 'delivered', attempt: 1, result: 'HTTP_204' }]);
    expect(JSON.stringify(events)).not.toContain(event.openid);
    expect(receiver.received).toHaveLength(1);
  });

  it('signs with both secrets while receivers change from one to the other', async () => {
    const receiver = await receiving();
    const next = randomBytes(32);
    const { webhooks } = start([aWebhook({ url: receiver.url, secondSecret: createSecretKey(next) })]);
    await webhooks.forward(anEvent({}), 'n-both');
    const [message] = await receiver.has(1);
    const headers = message?.headers as Record<string, string>;
    for (const secret of [secretText, `whsec_${next.toString('base64')}`])
      expect(new Webhook(secret).verify(message?.body ?? '', headers)).toMatchObject({
        type: 'USER_CARD_CREATE',
      });
    const stranger = `whsec_${randomBytes(32).toString('base64')}`;
    expect(() => new Webhook(stranger).verify(message?.body ?? '', headers)).toThrow();
  });

  it('adds what a webhook asks for, and leaves out kinds and brands that it does not', async () => {
    const receiver = await receiving();
    const { webhooks } = start([
      aWebhook({
        url: receiver.url,
        kinds: ['USER_CARD_DELETE', 'UNKNOWN', 'BULK_OPERATION_ENDED'],
        brandIds: ['1004'],
        personalMembers: ['openid', 'userCardCode', 'extra'],
      }),
    ]);
    const event = anEvent({ eventType: 'UNKNOWN', eventTypeRaw: 'X.TOMORROW', extra: { a: 1 } });
    await webhooks.forward(anEvent(), name());
    await webhooks.forward(anEvent({ eventType: 'USER_CARD_DELETE', brandId: '1005' }), name());
    await webhooks.forward(event, name());
    await webhooks.deliver({
      id: 'bulk_1',
      kind: 'BULK_OPERATION_ENDED',
      brandId: '1004',
      timestamp: '2026-11-26T12:00:00Z',
      data: { status: 'DONE' },
    });
    await receiver.has(2);
    const bodies = receiver.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    expect(bodies.find(({ type }) => type === 'UNKNOWN')).toMatchObject({
      data: {
        eventTypeRaw: 'X.TOMORROW',
        openid: event.openid,
        userCardCode: 'code-of-the-card',
        extra: { a: 1 },
      },
    });
    expect(bodies.find(({ type }) => type === 'BULK_OPERATION_ENDED')).toMatchObject({
      data: { brandId: '1004', status: 'DONE' },
    });
    expect(bodies).toHaveLength(2);
  });

  it('tries again with the same id, newly signed, and keeps the order of a card', async () => {
    const answers: ReceiverAnswer[] = [500];
    const receiver = await receiving(() => answers.shift() ?? 200);
    const webhook = aWebhook({ url: receiver.url });
    const { webhooks, events } = start([webhook]);
    const first = anEvent();
    await webhooks.forward(first, 'first');
    await until(() => events.length === 1);
    await webhooks.forward({ ...first, eventType: 'USER_CARD_DELETE' }, 'second');
    await webhooks.forward(anEvent(), 'other');
    await until(() => events.length === 2);
    const ids = () => receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(ids()).toEqual(['evt_1004_first', 'evt_1004_other']);
    expect(events[0]).toMatchObject({ outcome: 'failed', result: 'HTTP_500' });
    await until(async () => {
      const rows = await database.query(
        'select 1 from webhook_deliveries where webhook = $1 and attempts = 1 and leased_until = 0',
        [webhook.id],
      );
      return rows.length === 2;
    });
    await forward(webhook.id);
    webhooks.start();
    await until(() => events.length === 4);
    expect(ids()).toEqual(['evt_1004_first', 'evt_1004_other', 'evt_1004_first', 'evt_1004_second']);
    const [failed, , repeated] = receiver.received;
    expect(repeated?.body).toBe(failed?.body);
    expect(() =>
      new Webhook(secretText).verify(repeated?.body ?? '', repeated?.headers as Record<string, string>),
    ).not.toThrow();
  });

  it('gives up after three days, lists it without its content, and delivers it again when told to', async () => {
    let status = 503;
    const receiver = await receiving(() => status);
    const webhook = aWebhook({ url: receiver.url });
    const { webhooks, events } = start([webhook]);
    const event = anEvent();
    await webhooks.forward(event, 'n');
    for (let attempt = 1; attempt <= pausesMs.length; attempt += 1) {
      await until(async () => {
        const rows = await database.query(
          'select 1 from webhook_deliveries where webhook = $1 and attempts = $2 and leased_until = 0',
          [webhook.id, attempt],
        );
        return rows.length === 1;
      });
      await forward(webhook.id);
      webhooks.start();
    }
    await until(() => events.at(-1)?.outcome === 'dead');
    expect(events).toHaveLength(pausesMs.length + 1);
    const ofWebhook = async () =>
      (await webhooks.deliveries.list({ state: 'DEAD', count: 100 })).filter(
        (one) => one.webhook === webhook.id,
      );
    await until(async () => (await ofWebhook()).length === 1);
    const [dead] = await ofWebhook();
    expect(dead).toMatchObject({
      state: 'DEAD',
      messageId: 'evt_1004_n',
      attempts: 15,
      lastResult: 'HTTP_503',
    });
    expect(JSON.stringify(dead)).not.toContain(event.openid);
    status = 200;
    expect(await webhooks.deliveries.redeliver(Number(dead?.id))).toMatchObject({
      state: 'WAITING',
      attempts: 0,
    });
    await until(() => events.at(-1)?.outcome === 'delivered');
    expect(receiver.received.at(-1)?.headers['webhook-id']).toBe('evt_1004_n');
    expect(await webhooks.deliveries.redeliver(10 ** 9)).toBeUndefined();
  });

  it('gives up at once if the receiver is gone for good (410)', async () => {
    const receiver = await receiving(() => 410);
    const { webhooks, events } = start([aWebhook({ url: receiver.url })]);
    await webhooks.forward(anEvent(), 'n');
    await until(() => events.length === 1);
    expect(events).toMatchObject([{ outcome: 'dead', result: 'HTTP_410' }]);
  });

  it('follows no redirect', async () => {
    const target = await receiving();
    const receiver = await receiving(() => ({ status: 307, location: target.url }));
    const { webhooks, events } = start([aWebhook({ url: receiver.url })]);
    await webhooks.forward(anEvent(), 'n');
    await until(() => events.length === 1);
    expect(events).toMatchObject([{ outcome: 'failed', result: 'HTTP_307' }]);
    expect(target.received).toEqual([]);
  });

  it.each([
    ['an address', (port: number) => `http://127.0.0.1:${port}/`],
    ['an address of IPv6', (port: number) => `http://[::ffff:127.0.0.1]:${port}/`],
    ['a name', (port: number) => `http://rebound.example:${port}/`],
    ['a name of this machine', (port: number) => `http://localhost:${port}/`],
  ])('opens no connection to a private network that is not allowed, named by %s', async (_, urlOf) => {
    const receiver = await receiving();
    const { webhooks, events } = start(
      [aWebhook({ url: urlOf(receiver.port), allowPrivateNetwork: false })],
      {
        // As the name servers of an attacker would, after the URL was checked.
        resolve: ((_name: string, _options: unknown, done: (error: null, addresses: unknown) => void) => {
          done(null, [
            { address: '8.8.8.8', family: 4 },
            { address: '127.0.0.1', family: 4 },
          ]);
        }) as unknown as NonNullable<SenderDeps['resolve']>,
      },
    );
    await webhooks.forward(anEvent(), 'n');
    await until(() => events.length === 1);
    expect(events).toMatchObject([{ outcome: 'failed', result: 'PRIVATE_ADDRESS' }]);
    expect(receiver.received).toEqual([]);
  });

  it('waits for no receiver longer than 15 s', async () => {
    const receiver = await receiving(() => 'never');
    const clock = fakeClock();
    const { webhooks, events } = start([aWebhook({ url: receiver.url })], { clock: clock });
    await webhooks.forward(anEvent(), 'n');
    await receiver.has(1);
    await clock.advance(15_000);
    await until(() => events.length === 1);
    expect(events).toMatchObject([{ outcome: 'failed', result: 'TIMEOUT' }]);
  });

  it('has only so many attempts under way, and delivers everything', async () => {
    const receiver = await receiving(() => new Promise((resolve) => setTimeout(resolve, 5, 200)));
    const { webhooks } = start([aWebhook({ url: receiver.url })]);
    await Promise.all(Array.from({ length: 40 }, (_, index) => webhooks.forward(anEvent(), `n-${index}`)));
    await receiver.has(40);
    expect(receiver.atOnce()).toBeLessThanOrEqual(maxConcurrent);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(40);
  });

  it('delivers again, with the same id, what a process had taken that died', async () => {
    const webhook = { id: name() };
    const queue = createQueue(database, createCipher(keyRing('k1'), 'webhook deliveries'));
    await queue.add([
      { webhook: webhook.id, messageId: 'm', brandId: '1004', kind: 'UNKNOWN', subject: 's', body: '{}' },
    ]);
    const [taken] = await queue.take(webhook.id, 10);
    expect(await queue.take(webhook.id, 10)).toEqual([]);
    await database.query(
      'update webhook_deliveries set leased_until = leased_until - $2 where webhook = $1',
      [webhook.id, leaseMs],
    );
    const [again] = await queue.take(webhook.id, 10);
    expect(again).toMatchObject({ id: taken?.id, messageId: 'm', attempts: 2, body: '{}' });
    // The first owner was only slow: what it says counts no more.
    if (taken !== undefined) await queue.finish(taken, { state: 'DELIVERED', result: 'HTTP_200' });
    expect(await queue.get(Number(taken?.id))).toMatchObject({ state: 'WAITING' });
  });

  it('holds no user in clear', async () => {
    const receiver = await receiving(() => 500);
    const webhook = aWebhook({ url: receiver.url, personalMembers: ['openid', 'userCardCode'] });
    const { webhooks, events } = start([webhook]);
    const event = anEvent();
    await webhooks.forward(event, 'n');
    await until(() => events.length === 1);
    expect(receiver.received[0]?.body).toContain(event.openid);
    const rows = JSON.stringify(
      await database.query('select * from webhook_deliveries where webhook = $1', [webhook.id]),
    );
    expect(rows).not.toContain(event.openid);
    expect(rows).not.toContain('code-of-the-card');
  });

  it('removes what has ended long ago, and gives up what belongs to no webhook any more', async () => {
    const queue = createQueue(database, createCipher(keyRing('k1'), 'webhook deliveries'));
    const [kept, gone] = [name(), name()];
    const subject = 's';
    for (const webhook of [kept, gone])
      for (const messageId of ['old', 'new'])
        await queue.add([
          { webhook, messageId, brandId: '1004', kind: 'UNKNOWN', subject: messageId, body: subject },
        ]);
    const days = 86_400_000;
    await database.query(
      "update webhook_deliveries set created_at = created_at - $1::bigint where message_id = 'old'",
      [5 * days],
    );
    await queue.sweep([kept]);
    const statesOf = async (webhook: string) =>
      (await queue.list({ count: 1_000 }))
        .filter((one) => one.webhook === webhook)
        .map(({ messageId, state }) => `${messageId} ${state}`);
    expect(await statesOf(kept)).toEqual(['new WAITING', 'old WAITING']);
    expect(await statesOf(gone)).toEqual(['new WAITING', 'old DEAD']);
    await database.query(
      "update webhook_deliveries set ended_at = ended_at - $1::bigint where state = 'DEAD'",
      [31 * days],
    );
    await queue.sweep([kept]);
    expect(await statesOf(gone)).toEqual(['new WAITING']);
  });
};

describe('webhooks, in an embedded database', () => {
  const directory = embeddedDirectory();
  promises(() => ({ directory }));
});

describeWithPostgres('webhooks, in PostgreSQL', () => {
  const { url } = postgresServer();
  promises(() => ({ url: url() }));

  it('are delivered once by several processes, each card in order', async () => {
    const receiver = await startReceiver(() => new Promise((resolve) => setTimeout(resolve, 2, 200)));
    const webhook = aWebhook({ url: receiver.url });
    const databases = [1, 2, 3].map(() =>
      createDatabase({ settings: { url: url() }, migrations: webhookMigrations, clock: systemClock }),
    );
    const processes = databases.map((database) => running(database, [webhook]));
    const queue = createQueue(databases[0] as Database, createCipher(keyRing('k1'), 'webhook deliveries'));
    const cards = 10;
    for (let index = 0; index < 60; index += 1)
      await queue.add([
        {
          webhook: webhook.id,
          messageId: `m-${index}`,
          brandId: '1004',
          kind: 'UNKNOWN',
          subject: `card-${index % cards}`,
          body: String(index),
        },
      ]);
    for (const { webhooks } of processes) webhooks.start();
    await receiver.has(60);
    await Promise.all(processes.map(({ webhooks }) => webhooks.stop()));
    const bodies = receiver.received.map(({ body }) => Number(body));
    expect(bodies).toHaveLength(60);
    for (let card = 0; card < cards; card += 1) {
      const ofCard = bodies.filter((index) => index % cards === card);
      expect(ofCard).toEqual(ofCard.toSorted((a, b) => a - b));
    }
    await Promise.all(processes.map(({ sender }) => sender.close()));
    await Promise.all(databases.map((database) => database.close()));
    await receiver.close();
  });
});
