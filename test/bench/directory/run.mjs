// How long the members' directory takes to find a card among a million, over PostgreSQL.
//   npm run bench:directory -- --url postgres://user@host:5432/an_empty_database [--cards 1000000]
import { createSecretKey, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

const require = createRequire(import.meta.url);
const dist = (file) => require(`../../../dist/${file}.js`);
const { createDatabase } = dist('database/open-database');
const { createDirectory } = dist('directory/directory');
const { createNames } = dist('directory/names');
const { findCard } = dist('directory/read-cards');
const { directoryMigrations } = dist('directory/schema');
const { createSealing } = dist('directory/sealing');
const { systemClock } = dist('shared/clock');
const { createKeyRing } = dist('shared/key-ring');

const { values } = parseArgs({
  options: { url: { type: 'string' }, cards: { type: 'string', default: '1000000' } },
});
if (values.url === undefined) throw new Error('--url of an empty database is missing');
const cards = Number(values.cards);
/** Cards that go through the feed, and are looked up. */
const real = Math.min(cards, 20_000);
const lookups = 2_000;
const brandId = '1004';

const database = createDatabase({
  settings: { url: values.url },
  migrations: directoryMigrations,
  clock: systemClock,
});
const idsKey = createSecretKey(randomBytes(32));
const keys = createKeyRing([{ id: 'k1', key: createSecretKey(randomBytes(32)) }]);
const directory = createDirectory({
  database,
  clock: systemClock,
  brandIds: [brandId],
  retainDays: 365,
  idsKey,
  keys,
  onLost: (count) => console.error(`${count} entries lost`),
  onError: (error) => console.error(error),
  recordEnd: () => undefined,
});

const quantiles = (times) => {
  const sorted = times.toSorted((a, b) => a - b);
  return [0.5, 0.99, 1]
    .map((share) => `${sorted[Math.ceil(share * sorted.length) - 1].toFixed(2)} ms`)
    .join(' | ');
};
const row = (name, ...cells) => console.log(`| ${name} | ${cells.join(' | ')} |`);
const timed = async (work) => {
  const began = performance.now();
  const result = await work();
  return [performance.now() - began, result];
};

// The others only make the indexes as large as they would be: hashes are random anyway.
await database.query('select 1');
await database.query(`insert into directory_brands values ('1004', 0, 0, null)`);
const chunk = 50_000;
for (let from = real; from < cards; from += chunk)
  await database.query(
    `insert into directory_cards
     select '1004', decode(md5('card' || i), 'hex'), 'p' || i % 5, decode(md5('code' || i), 'hex'),
       decode(md5('openid' || i), 'hex'), decode(md5('phone' || i), 'hex'), repeat('x', 110),
       'EFFECTIVE', $3::bigint - i, 'level ' || i % 5, $3::bigint - i, i, $3::bigint - i, $3::bigint - i, $3::bigint - i
     from generate_series($1::bigint, $2::bigint) as i`,
    [from, Math.min(from + chunk, cards) - 1, systemClock.wallNow()],
  );

const codeOf = (index) => `47${String(index).padStart(10, '0')}`;
const phoneOf = (index) => `139${String(index).padStart(8, '0')}`;
const processor = process.cpuUsage();
const [storedMs] = await timed(async () => {
  for (let index = 0; index < real; index += 1) {
    directory.saw({
      brandId,
      cardId: `p${index % 5}`,
      openid: `o-bench-${index}-xxxxxxxxxxxxxxxxxxx`,
      userCardCode: codeOf(index),
      phoneNumber: phoneOf(index),
      state: { value: 'EFFECTIVE', at: 1 },
      level: { value: '金卡', at: 1 },
    });
  }
  await directory.coverage(brandId);
});
const { user, system } = process.cpuUsage(processor);
await database.query('analyze directory_cards');

const inDatabase = async (nameOf) => {
  const times = [];
  const explained = {
    async query(sql, parameters) {
      const [{ 'QUERY PLAN': plan }] = await database.query(
        `explain (analyze, format json) ${sql}`,
        parameters,
      );
      times.push(plan[0]['Planning Time'] + plan[0]['Execution Time']);
      return [];
    },
  };
  const deps = { names: createNames(idsKey), sealing: createSealing(keys) };
  for (let count = 0; count < lookups; count += 1)
    await findCard(explained, { brandId, by: nameOf((count * 7919) % real) }, deps);
  return times;
};
const whole = async (nameOf) => {
  const times = [];
  for (let count = 0; count < lookups; count += 1) {
    const index = (count * 7919) % real;
    const [ms, found] = await timed(() => directory.find(brandId, nameOf(index)));
    if (found?.userCardCode !== codeOf(index)) throw new Error(`card ${index} was not found`);
    times.push(ms);
  }
  return times;
};
const byCode = (index) => ({ userCardCode: codeOf(index) });
const byPhone = (index) => ({ phoneNumber: phoneOf(index) });

const [{ n }] = await database.query('select count(*) as n from directory_cards');
const [{ bytes }] = await database.query(`select pg_total_relation_size('directory_cards') as bytes`);
const [countMs] = await timed(() => directory.count({ brandId, filter: {} }));
console.log(`\n${n} cards, ${lookups} look-ups each\n`);
row('', 'p50', 'p99', 'max');
row('---', '---', '---', '---');
row('by code, planned and executed in the database', quantiles(await inDatabase(byCode)));
row('by phone number, the same', quantiles(await inDatabase(byPhone)));
row('by code, the whole look-up', quantiles(await whole(byCode)));
row('by phone number, the whole look-up', quantiles(await whole(byPhone)));
row(
  'a page of 100, 20 at once',
  quantiles(
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const [ms] = await timed(() =>
          directory.list({ brandId, first: 100, filter: {}, sort: 'LAST_SEEN_DESC' }),
        );
        return ms;
      }),
    ),
  ),
);
console.log(
  `\nStored ${Math.round(real / (storedMs / 1000))} cards/s through the feed, ` +
    `${((user + system) / real).toFixed(0)} µs of this process's time each; ${Math.round(bytes / n)} bytes per card with indexes; ` +
    `knownCount ${countMs.toFixed(0)} ms.`,
);
await directory.stop();
await database.close();
