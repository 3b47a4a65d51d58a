import type { Migration } from './database';
import type { Session } from './driver';
import { Unusable } from './failure';

/** Any number that no other program uses in this database. */
const lockNumber = 7_351_402;

/** Applies what is missing, all or nothing; one process at a time. Throws Unusable `newer` if the database knows more. */
export const migrate = async (
  session: Session,
  { migrations, now }: { readonly migrations: readonly Migration[]; readonly now: number },
): Promise<void> => {
  await session.run('begin');
  try {
    await session.query('select pg_advisory_xact_lock($1)', [lockNumber]);
    await session.run(
      'create table if not exists schema_migrations (id text primary key, applied_at bigint not null)',
    );
    const rows = await session.query('select id from schema_migrations', []);
    const applied = new Set(rows.map(({ id }) => id));
    if (rows.some(({ id }) => !migrations.some((known) => known.id === id))) throw new Unusable('newer');
    for (const { id, sql } of migrations) {
      if (applied.has(id)) continue;
      await session.run(sql);
      await session.query('insert into schema_migrations (id, applied_at) values ($1, $2)', [id, now]);
    }
    await session.run('commit');
  } catch (error) {
    await session.run('rollback').catch(() => undefined);
    throw error;
  }
};
