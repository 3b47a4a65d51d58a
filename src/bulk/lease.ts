import type { Database, SqlRow } from '../database/database';
import { nowMs } from '../database/now';
import type { Clock } from '../shared/clock';

/**
 * One owner for each operation. The owner renews its lease every three seconds; a lease that is not renewed for twelve is taken by
 * another process. Time is the database's, so clocks of processes may differ. Every write of an owner names it (`rows.ts`), so one
 * that was paused and lost its lease changes nothing.
 */
export interface Leases {
  /** The oldest open operation that nobody owns; `undefined` if there is none. */
  take(not: readonly string[]): Promise<Lease | undefined>;
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

const leaseMs = 12_000;
/** How often an owner renews its lease, ms. */
export const renewMs = 3_000;
/** What may differ between the two measurements of twelve seconds. */
const marginMs = 500;

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
  async take(not) {
    const asked = clock.now();
    const [row] = await database.query<SqlRow & { id: string }>(
      `update bulk_operations set owner = $1, lease_until = ${nowMs} + ${leaseMs} where id = (
         select id from bulk_operations
         where (status in ('VALIDATING', 'RUNNING') or (status = 'CANCELED' and exists (
             select 1 from bulk_rows where operation_id = bulk_operations.id and state in ('PENDING', 'SENT'))))
           and (owner is null or lease_until < ${nowMs}) and id <> all($2::text[])
         order by created_at limit 1 for update skip locked)
       returning *`,
      [owner, [...not]],
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
          'update bulk_operations set owner = null, lease_until = 0 where id = $1 and owner = $2',
          [row.id, owner],
        );
      },
    };
  },
});
