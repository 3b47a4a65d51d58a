import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { Database } from '../../src/database/database';
import { createDatabase, type DatabaseSettings } from '../../src/database/open-database';
import { createDatabaseLog, type DatabaseLog } from '../../src/events/database-log';
import { comparePositions, type UserCardEvent } from '../../src/events/event';
import type { EventLog } from '../../src/events/log';
import { createMemoryLog } from '../../src/events/memory-log';
import { openingKeyOf, openingRetryMs } from '../../src/events/openings';
import { readOpenings } from '../../src/events/read-openings';
import { createRedisLog, type RedisLog } from '../../src/events/redis-log';
import { eventMigrations } from '../../src/events/schema';
import { systemClock } from '../../src/shared/clock';
import { createKeyRing } from '../../src/shared/key-ring';
import type { Redis } from '../../src/store/redis';
import { createCipher } from '../../src/shared/cipher';
import { fakeClock } from '../support/fake-clock';
import { keyRing, namedKey } from '../support/key-ring';
import { embeddedDirectory, postgresServer } from '../support/both-databases';
import { describeWithPostgres } from '../support/postgres-server';
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
    await log.append(event, { mark: mark(), opening: opening && 'QUEUED' });
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
    expect(await log.append(event, { mark: once, opening: 'QUEUED' })).toBe('new');
    const again = { ...once, nonce: name() };
    expect(await log.standingOf(brandId, again)).toBe('duplicate');
    expect(await log.append(event, { mark: again, opening: 'QUEUED' })).toBe('duplicate');
    for (const used of [once, again, { ...again, notificationId: name() }]) {
      expect(await log.standingOf(brandId, used)).toBe('replayed');
      expect(await log.append(event, { mark: used, opening: 'QUEUED' })).toBe('replayed');
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

  it('lists what waits: what was set aside until its card is settled, and what is queued until it is done', async () => {
    const [log, brandId] = [make(), name()];
    const listed = async (more: { after?: string; first?: number; own?: string } = {}) => {
      const { first = 10, after, own } = more;
      const mayReceive = ({ openid }: UserCardEvent): boolean => own === undefined || openid === own;
      const { openings, hasMore } = await readOpenings(log, { brandId, first, after, mayReceive });
      const shown = openings.map(({ state, event }) => `${state} ${String(event.openid)}`);
      return { shown, hasMore, end: openings.at(-1)?.cursor ?? '' };
    };
    const manual = anEvent(brandId);
    await log.append(manual, { mark: mark(), opening: 'MANUAL' });
    const [a = '', b = '', c = ''] = await put(log, brandId, 3, true);
    await put(log, brandId, 1, false);
    await put(log, name(), 1, true);
    const [first, second] = await log.openings.take(brandId, 2);
    if (first === undefined || second === undefined) throw new Error('nothing was taken');
    await log.openings.setAside(brandId, first, 'NEEDS_CODE');
    await log.openings.setAside(brandId, second, 'REFUSED');
    const own = String(manual.openid);
    const all = [`MANUAL ${own}`, `NEEDS_CODE ${a}`, `REFUSED ${b}`, `QUEUED ${c}`];
    expect(await listed()).toMatchObject({ shown: all, hasMore: false });
    const page = await listed({ first: 3 });
    expect(page).toMatchObject({ shown: all.slice(0, 3), hasMore: true });
    expect(await listed({ first: 3, after: page.end })).toMatchObject({
      shown: all.slice(3),
      hasMore: false,
    });
    expect((await listed({ own: c })).shown).toEqual([`QUEUED ${c}`]);
    await expect(listed({ after: 'bzox' })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });

    await log.openings.settle(
      brandId,
      [own, b, c, 'nobody'].map((openid) => openingKeyOf({ cardId: 'c1', openid })),
    );
    // What is queued is the server's to end.
    expect((await listed()).shown).toEqual([`NEEDS_CODE ${a}`, `QUEUED ${c}`]);
    await log.openings.requeue(brandId);
    const again = await log.openings.take(brandId, 10);
    expect(openidsOf(again.map(({ event }) => event)).toSorted()).toEqual([a, c].toSorted());
    for (const { id } of again) await log.openings.done(brandId, id);
    expect((await listed()).shown).toEqual([]);
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

  it('tells whether the opening of a notification is done in time', async () => {
    const clock = fakeClock();
    const log = createMemoryLog({ clock, keep: 100 });
    const once = mark();
    await log.append(anEvent('b'), { mark: once, opening: 'QUEUED' });
    const answers: (boolean | undefined)[] = [];
    const ask = async (brandId: string, id = once.notificationId): Promise<void> => {
      answers.push(await log.openings.doneWithin?.(brandId, id, 1_000));
    };
    await Promise.all([ask('other'), ask('b', 'unknown')]);
    const early = ask('b');
    await clock.advance(1_000);
    await early;
    const late = ask('b');
    const [taken] = await log.openings.take('b', 1);
    await log.openings.done('b', taken?.id ?? '');
    await late;
    await ask('b');
    expect(answers).toEqual([true, true, false, true, true]);
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
    await log.append(anEvent(brandId, openid), { mark: mark(), opening: 'QUEUED' });
    for (const key of (await server.command('KEYS', '*')) as string[]) {
      expect(key).not.toContain(openid);
      if ((await server.command('TYPE', key)) === 'stream')
        expect(JSON.stringify(await server.command('XRANGE', key, '-', '+'))).not.toContain(openid);
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
    const life = (key: string) => redis.ask((store) => store.pTTL(redis.key(key)));
    expect(await life(`notified:{${brandId}}:${once.notificationId}`)).toBeGreaterThan(71 * 3_600_000);
    expect(await life(`nonce:{${brandId}}:${once.nonce}`)).toBeGreaterThan(600_000);
  });

  it('removes an opening only when it is done', async () => {
    const brandId = name();
    await put(log, brandId, 2, true);
    const [first, second] = await log.openings.take(brandId, 10);
    await log.openings.done(brandId, first?.id ?? '');
    const left = await redis.ask((store) => store.xRange(redis.key(`openings:{${brandId}}`), '-', '+'));
    expect(left.map(({ id }) => id)).toEqual([second?.id]);
  });
});

/** What holds for the log in either database. */
const durable = (settings: () => DatabaseSettings): void => {
  const databases: Database[] = [];
  const logs: DatabaseLog[] = [];
  let database: Database;
  let log: DatabaseLog;
  const openDatabase = () => {
    const opened = createDatabase({ settings: settings(), migrations: eventMigrations, clock: systemClock });
    databases.push(opened);
    return opened;
  };
  const open = ({ of = database, keep = 1_000, ring = keyRing('k1') } = {}) => {
    const opened = createDatabaseLog({
      database: of,
      cipher: createCipher(ring, 'events'),
      keep,
      clock: systemClock,
      ...('url' in settings() ? { pollMs: 20 } : {}),
    });
    logs.push(opened);
    return opened;
  };
  beforeAll(() => {
    database = openDatabase();
    log = open();
  });
  afterAll(async () => {
    for (const one of logs) one.stop();
    await Promise.all(databases.map((one) => one.close()));
  });
  const leaseEnds = (brandId: string) =>
    database.query('update event_openings set taken_until = taken_until - $2 where brand_id = $1', [
      brandId,
      openingRetryMs,
    ]);

  promises(() => log);

  it('has its events, marks and openings after a restart', async () => {
    const [brandId, once] = [name(), mark()];
    const openids = await put(log, brandId, 2, true);
    await log.append(anEvent(brandId), { mark: once, opening: false });
    await log.openings.take(brandId, 1);
    const before = await log.read(brandId, '0-0', 10);
    if ('directory' in settings()) await database.close();
    database = openDatabase();
    log = open();
    expect(await log.read(brandId, '0-0', 10)).toEqual(before);
    expect(await log.standingOf(brandId, once)).toBe('replayed');
    expect(await log.standingOf(brandId, { ...once, nonce: name() })).toBe('duplicate');
    await put(log, brandId, 1);
    expect(await log.read(brandId, before.at(-1)?.eventId ?? '', 10)).toHaveLength(1);
    await leaseEnds(brandId);
    expect(openidsOf((await log.openings.take(brandId, 10)).map(({ event }) => event))).toEqual(openids);
  });

  it('returns an opening again if it was not done in time', async () => {
    const brandId = name();
    await put(log, brandId, 2, true);
    const [first] = await log.openings.take(brandId, 10);
    await log.openings.done(brandId, first?.id ?? '');
    expect(await log.openings.take(brandId, 10)).toEqual([]);
    await leaseEnds(brandId);
    expect(await log.openings.take(brandId, 10)).toHaveLength(1);
  });

  it('keeps the configured number of events, and at most a tenth more', async () => {
    const [small, brandId] = [open({ keep: 20 }), name()];
    const openids = await put(small, brandId, 47);
    expect(openidsOf(await small.read(brandId, '0-0', 100))).toEqual(openids.slice(-21));
  });

  it('increases its ids if the clock of the database goes back', async () => {
    const brandId = name();
    const early = await put(log, brandId, 1);
    for (const table of ['events', 'event_heads'])
      await database.query(`update ${table} set ms = ms + 60000 where brand_id = $1`, [brandId]);
    const late = await put(log, brandId, 2);
    const found = await log.read(brandId, '0-0', 10);
    expect(openidsOf(found)).toEqual([...early, ...late]);
    expect(await log.read(brandId, found[0]?.eventId ?? '', 10)).toHaveLength(2);
  });

  it('forgets its marks when they have expired', async () => {
    const [brandId, once] = [name(), mark()];
    await log.append(anEvent(brandId), { mark: once, opening: false });
    await database.query('update event_marks set expires_at = 1 where brand_id = $1', [brandId]);
    expect(await log.standingOf(brandId, once)).toBe('new');
    expect(await log.append(anEvent(brandId), { mark: once, opening: false })).toBe('new');
    await database.query('update event_marks set expires_at = 1 where brand_id = $1', [brandId]);
    await put(open(), name(), 1);
    expect(await database.query('select 1 from event_marks where brand_id = $1', [brandId])).toEqual([]);
  });

  it('stores no user in clear, and decrypts with no other key', async () => {
    const [brandId, openid] = [name(), name()];
    await log.append(anEvent(brandId, openid), { mark: mark(), opening: 'QUEUED' });
    const rows = await Promise.all(
      ['events', 'event_openings', 'event_marks', 'event_heads'].map((table) =>
        database.query(`select * from ${table} where brand_id = $1`, [brandId]),
      ),
    );
    expect(rows.every((found) => found.length > 0)).toBe(true);
    expect(JSON.stringify(rows)).not.toContain(openid);
    const stranger = open({ ring: createKeyRing([namedKey('k1', 'other')]) });
    expect(await stranger.read(brandId, '0-0', 10)).toEqual([]);
  });

  it('shows an event of a kind that a later version stored as UNKNOWN', async () => {
    const brandId = name();
    const later = { ...anEvent(brandId), eventType: 'OF_TOMORROW' as 'UNKNOWN', eventTypeRaw: 'X.TOMORROW' };
    await log.append(later, { mark: mark(), opening: false });
    expect(await log.read(brandId, '0-0', 10)).toMatchObject([
      { eventType: 'UNKNOWN', eventTypeRaw: 'X.TOMORROW', openid: later.openid },
    ]);
  });
};

describe('the log in an embedded database', () => {
  const directory = embeddedDirectory();
  durable(() => ({ directory }));
});

describeWithPostgres('the log in PostgreSQL', () => {
  const { url } = postgresServer();
  durable(() => ({ url: url() }));

  describe('with several processes', () => {
    const pair = () =>
      [1, 2].map(() => {
        const database = createDatabase({
          settings: { url: url() },
          migrations: eventMigrations,
          clock: systemClock,
        });
        const cipher = createCipher(keyRing('k1'), 'events');
        const log = createDatabaseLog({ database, cipher, keep: 1_000, clock: systemClock, pollMs: 20 });
        return { database, log };
      });
    let processes: ReturnType<typeof pair>;
    beforeAll(() => {
      processes = pair();
    });
    afterAll(async () => {
      for (const { log } of processes) log.stop();
      await Promise.all(processes.map(({ database }) => database.close()));
    });
    const both = (): readonly [DatabaseLog, DatabaseLog] => {
      const [one, other] = processes;
      if (one === undefined || other === undefined) throw new Error('two are started');
      return [one.log, other.log];
    };

    it('wakes the subscribers of another one', async () => {
      const [[one, other], brandId] = [both(), name()];
      await put(one, brandId, 1);
      let resolveNext = (): void => undefined;
      const next = () => new Promise<void>((resolve) => (resolveNext = resolve));
      other.subscribe(brandId, () => {
        resolveNext();
      });
      await next();
      const again = next();
      await put(one, brandId, 1);
      await again;
      expect(await other.read(brandId, '0-0', 10)).toHaveLength(2);
    });

    it('shows a reader every event, however many append at once', async () => {
      const [[one, other], brandId] = [both(), name()];
      let isOver = false;
      const seen: string[] = [];
      const reading = (async () => {
        let position = '0-0';
        const ended = (): boolean => isOver;
        for (let last = false; !last;) {
          last = ended();
          const found = await other.read(brandId, position, 100);
          position = found.at(-1)?.eventId ?? position;
          seen.push(...found.map(({ openid }) => String(openid)));
        }
      })();
      const made = await Promise.all(
        Array.from({ length: 8 }, (_, index) => put(index % 2 === 0 ? one : other, brandId, 25)),
      );
      isOver = true;
      await reading;
      expect(seen.toSorted()).toEqual(made.flat().toSorted());
    });

    it('gives an opening to one of them', async () => {
      const [[one, other], brandId] = [both(), name()];
      await put(one, brandId, 40, true);
      const taken = await Promise.all(
        Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? one : other).openings.take(brandId, 10)),
      );
      const rest = await one.openings.take(brandId, 40);
      const ids = [...taken.flat(), ...rest].map(({ id }) => id);
      expect(ids).toHaveLength(40);
      expect(new Set(ids).size).toBe(40);
    });

    it('passes over openings that another one is just taking', async () => {
      const [[one], brandId] = [both(), name()];
      await put(one, brandId, 20, true);
      const client = new Client({ connectionString: url() });
      await client.connect();
      await client.query('begin');
      const { rows: theirs } = await client.query<{ seq: string }>(
        `update event_openings set taken_until = taken_until + 3600000 where seq in (
           select seq from event_openings where brand_id = $1 order by seq limit 10) returning seq`,
        [brandId],
      );
      const taking = one.openings.take(brandId, 10);
      const isBlocked = async (): Promise<void> => {
        const { rows } = await client.query('select 1 from pg_locks where not granted');
        if (rows.length === 0) await isBlocked();
      };
      // Whoever waits for the other one's lock would take what the other one has taken.
      await Promise.race([taking, isBlocked()]);
      await client.query('commit');
      const ids = [...theirs.map(({ seq }) => `${seq}-0`), ...(await taking).map(({ id }) => id)];
      await client.end();
      expect(new Set(ids).size).toBe(20);
    });
  });
});
