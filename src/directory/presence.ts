import type { Database, Sql } from '../database/database';
import { nowMs } from '../database/now';
import type { Clock } from '../shared/clock';
import type { CoveredBrands } from './covered-brands';

/**
 * Tells a process that ended properly from one that was killed. What a killed one had not stored is lost, and nobody counted it: so
 * every process that stores entries keeps a row with a beat, and removes it when it has stored everything.
 */
export interface Presence {
  /** Writes this process's row in the transaction of its entries. */
  register(sql: Sql): Promise<void>;
  /** Whether the database knows this process. */
  readonly isKnown: () => boolean;
  /** To be called when that transaction is committed: starts the beats. True the first time. */
  readonly confirm: () => boolean;
  /** Removes the row: nothing is left to store. */
  leave(): Promise<void>;
}

export interface PresenceDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly id: string;
  readonly covered: Pick<CoveredBrands, 'ids'>;
}

const beatMs = 20_000;
const deadMs = 120_000;

const beat = `
  insert into directory_processes (id, beat_at) values ($1, ${nowMs})
  on conflict (id) do update set beat_at = excluded.beat_at`;

const active =
  'update directory_brands set active_at = greatest(active_at, $2) where brand_id = any($1::text[])';

export const createPresence = ({ database, clock, id, covered }: PresenceDeps): Presence => {
  let known = false;
  let cancel = (): void => undefined;

  const beatOn = (): void => {
    cancel = clock.after(beatMs, () => {
      database
        .transaction(async (sql) => {
          await sql.query(beat, [id]);
          const now = clock.wallNow();
          await sql.query(active, [covered.ids(), now]);
          await noticeDead(sql, now);
        })
        .catch(() => undefined)
        .finally(() => {
          if (known) beatOn();
        });
    });
  };
  return {
    register: async (sql) => {
      await sql.query(beat, [id]);
    },
    isKnown: () => known,
    confirm() {
      if (known) return false;
      known = true;
      beatOn();
      return true;
    },
    async leave() {
      if (!known) return;
      known = false;
      cancel();
      await database.query('delete from directory_processes where id = $1', [id]).catch(() => undefined);
    },
  };
};

/** Nobody knows what a dead process had not stored, so no brand is complete. */
export const noticeDead = async (sql: Sql, now: number): Promise<void> => {
  const dead = await sql.query(
    `delete from directory_processes where beat_at < ${nowMs} - $1::bigint returning id`,
    [deadMs],
  );
  if (dead.length > 0) await sql.query('update directory_brands set lost_at = $1', [now]);
};
