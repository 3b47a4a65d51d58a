import { createSecretKey } from 'node:crypto';
import type { Database } from '../../src/database/database';
import { createDatabase, type DatabaseSettings } from '../../src/database/open-database';
import { createDirectory, type OpenDirectory } from '../../src/directory/directory';
import { noticeDead } from '../../src/directory/presence';
import { directoryMigrations } from '../../src/directory/schema';
import { AppError } from '../../src/shared/errors';
import { createKeyRing, type KeyRing, type NamedKey } from '../../src/shared/key-ring';
import { systemClock, type Clock } from '../../src/shared/clock';
import type { CardSighting } from '../../src/wechatpay/api/card-sightings';
import { embeddedDirectory, postgresServer } from '../support/both-databases';
import { describeWithPostgres } from '../support/postgres-server';

const namedKey = (id: string): NamedKey => ({ id, key: createSecretKey(Buffer.alloc(32, id)) });
const idsKey = createSecretKey(Buffer.alloc(32, 'ids'));
const phone = '13812345678';

interface Member {
  readonly openid: string;
  readonly code: string;
}

/** What holds for both databases. A brand of its own for each test: they share one database, because opening one is slow. */
const promises = (settings: () => DatabaseSettings): void => {
  let database: Database;
  let brands = 0;
  let offsetMs = 0;
  const lost: number[] = [];
  const errors: unknown[] = [];
  const ended: (readonly [string, number])[] = [];
  const clock: Clock = { ...systemClock, wallNow: () => systemClock.wallNow() + offsetMs };
  const opened: OpenDirectory[] = [];
  const open = (keys: KeyRing = createKeyRing([namedKey('k1')]), own = database): OpenDirectory => {
    const directory = createDirectory({
      database: own,
      clock,
      brandIds: Array.from({ length: 100 }, (_, index) => `b${index}`),
      retainDays: 30,
      idsKey,
      keys,
      onLost: (count) => lost.push(count),
      onError: (error) => errors.push(error),
      recordEnd: (brandId, before) => ended.push([brandId, before]),
    });
    opened.push(directory);
    return directory;
  };
  const newBrand = (): string => `b${(brands += 1)}`;
  const read = (
    brandId: string,
    { openid, code }: Member,
    { at = clock.wallNow(), state = 'EFFECTIVE', level = '金卡', cardId = 'c1' } = {},
  ): CardSighting => ({
    ...{ brandId, cardId, openid, userCardCode: code, seenAt: at },
    state: { value: state, at },
    level: { value: level, at },
  });

  beforeAll(() => {
    database = createDatabase({ settings: settings(), migrations: directoryMigrations, clock: systemClock });
  });
  afterEach(async () => {
    offsetMs = 0;
    for (const directory of opened.splice(0)) await directory.stop();
  });
  afterAll(async () => {
    expect(errors).toEqual([]);
    await database.close();
  });

  it('finds a card by what passed by, and stores neither openid nor code nor phone number in clear', async () => {
    const brandId = newBrand();
    const directory = open();
    const at = clock.wallNow();
    directory.saw({
      ...read(brandId, { openid: 'o-clear', code: 'code-clear' }, { at }),
      phoneNumber: phone,
    });
    const known = {
      ...{ brandId, cardId: 'c1', openid: 'o-clear', userCardCode: 'code-clear', state: 'EFFECTIVE' },
      ...{ level: '金卡', fetchedAt: at, firstSeenAt: at, lastSeenAt: at, isFormer: false },
    };
    expect(await directory.find(brandId, { userCardCode: 'code-clear' })).toEqual(known);
    expect(await directory.find(brandId, { phoneNumber: phone })).toEqual(known);
    expect(await directory.find(brandId, { openid: 'o-clear' })).toEqual(known);
    expect(await directory.find(brandId, { phoneNumber: '13812345679' })).toBeUndefined();
    expect(await directory.find(newBrand(), { userCardCode: 'code-clear' })).toBeUndefined();
    const [row] = await database.query(
      'select row_to_json(directory_cards)::text as row from directory_cards where brand_id = $1',
      [brandId],
    );
    expect(row?.row).not.toMatch(/o-clear|code-clear|13812345678/);
  });

  it('keeps the newest of everything, in whatever order it arrives', async () => {
    const brandId = newBrand();
    const directory = open();
    const member = { openid: 'o', code: '1' };
    const now = clock.wallNow();
    const key = { brandId, cardId: 'c1', userCardCode: '1' };
    directory.saw(read(brandId, member, { at: now - 10, state: 'INVALID', level: '银卡' }));
    directory.saw({ ...key, openid: 'o', seenAt: now - 5, pointBalance: { value: 70, at: now - 5 } });
    const newest = { state: 'INVALID', level: '银卡', fetchedAt: now - 10, pointBalance: 70 };
    expect(await directory.find(brandId, { userCardCode: '1' })).toMatchObject(newest);
    // A delayed notification, an older read, an older balance, an import without its response.
    directory.saw({ ...key, openid: 'o', state: { value: 'UNACTIVATED', at: now - 900 } });
    directory.saw(read(brandId, member, { at: now - 20 }));
    directory.saw({ ...key, seenAt: now - 6, pointBalance: { value: 1, at: now - 6 } });
    await directory.coverage(brandId);
    directory.saw({ ...key, seenAt: now, phoneNumber: phone });
    expect(await directory.find(brandId, { phoneNumber: phone })).toMatchObject({ ...newest, openid: 'o' });
    const after = open();
    after.saw({ ...read(brandId, member, { at: now + 1 }), level: { value: undefined, at: now + 1 } });
    const found = await after.find(brandId, { phoneNumber: phone });
    expect(found).toMatchObject({ state: 'EFFECTIVE', fetchedAt: now + 1, pointBalance: 70 });
    expect(found).not.toHaveProperty('level');
  });

  it('gives a card without an openid its openid when it passes by', async () => {
    const brandId = newBrand();
    const directory = open();
    directory.saw({ brandId, cardId: 'c1', userCardCode: '1', phoneNumber: phone });
    expect(await directory.find(brandId, { phoneNumber: phone })).not.toHaveProperty('openid');
    directory.saw(read(brandId, { openid: 'o', code: '1' }));
    expect(await directory.find(brandId, { phoneNumber: phone })).toMatchObject({ openid: 'o' });
  });

  it('prefers a valid card, and finds that of one template', async () => {
    const brandId = newBrand();
    const directory = open();
    const now = clock.wallNow();
    const member = { openid: 'o', code: '1' };
    directory.saw(read(brandId, member, { cardId: 'ended', state: 'INVALID', at: now }));
    directory.saw(read(brandId, member, { cardId: 'valid', at: now - 5 }));
    expect(await directory.find(brandId, { userCardCode: '1' })).toMatchObject({ cardId: 'valid' });
    expect(await directory.find(brandId, { userCardCode: '1' }, 'ended')).toMatchObject({ state: 'INVALID' });
  });

  it('lists in pages that do not move, filters and counts', async () => {
    const brandId = newBrand();
    const directory = open();
    const now = clock.wallNow();
    for (let one = 0; one < 7; one += 1)
      directory.saw(
        read(
          brandId,
          { openid: `o${one % 2}`, code: String(one) },
          { at: now - Math.floor(one / 2), state: one === 6 ? 'INVALID' : 'EFFECTIVE' },
        ),
      );
    for (const sort of ['LAST_SEEN_DESC', 'FIRST_SEEN_ASC'] as const) {
      const codes: string[] = [];
      let after;
      for (;;) {
        const page = await directory.list({ brandId, first: 2, after, filter: {}, sort });
        codes.push(...page.cards.map(({ card }) => (card instanceof AppError ? 'x' : card.userCardCode)));
        after = page.cards.at(-1)?.position;
        // What comes or goes before a page does not move it.
        directory.saw(read(brandId, { openid: 'new', code: `new ${sort}` }, { at: now + 1 }));
        if (!page.hasMore || codes.length > 20) break;
      }
      expect(codes.filter((code) => !code.startsWith('new')).sort()).toEqual([...'0123456']);
      expect(new Set(codes).size).toBe(codes.length);
    }
    expect(await directory.count({ brandId, filter: { openid: 'o1' } })).toBe(3);
    expect(await directory.count({ brandId, filter: { state: 'INVALID', cardId: 'c1' } })).toBe(1);
    expect(await directory.count({ brandId, filter: { level: '银卡' } })).toBe(0);
  });

  it('forgets a member, with what another process read before', async () => {
    const brandId = newBrand();
    const directory = open();
    const member = { openid: 'o', code: '1' };
    const before = read(brandId, { ...member, code: '2' });
    directory.saw({ ...read(brandId, member), phoneNumber: phone });
    directory.saw(read(brandId, { openid: 'other', code: '3' }));
    expect(await directory.forget(brandId, { phoneNumber: phone })).toBe(1);
    const slow = open();
    slow.saw(before);
    expect(await slow.find(brandId, { openid: 'o' })).toBeUndefined();
    expect(await slow.count({ brandId, filter: {} })).toBe(1);
    // The member passes by again.
    slow.saw(read(brandId, member, { at: clock.wallNow() + 1 }));
    expect(await slow.find(brandId, { openid: 'o' })).toMatchObject({ userCardCode: '1' });
    expect(await slow.forget(brandId, { openid: 'nobody' })).toBe(0);
  });

  it('survives a change of the encryption keys, and moves what is touched to the new one', async () => {
    const brandId = newBrand();
    const ring = createKeyRing([namedKey('k1')]);
    const directory = open(ring);
    directory.saw({ ...read(brandId, { openid: 'o', code: '1' }), phoneNumber: phone });
    directory.saw(read(brandId, { openid: 'o', code: '2' }));
    await directory.find(brandId, { userCardCode: '1' });
    ring.replace([namedKey('k2'), namedKey('k1')]);
    expect(await directory.find(brandId, { phoneNumber: phone })).toMatchObject({
      openid: 'o',
      isFormer: true,
    });
    expect(await directory.find(brandId, { phoneNumber: phone })).toMatchObject({
      openid: 'o',
      isFormer: false,
    });
    ring.replace([namedKey('k2')]);
    expect(await directory.find(brandId, { phoneNumber: phone })).toMatchObject({ openid: 'o' });
    await expect(directory.find(brandId, { userCardCode: '2' })).rejects.toMatchObject({
      code: 'DECRYPTION_KEY_MISSING',
    });
    const { cards } = await directory.list({ brandId, first: 9, filter: {}, sort: 'LAST_SEEN_DESC' });
    expect(cards.filter(({ card }) => card instanceof AppError)).toHaveLength(1);
  });

  it('moves everything to the new key when it begins', async () => {
    const brandId = newBrand();
    const former = open();
    former.saw(read(brandId, { openid: 'o', code: '1' }));
    await former.stop();
    const next = open(createKeyRing([namedKey('k2'), namedKey('k1')]));
    next.saw(read(newBrand(), { openid: 'o', code: '1' }));
    await next.coverage(brandId);
    await next.stop();
    const last = open(createKeyRing([namedKey('k2')]));
    expect(await last.find(brandId, { userCardCode: '1' })).toMatchObject({ openid: 'o' });
  });

  it('ends what was not seen for longer than it is kept, and says so first', async () => {
    const brandId = newBrand();
    const day = 86_400_000;
    const first = open();
    first.saw(read(brandId, { openid: 'o', code: 'old' }));
    await first.stop();
    offsetMs = 20 * day;
    const second = open();
    second.saw(read(brandId, { openid: 'o', code: 'new' }));
    await second.stop();
    offsetMs = 31 * day;
    ended.length = 0;
    // Also of a brand that is recorded no more.
    const third = open();
    const other = newBrand();
    third.replaceBrands([other]);
    third.saw(read(other, { openid: 'o', code: '1' }));
    await third.coverage(brandId);
    await third.stop();
    expect(ended).toContainEqual([brandId, expect.any(Number)]);
    expect(await open().count({ brandId, filter: {} })).toBe(1);
  });

  describe('its coverage', () => {
    it('begins with the first card, and is complete while nothing is lost', async () => {
      const brandId = newBrand();
      const directory = open();
      expect(await directory.coverage(brandId)).toEqual({ complete: false });
      directory.saw(read(brandId, { openid: 'o', code: '1' }));
      const coverage = await directory.coverage(brandId);
      expect(coverage).toEqual({ since: expect.any(Number) as number, complete: true });
      await directory.stop();
      const next = open();
      next.saw(read(brandId, { openid: 'o', code: '2' }));
      expect(await next.coverage(brandId)).toEqual(coverage);
    });

    it('is not complete after nobody recorded the brand for a while', async () => {
      const brandId = newBrand();
      const directory = open();
      directory.saw(read(brandId, { openid: 'o', code: '1' }));
      await directory.stop();
      offsetMs = 3_600_000;
      const next = open();
      next.saw(read(brandId, { openid: 'o', code: '1' }));
      expect(await next.coverage(brandId)).toEqual({
        since: expect.any(Number) as number,
        complete: false,
        lostAt: expect.any(Number) as number,
      });
    });

    it('is complete for a brand that was added while the process ran, and not for one that was away meanwhile', async () => {
      const [added, again] = [newBrand(), newBrand()];
      const directory = open();
      directory.replaceBrands([again]);
      directory.saw(read(added, { openid: 'o', code: '1' }));
      directory.saw(read(again, { openid: 'o', code: '1' }));
      expect(await directory.coverage(again)).toMatchObject({ complete: true });
      expect([directory.covers(added), await directory.coverage(added)]).toEqual([
        false,
        { complete: false },
      ]);
      directory.replaceBrands([]);
      offsetMs = 3_600_000;
      directory.replaceBrands([added, again]);
      directory.saw(read(added, { openid: 'o', code: '1' }));
      directory.saw(read(again, { openid: 'o', code: '1' }));
      expect(await directory.coverage(again)).toMatchObject({ complete: false });
      expect([directory.covers(added), await directory.coverage(added)]).toMatchObject([
        true,
        { complete: true },
      ]);
    });

    it('is not complete once the database refused an entry, and the others are stored', async () => {
      const brandId = newBrand();
      const directory = open();
      const before = errors.length;
      directory.saw(read(brandId, { openid: 'o', code: '1' }, { at: 1.5 }));
      await directory.coverage(brandId);
      expect(errors.splice(before)).toHaveLength(1);
      directory.saw(read(brandId, { openid: 'o', code: '2' }));
      expect(await directory.coverage(brandId)).toMatchObject({ complete: false });
      expect(await directory.find(brandId, { userCardCode: '2' })).toMatchObject({ openid: 'o' });
      expect(directory.lost()).toBe(1);
    });

    it('is not complete after a process was killed that may have had more', async () => {
      const brandId = newBrand();
      const killed = open();
      killed.saw(read(brandId, { openid: 'o', code: '1' }));
      expect(await killed.coverage(brandId)).toMatchObject({ complete: true });
      opened.length = 0;
      await database.query('update directory_processes set beat_at = beat_at - 121000');
      const next = open();
      next.saw(read(brandId, { openid: 'o', code: '2' }));
      await next.coverage(brandId);
      await database.transaction((sql) => noticeDead(sql, clock.wallNow()));
      expect(await next.coverage(brandId)).toMatchObject({ complete: false });
    });
  });
};

describe('over the embedded database', () => {
  const directory = embeddedDirectory();
  promises(() => ({ directory }));
});

describeWithPostgres('over PostgreSQL', () => {
  const { server, url } = postgresServer();
  promises(() => ({ url: url() }));

  it('loses no response while the database is away, and says what it lost', async () => {
    const own = createDatabase({
      settings: { url: await server().newDatabase() },
      migrations: directoryMigrations,
      clock: systemClock,
    });
    const lost: number[] = [];
    const directory = createDirectory({
      ...{ database: own, clock: systemClock, brandIds: ['b1'], retainDays: 30, idsKey },
      keys: createKeyRing([namedKey('k1')]),
      onLost: (count) => lost.push(count),
      onError: () => undefined,
      recordEnd: () => undefined,
    });
    const sighting = (userCardCode: string): CardSighting => ({
      brandId: 'b1',
      cardId: 'c',
      openid: 'o',
      userCardCode,
    });
    directory.saw(sighting('1'));
    expect(await directory.coverage('b1')).toMatchObject({ complete: true });
    await server().kill();
    for (let one = 0; one < 20_010; one += 1) directory.saw(sighting(String(one)));
    expect([directory.lost(), lost.length]).toEqual([10, 10]);
    await expect(directory.coverage('b1')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await server().start();
    expect(await directory.coverage('b1')).toMatchObject({ complete: false });
    expect(await directory.count({ brandId: 'b1', filter: {} })).toBe(20_000);
    await directory.stop();
    await own.close();
  });
});
