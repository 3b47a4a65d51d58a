import type { Database, SqlRow } from '../database/database';
import type { Clock } from '../shared/clock';
import { isFinal, type Operation } from './operation';
import { toOperation } from './operation-records';
import type { Sealing } from './sealing';

/** An operation as it was at one moment. */
export interface OperationUpdate {
  readonly operation: Operation;
  /** Its status and all of its rows are final. */
  readonly isLast: boolean;
}

export interface OperationFollowers {
  /**
   * Iterates over an operation: as it is now, and then after each change, at most once per second. Ends with the last update, or with
   * `signal`. A slow reader misses states between, but never the newest. `undefined` if there is no such operation. Rejects with
   * DATABASE_UNAVAILABLE; once it has begun, it waits for the database instead.
   */
  readonly follow: (
    brandId: string,
    id: string,
    signal: AbortSignal,
  ) => Promise<AsyncGenerator<OperationUpdate, void> | undefined>;
}

export interface OperationFollowersDeps {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly clock: Clock;
}

/** How often the database is looked at, ms. */
const lookMs = 1_000;

/**
 * Every process may be the one that carries out an operation, so changes are read from the database that all of them share. One statement
 * per second reads every operation that is followed in this process, however many follow it; without a follower there is none.
 */
export const createOperationFollowers = ({
  database,
  sealing,
  clock,
}: OperationFollowersDeps): OperationFollowers => {
  const followers = new Map<string, Set<(seen: Seen) => void>>();
  let isLooking = false;

  const look = async (): Promise<void> => {
    const found = await read(database, [...followers.keys()]);
    for (const seen of found) for (const tell of followers.get(seen.id) ?? []) tell(seen);
  };
  const lookLater = (): void => {
    if (isLooking || followers.size === 0) return;
    isLooking = true;
    clock.after(lookMs, () => {
      void look()
        // Without the database nothing changes; the next look asks again.
        .catch(() => undefined)
        .finally(() => {
          isLooking = false;
          lookLater();
        });
    });
  };
  const add = (id: string, tell: (seen: Seen) => void): (() => void) => {
    const others = followers.get(id) ?? new Set();
    followers.set(id, others.add(tell));
    lookLater();
    return () => {
      others.delete(tell);
      if (others.size === 0) followers.delete(id);
    };
  };

  const updates = async function* (
    first: Seen,
    signal: AbortSignal,
  ): AsyncGenerator<OperationUpdate, void, undefined> {
    const began = clock.now();
    let latest = first;
    let shown: Seen | undefined;
    let wake = (): void => undefined;
    const remove = add(first.id, (seen) => {
      // A look that others began may follow the first state at once.
      if (clock.now() - began < lookMs) return;
      latest = seen;
      wake();
    });
    const onAbort = (): void => {
      wake();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      while (!signal.aborted) {
        if (latest.content === shown?.content) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        shown = latest;
        const operation = toOperation(shown.row, sealing);
        const isLast = isFinal(operation.status) && !shown.isOpen;
        yield { operation, isLast };
        if (isLast) return;
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      remove();
    }
  };
  return {
    async follow(brandId, id, signal) {
      const [first] = await read(database, [id]);
      return first?.row.brand_id === brandId ? updates(first, signal) : undefined;
    },
  };
};

interface Seen {
  readonly id: string;
  readonly row: SqlRow;
  /** Rows of it may still change. */
  readonly isOpen: boolean;
  /** Differs if what people see of the operation differs. */
  readonly content: string;
}

const read = async (database: Database, ids: readonly string[]): Promise<readonly Seen[]> => {
  const rows = await database.query<SqlRow & { id: string; is_open: boolean }>(
    `select *,
       (select sum(n) from bulk_counts where operation_id = bulk_operations.id) as final_rows,
       exists (select 1 from bulk_rows where operation_id = bulk_operations.id and state in ('PENDING', 'SENT')) as is_open
     from bulk_operations where id = any($1::text[])`,
    [ids],
  );
  return rows.map((row) => ({
    id: row.id,
    row,
    isOpen: row.is_open,
    content: JSON.stringify([row.changed_at, row.status, row.reason, row.rate, row.final_rows, row.is_open]),
  }));
};
