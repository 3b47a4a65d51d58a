import { randomBytes } from 'node:crypto';
import { comparePositions, type UserCardEvent } from '../../src/events/event';
import { openingRetryMs, type EventLog } from '../../src/events/log';
import { createMemoryLog } from '../../src/events/memory-log';
import { createRedisLog, type RedisLog } from '../../src/events/redis-log';
import { systemClock } from '../../src/shared/clock';
import { createKeyRing } from '../../src/shared/key-ring';
import type { Redis } from '../../src/store/redis';
import { createCipher } from '../../src/shared/cipher';
import { fakeClock } from '../support/fake-clock';
import { keyRing, namedKey } from '../support/key-ring';
import { connectPatiently, describeWithRedis, startRedis, type RedisServer } from '../support/redis-server';

let made = 0;
const name = (): string => `n${String((made += 1))}-${randomBytes(4).toString('hex')}`;
const anEvent = (brandId: string, openid = name()): UserCardEvent => ({
  eventType: 'USER_CARD_CREATE',
  brandId,
  cardId: 'c1',
  openid,
  createTime: '2026-11-21T12:00:00+08:00',
});
const mark = () => ({ notificationId: name(), nonce: name() });
const put = async (log: EventLog, brandId: string, count: number, opening = false): Promise<string[]> => {
  const openids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const event = anEvent(brandId);
    openids.push(String(event.openid));
    await log.append(event, { mark: mark(), opening });
  }
  return openids;
};
const openidsOf = (events: readonly UserCardEvent[]) => events.map(({ openid }) => openid);

const promises = (make: () => EventLog): void => {
  it('stores events in order, and reads from any position', async () => {
    const [log, brandId] = [make(), name()];
    const openids = await put(log, brandId, 25);
    const first = await log.read(brandId, '0-0', 10);
    const second = await log.read(brandId, first.at(-1)?.eventId ?? '', 100);
    expect(openidsOf([...first, ...second])).toEqual(openids);
    const all = [...first, ...second].map(({ eventId }) => eventId);
    expect([...all].sort(comparePositions)).toEqual(all);
    expect(await log.bounds(brandId)).toEqual({ first: all[0], last: all.at(-1) });
    expect(await log.bounds(name())).toBeUndefined();
  });

  it('separates brands', async () => {
    const [log, a, b] = [make(), name(), name()];
    const [openids] = [await put(log, a, 2), await put(log, b, 3)];
    expect(openidsOf(await log.read(a, '0-0', 10))).toEqual(openids);
  });

  it('stores a notification once, and recognises its other deliveries', async () => {
    const [log, brandId, once] = [make(), name(), mark()];
    const event = anEvent(brandId);
    expect(await log.standingOf(brandId, once)).toBe('new');
    expect(await log.append(event, { mark: once, opening: true })).toBe('new');
    const again = { ...once, nonce: name() };
    expect(await log.standingOf(brandId, again)).toBe('duplicate');
    expect(await log.append(event, { mark: again, opening: true })).toBe('duplicate');
    for (const used of [once, again, { ...again, notificationId: name() }]) {
      expect(await log.standingOf(brandId, used)).toBe('replayed');
      expect(await log.append(event, { mark: used, opening: true })).toBe('replayed');
    }
    expect(await log.read(brandId, '0-0', 10)).toHaveLength(1);
    expect(await log.openings.take(brandId, 10)).toHaveLength(1);
  });

  it('stores only one of many simultaneous deliveries', async () => {
    const [log, brandId, { notificationId }] = [make(), name(), mark()];
    const event = anEvent(brandId);
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () =>
        log.append(event, { mark: { notificationId, nonce: name() }, opening: false }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'new')).toHaveLength(1);
    expect(await log.read(brandId, '0-0', 10)).toHaveLength(1);
  });

  it('wakes subscribers of the brand only', async () => {
    const [log, brandId] = [make(), name()];
    let heard = 0;
    const end = log.subscribe(brandId, () => (heard += 1));
    log.subscribe(name(), () => {
      throw new Error('news of another brand');
    });
    await put(log, brandId, 1);
    while (heard === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    end();
    await put(log, brandId, 1);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(heard).toBe(1);
  });

  it('returns an opening once, until it is done', async () => {
    const [log, brandId] = [make(), name()];
    const openids = await put(log, brandId, 3, true);
    await put(log, brandId, 2, false);
    const taken = await log.openings.take(brandId, 2);
    const rest = await log.openings.take(brandId, 10);
    expect(openidsOf([...taken, ...rest].map(({ event }) => event))).toEqual(openids);
    expect(await log.openings.take(brandId, 10)).toEqual([]);
    for (const { id } of taken) await log.openings.done(brandId, id);
  });
};

describe('the log of a single process', () => {
  promises(() => createMemoryLog({ clock: systemClock, keep: 1_000 }));

  it('keeps the configured number of events, and at most a tenth more', async () => {
    const clock = fakeClock();
    const log = createMemoryLog({ clock, keep: 100 });
    const openids = await put(log, 'b', 1_000);
    const kept = await log.read('b', '0-0', 10_000);
    expect(kept.length).toBeGreaterThanOrEqual(100);
    expect(kept.length).toBeLessThanOrEqual(110);
    expect(openidsOf(kept)).toEqual(openids.slice(-kept.length));
  });

  it('returns an opening again if it was not done in time', async () => {
    const clock = fakeClock();
    const log = createMemoryLog({ clock, keep: 100 });
    await put(log, 'b', 2, true);
    const [first] = await log.openings.take('b', 10);
    await log.openings.done('b', first?.id ?? '');
    await clock.advance(openingRetryMs - 1);
    expect(await log.openings.take('b', 10)).toHaveLength(0);
    await clock.advance(1);
    expect(await log.openings.take('b', 10)).toHaveLength(1);
  });

  it('increases its ids if the clock stops or goes back', async () => {
    const clock = fakeClock();
    let back = 0;
    const log = createMemoryLog({ clock: { ...clock, now: () => clock.now() - back }, keep: 100 });
    await put(log, 'b', 2);
    back = 60_000;
    const openids = await put(log, 'b', 1);
    expect(openidsOf(await log.read('b', '0-0', 10)).at(-1)).toBe(openids[0]);
    const ids = (await log.read('b', '0-0', 10)).map(({ eventId }) => eventId);
    expect([...ids].sort(comparePositions)).toEqual(ids);
  });
});

describeWithRedis('the log of a fleet', () => {
  let server: RedisServer;
  let redis: Redis;
  let log: RedisLog;
  const keys = keyRing('k1');
  const open = (cipher = createCipher(keys, 'events')) => createRedisLog({ redis, cipher, keep: 1_000 });

  beforeAll(async () => {
    server = await startRedis();
    redis = await connectPatiently(server.url);
    log = await open();
  });
  afterAll(async () => {
    log.stop();
    redis.close();
    await server.close();
  });

  promises(() => log);

  it('shares events with another process, and wakes it', async () => {
    const [other, brandId] = [await open(), name()];
    const heard = new Promise<void>((resolve) => other.subscribe(brandId, resolve));
    const openids = await put(log, brandId, 2);
    await heard;
    expect(openidsOf(await other.read(brandId, '0-0', 10))).toEqual(openids);
    other.stop();
  });

  it('shows an event of a kind that a later version stored as UNKNOWN', async () => {
    const brandId = name();
    const later = { ...anEvent(brandId), eventType: 'OF_TOMORROW' as 'UNKNOWN', eventTypeRaw: 'X.TOMORROW' };
    await log.append(later, { mark: mark(), opening: false });
    expect(await log.read(brandId, '0-0', 10)).toMatchObject([
      { eventType: 'UNKNOWN', eventTypeRaw: 'X.TOMORROW', openid: later.openid },
    ]);
  });

  it('stores no user in clear, and decrypts with no other key and for no other brand', async () => {
    const [brandId, openid] = [name(), name()];
    await log.append(anEvent(brandId, openid), { mark: mark(), opening: true });
    for (const key of await redis.client.keys('*')) {
      expect(key).not.toContain(openid);
      if ((await redis.client.type(key)) === 'stream')
        expect(JSON.stringify(await redis.client.xRange(key, '-', '+'))).not.toContain(openid);
    }
    const stranger = await open(createCipher(createKeyRing([namedKey('k1', 'other')]), 'events'));
    expect(await stranger.read(brandId, '0-0', 10)).toEqual([]);
    stranger.stop();
  });

  it('still reads events encrypted with a former key while it is configured', async () => {
    const [ring, brandId] = [keyRing('old'), name()];
    const changing = await open(createCipher(ring, 'events'));
    try {
      const early = await put(changing, brandId, 1, true);
      ring.replace([namedKey('new'), namedKey('old')]);
      const late = await put(changing, brandId, 1, true);
      expect(openidsOf(await changing.read(brandId, '0-0', 10))).toEqual([...early, ...late]);
      expect((await changing.openings.take(brandId, 10)).map(({ event }) => event.openid)).toEqual([
        ...early,
        ...late,
      ]);
      ring.replace([namedKey('new')]);
      expect(openidsOf(await changing.read(brandId, '0-0', 10))).toEqual(late);
    } finally {
      changing.stop();
    }
  });

  it('keeps about the configured number of events', async () => {
    const [small, brandId] = [
      await createRedisLog({ redis, cipher: createCipher(keys, 'events'), keep: 100 }),
      name(),
    ];
    await put(small, brandId, 400);
    const kept = await small.read(brandId, '0-0', 1_000);
    expect(kept.length).toBeGreaterThanOrEqual(100);
    expect(kept.length).toBeLessThan(400);
    small.stop();
  });

  it('expires its marks', async () => {
    const [brandId, once] = [name(), mark()];
    await log.append(anEvent(brandId), { mark: once, opening: false });
    const life = async (key: string) => redis.client.pTTL(key);
    expect(await life(`wxm:notified:{${brandId}}:${once.notificationId}`)).toBeGreaterThan(71 * 3_600_000);
    expect(await life(`wxm:nonce:{${brandId}}:${once.nonce}`)).toBeGreaterThan(600_000);
  });

  it('removes an opening only when it is done', async () => {
    const brandId = name();
    await put(log, brandId, 2, true);
    const [first, second] = await log.openings.take(brandId, 10);
    await log.openings.done(brandId, first?.id ?? '');
    const left = await redis.client.xRange(`wxm:openings:{${brandId}}`, '-', '+');
    expect(left.map(({ id }) => id)).toEqual([second?.id]);
  });
});
