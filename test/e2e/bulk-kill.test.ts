import { appendFileSync } from 'node:fs';
import { importWithKills, type ChangesResult, type KillResult } from '../support/bulk-kills';
import { numberFromEnvironment } from '../support/number-from-environment';
import { describeWithPostgres, startPostgres } from '../support/postgres-server';
import { createRandom, seedFromEnvironment } from '../support/random';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { build } from '../support/server-process';

const seed = seedFromEnvironment();
const random = createRandom(seed).next;
// `npm run bench:bulk -- kills` asks for more.
const rows = numberFromEnvironment('BULK_ROWS', { otherwise: 120 });
const kills = numberFromEnvironment('BULK_KILLS', { otherwise: 4 });
const limitMs = 300_000 + rows * 1_000 + kills * 20_000;

/** Real server processes; their sandbox goes on when they are killed. */
describe('a bulk operation whose server is killed again and again', () => {
  let sandbox: Sandbox;
  beforeAll(build, 300_000);
  beforeEach(async () => {
    sandbox = await startSandbox({ membersPerBrand: 5 });
  });
  afterEach(() => sandbox.close());

  const proves = (name: string, result: KillResult): void => {
    const { operation, imported, missing, refused, pausesMs, changes } = result;
    if (process.env.BULK_KILLS_REPORT !== undefined)
      appendFileSync(process.env.BULK_KILLS_REPORT, `${JSON.stringify({ name, pausesMs })}\n`);
    expect(operation).toMatchObject({ status: 'COMPLETED', total: rows, done: rows });
    expect(new Set(operation.counts.map(({ state }) => state))).toEqual(new Set(['SUCCEEDED']));
    expect(missing).toEqual([]);
    expect(imported).toBe(rows);
    // Only what a kill left in doubt was asked for again, and WeChat Pay's refusal told that it was done. A kill after that refusal
    // leaves the row in doubt once more.
    const unknown = operation.counts.find(({ code }) => code === 'IMPORTED_OPENID_UNKNOWN')?.count ?? 0;
    expect(refused).toBeGreaterThanOrEqual(unknown);
    expect(refused).toBeLessThanOrEqual(kills * 24);
    provesChanges(changes);
  };
  const provesChanges = (changes: ChangesResult): void => {
    const { update, compare, updated, wrong, reads, budget, differences, expected } = changes;
    const whole = { status: 'COMPLETED', total: changes.rows, done: changes.rows };
    expect(update).toMatchObject({ ...whole, counts: [{ state: 'SUCCEEDED', count: changes.rows }] });
    expect(compare).toMatchObject({ ...whole, counts: [{ code: 'DIFFERS', count: changes.rows }] });
    expect(wrong).toEqual([]);
    // What was in doubt is looked up: no update is carried out a second time.
    expect(updated).toBe(changes.rows);
    // Rows of the update in doubt are read too, once each.
    expect(reads).toBeGreaterThanOrEqual(changes.rows);
    expect(reads).toBeLessThanOrEqual(budget + 24);
    expect(differences).toEqual(expected);
  };

  it(
    `imports every phone once, and changes every card once, with the embedded database (seed ${seed})`,
    async () => {
      proves(
        'embedded database, one process',
        await importWithKills({ sandbox, database: { directory: 'data' }, rows, kills, random }),
      );
    },
    limitMs,
  );

  describeWithPostgres('with PostgreSQL', () => {
    it(
      `imports every phone once, and changes every card once, by two processes; one of them, the database or both are killed (seed ${seed})`,
      async () => {
        const server = await startPostgres();
        try {
          proves(
            'PostgreSQL, two processes',
            await importWithKills({
              sandbox,
              database: { url: await server.newDatabase() },
              rows,
              kills,
              random,
              processes: 2,
              databaseServer: server,
            }),
          );
        } finally {
          await server.close();
        }
      },
      limitMs,
    );
  });
});
