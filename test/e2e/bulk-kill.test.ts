import { importWithKills, type KillResult } from '../support/bulk-kills';
import { describeWithPostgres, startPostgres } from '../support/postgres-server';
import { createRandom, seedFromEnvironment } from '../support/random';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { build } from '../support/server-process';

const seed = seedFromEnvironment();
const random = createRandom(seed).next;
const rows = 120;
const kills = 4;

/** Real server processes; their sandbox goes on when they are killed. */
describe('a bulk operation whose server is killed again and again', () => {
  let sandbox: Sandbox;
  beforeAll(build, 300_000);
  beforeEach(async () => {
    sandbox = await startSandbox({ membersPerBrand: 5 });
  });
  afterEach(() => sandbox.close());

  const proves = ({ operation, imported, missing, refused }: KillResult): void => {
    expect(operation).toMatchObject({ status: 'COMPLETED', total: rows, done: rows });
    expect(new Set(operation.counts.map(({ state }) => state))).toEqual(new Set(['SUCCEEDED']));
    expect(missing).toEqual([]);
    expect(imported).toBe(rows);
    // Only what a kill left in doubt was asked for again, and WeChat Pay's refusal told that it was done.
    const unknown = operation.counts.find(({ code }) => code === 'IMPORTED_OPENID_UNKNOWN')?.count ?? 0;
    expect(refused).toBe(unknown);
    expect(unknown).toBeLessThanOrEqual(kills * 24);
  };

  it(`imports every phone once, with the embedded database (seed ${seed})`, async () => {
    proves(await importWithKills({ sandbox, database: { directory: 'data' }, rows, kills, random }));
  }, 300_000);

  describeWithPostgres('with PostgreSQL', () => {
    it(`imports every phone once, by two processes of which one or the other is killed (seed ${seed})`, async () => {
      const server = await startPostgres();
      try {
        proves(
          await importWithKills({
            sandbox,
            database: { url: await server.newDatabase() },
            rows,
            kills,
            random,
            processes: 2,
          }),
        );
      } finally {
        await server.close();
      }
    }, 300_000);
  });
});
