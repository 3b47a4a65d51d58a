import type { EventLog } from '../../src/events/log';
import { createMemoryLog } from '../../src/events/memory-log';
import { createReceiver, type NotificationEvent } from '../../src/notifications/receive';
import { createMemoryWriteEpochs, type WriteEpochs } from '../../src/traffic/cache/write-epochs';
import { createCacheKeys } from '../../src/wechatpay/api/cache-keys';
import { keyRing } from '../support/key-ring';
import type { Notification } from '../../src/wechatpay/notifications/notification';
import { fakeClock } from '../support/fake-clock';

const cacheKeys = createCacheKeys(keyRing('new', 'old'));
const subjects = cacheKeys.userCardSubjects('b', 'o');
const outdating = ['begin', 'commit'].flatMap((step) => subjects.map((subject) => `${step} ${subject}`));

const aNotification = (change: Partial<Notification> = {}): Notification => ({
  known: true,
  id: 'n1',
  nonce: 'x1',
  route: 'brand',
  kind: 'USER_CARD_CREATE',
  eventType: 'BRAND_MEMBER_CARD.USER_CARD.CREATE',
  createTime: 't',
  resource: { brandId: 'b', cardId: 'c', openid: 'o', userCardCode: '1' },
  ...change,
});

const setUp = (
  wrap: (log: EventLog) => EventLog = (log) => log,
  forward: () => Promise<void> = () => Promise.resolve(),
) => {
  const clock = fakeClock();
  const log = createMemoryLog({ clock, keep: 1_000 });
  const steps: string[] = [];
  const memory = createMemoryWriteEpochs(clock);
  const writeEpochs: WriteEpochs = {
    ...memory,
    begin: (of) => {
      steps.push(`begin ${of ?? ''}`);
      return memory.begin(of);
    },
    commit: (of, since) => {
      steps.push(`commit ${of}`);
      return memory.commit(of, since);
    },
  };
  let next = aNotification();
  const observed: NotificationEvent[] = [];
  const verify = createReceiver({
    reader: { read: () => Promise.resolve(next) },
    log: wrap({
      ...log,
      append: (...args) => {
        steps.push('append');
        return log.append(...args);
      },
    }),
    writeEpochs,
    cacheKeys,
    observeCard: () => undefined,
    clock,
    isConfigured: (brandId) => brandId === 'b',
    confirms: () => true,
    forward(event, notificationId) {
      steps.push(`forward ${notificationId} ${event.eventType}`);
      return forward();
    },
    observe: (event) => observed.push(event),
  });
  return {
    clock,
    log,
    steps,
    observed,
    memory,
    receive: async (notification: Notification) => {
      next = notification;
      await (
        await verify({}, '')
      )();
    },
  };
};

/** Receives it and confirms its opening at once, as an idle confirmer does. */
const received = async (
  { receive, log }: ReturnType<typeof setUp>,
  notification: Notification,
): Promise<void> => {
  const unsubscribe = log.subscribe('b', () => {
    void log.openings.take('b', 1).then(([taken]) => taken && log.openings.done('b', taken.id));
  });
  await receive(notification);
  unsubscribe();
};

describe('a delivery that is received', () => {
  it("invalidates the user's cards under all their names before it is stored", async () => {
    const receiver = setUp();
    const { steps, memory } = receiver;
    await received(receiver, aNotification());
    expect(steps).toEqual([...outdating, 'forward n1 USER_CARD_CREATE', 'append']);
    expect(subjects).toContain(createCacheKeys(keyRing('old')).userCardSubject('b', 'o'));
    for (const subject of subjects) {
      expect(await memory.read(subject)).toMatchObject({ settled: true });
      expect((await memory.read(subject)).epoch).toBeGreaterThan(0);
    }
  });

  it('that is a duplicate invalidates nothing again', async () => {
    const receiver = setUp();
    const { receive, steps } = receiver;
    await received(receiver, aNotification());
    await receive(aNotification({ nonce: 'x2' }));
    expect(steps).toEqual([...outdating, 'forward n1 USER_CARD_CREATE', 'append', 'append']);
  });

  it.each(['POINT_EXCHANGE_COUPON', 'SYNC_USER_POINT'] as const)(
    'of the type %s invalidates no card',
    async (kind) => {
      const { receive, steps } = setUp();
      await receive(
        aNotification({
          kind,
          resource: {
            ...aNotification().resource,
            recordId: 'r',
            exchangeCouponTemplateId: 't',
            deductPoints: 1,
          },
        }),
      );
      expect(steps).toEqual([`forward n1 ${kind}`, 'append']);
    },
  );

  it('is not acknowledged if it could not be stored, and is completed when it is delivered again', async () => {
    let away = true;
    const receiver = setUp((own) => ({
      ...own,
      append: (...args) => (away ? Promise.reject(new Error('away')) : own.append(...args)),
    }));
    const { receive, log, observed } = receiver;
    await expect(receive(aNotification())).rejects.toThrow('away');
    expect(await log.read('b', '0-0', 10)).toEqual([]);
    away = false;
    // The same bytes, as after a timeout: the failure did not use up their nonce.
    await received(receiver, aNotification());
    expect(await log.read('b', '0-0', 10)).toHaveLength(1);
    expect(observed.map(({ outcome }) => outcome)).toEqual(['refused', 'new']);
    expect(JSON.stringify(observed)).not.toContain('away');
  });

  it('is not acknowledged if it could not be passed on, and is stored when it is delivered again', async () => {
    let away = true;
    const receiver = setUp(undefined, () => (away ? Promise.reject(new Error('away')) : Promise.resolve()));
    await expect(receiver.receive(aNotification())).rejects.toThrow('away');
    expect(await receiver.log.read('b', '0-0', 10)).toEqual([]);
    away = false;
    await received(receiver, aNotification({ nonce: 'x2' }));
    expect(await receiver.log.read('b', '0-0', 10)).toHaveLength(1);
  });

  it('is an opening only if a card was opened', async () => {
    const { receive, log, clock } = setUp();
    await receive(aNotification({ kind: 'USER_CARD_DELETE' }));
    expect(await log.openings.take('b', 10)).toEqual([]);
    const receiving = receive(aNotification({ id: 'n2', nonce: 'x2' })).catch(() => undefined);
    await clock.advance(4_000);
    await receiving;
    expect(await log.openings.take('b', 10)).toHaveLength(1);
  });

  it('is left with WeChat Pay while its opening waits in this process only', async () => {
    const { receive, log, clock, observed } = setUp();
    const receiving = receive(aNotification()).catch((error: unknown) => error);
    await clock.advance(4_000);
    expect(await receiving).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    const again = receive(aNotification({ nonce: 'x2' }));
    await clock.advance(1_000);
    const [taken] = await log.openings.take('b', 10);
    await log.openings.done('b', taken?.id ?? '');
    await again;
    await receive(aNotification({ nonce: 'x3' }));
    expect(observed.map(({ outcome }) => outcome)).toEqual(['refused', 'duplicate', 'duplicate']);
    expect(await log.read('b', '0-0', 10)).toHaveLength(1);
  });

  it('is acknowledged at once if its opening waits in a store', async () => {
    const { receive, log } = setUp(({ openings, ...own }) => ({
      ...own,
      openings: { ...openings, doneWithin: undefined },
    }));
    await receive(aNotification());
    expect(await log.openings.take('b', 10)).toHaveLength(1);
  });
});
