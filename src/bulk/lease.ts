import type { Database, SqlRow } from '../database/database';
import { nowMs } from '../database/now';
import type { Clock } from '../shared/clock';
import { beijingDay, beijingMinute } from './daily-window';

/**
 * One owner for each operation. The owner renews its lease every three seconds; a lease that is not renewed for twelve is taken by
 * another process. Time is the database's, so clocks of processes may differ. Every write of an owner names it (`rows.ts`), so one
 * that was paused and lost its lease changes nothing.
 */
export interface Leases {
  /**
   * An open operation that nobody owns and whose time has come: of the brand with the fewest that are carried out, the oldest. `undefined`
   * if there is none. `ids`, `brandIds`: what not to take; `now`: ms since the Unix epoch.
   */
  take(asked: {
    readonly ids: readonly string[];
    readonly brandIds: readonly string[];
    readonly now: number;
  }): Promise<Lease | undefined>;
}

export interface Lease {
  readonly owner: string;
  readonly row: SqlRow;
  /** The status in the database, or `lost`. Rejects if the database cannot be used. */
  renew(rate: number | undefined): Promise<string>;
  /** Clock time in ms until which this process certainly is the owner. */
  readonly until: () => number;
  release(): Promise<void>;
}

/** How long an owner that is gone keeps an operation at most, ms. */
export const leaseMs = 12_000;
/** How often an owner renews its lease, ms. */
export const renewMs = 3_000;
/** What may differ between the two measurements of twelve seconds. */
const marginMs = 500;

/** For every write of an owner. $1: the operation, $2: the owner. */
export const isOwner = 'exists (select 1 from bulk_operations where id = $1 and owner = $2)';

/** Whether rows may be sent now. $3: ms since the Unix epoch, $4: minute of the day, $5: day. What waits needs no owner. */
const isDue = `(dry_run or (coalesce(not_before, 0) <= $3
  and (window_from is null
    or case when window_from < window_to then $4 >= window_from and $4 < window_to else $4 >= window_from or $4 < window_to end)
  and (max_rows_per_day is null or spent_day <> $5 or spent_rows < max_rows_per_day)))`;

export const createLeases = ({
  database,
  clock,
  owner,
}: {
  readonly database: Database;
  readonly clock: Clock;
  /** Unique to this process. */
  readonly owner: string;
}): Leases => ({
  async take({ ids, brandIds, now }) {
    const asked = clock.now();
    const [row] = await database.query<SqlRow & { id: string }>(
      `update bulk_operations set owner = $1, lease_until = ${nowMs} + ${leaseMs} where id = (
         select id from bulk_operations
         where (status = 'VALIDATING' or (status = 'RUNNING' and ${isDue}) or (status = 'CANCELED' and exists (
             select 1 from bulk_rows where operation_id = bulk_operations.id and state in ('PENDING', 'SENT'))))
           and (owner is null or lease_until < ${nowMs})
           and id <> all($2::text[]) and brand_id <> all($6::text[])
         order by (
           select count(*) from bulk_operations other where other.brand_id = bulk_operations.brand_id and other.lease_until >= ${nowMs}
         ), created_at limit 1 for update skip locked)
       returning *`,
      [owner, [...ids], now, beijingMinute(now), beijingDay(now), [...brandIds]],
    );
    if (row === undefined) return undefined;
    let from = asked;
    return {
      owner,
      row,
      until: () => from + leaseMs - marginMs,
      async renew(rate) {
        const began = clock.now();
        const [own] = await database.query<{ status: string }>(
          `update bulk_operations set lease_until = ${nowMs} + ${leaseMs}, rate = $3 where id = $1 and owner = $2 returning status`,
          [row.id, owner, rate ?? null],
        );
        if (own === undefined) return 'lost';
        from = began;
        return own.status;
      },
      async release() {
        await database.query(
          'update bulk_operations set owner = null, lease_until = 0, rate = null where id = $1 and owner = $2',
          [row.id, owner],
        );
      },
    };
  },
});
