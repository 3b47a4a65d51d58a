import { randomUUID } from 'node:crypto';
import type { Database } from '../database/database';
import type { Clock } from '../shared/clock';
import { createLeases, type Lease } from './lease';
import { toOperation } from './operation-records';
import { runOperation, type RunDeps } from './run-operation';

/** Carries out the open operations that no other process carries out. */
export interface Engine {
  start(): void;
  /** There may be work. */
  wake(): void;
  /** Lets the rows under way end, and gives the operations up. */
  stop(): Promise<void>;
}

export interface EngineDeps extends RunDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** How long a killed owner's operation waits at most after its lease has ended, ms. */
const lookMs = 2_000;
const sweepMs = 60_000;
/** Operations that one process carries out at once. */
const maxOperations = 20;

export const createEngine = ({ onError, ...deps }: EngineDeps): Engine => {
  const { database, clock, uploads, sealing } = deps;
  const leases = createLeases({ database, clock, owner: randomUUID() });
  const abort = new AbortController();
  const running = new Map<string, Promise<void>>();
  let looking: Promise<void> | undefined;
  let isOpen = false;
  let sweptAt = -Infinity;
  let cancel = (): void => undefined;

  const carryOut = async (lease: Lease): Promise<void> => {
    try {
      await runOperation(toOperation(lease.row, sealing), lease, { ...deps, signal: abort.signal });
    } catch (error) {
      onError(error);
    }
    // A database that is away: the lease ends by itself.
    await lease.release().catch(() => undefined);
  };
  const look = async (): Promise<void> => {
    while (!abort.signal.aborted && running.size < maxOperations) {
      const lease = await leases.take([...running.keys()]);
      if (lease === undefined) break;
      const id = String(lease.row.id);
      running.set(
        id,
        carryOut(lease).finally(() => running.delete(id)),
      );
    }
    if (clock.now() - sweptAt < sweepMs) return;
    sweptAt = clock.now();
    await uploads.eraseExpired(clock.wallNow());
    await eraseResults(database, clock.wallNow());
  };
  const lookAgain = (): void => {
    cancel();
    if (abort.signal.aborted || !isOpen) return;
    looking ??= look()
      // The database says in a finding why it cannot be used.
      .catch(() => undefined)
      .finally(() => {
        looking = undefined;
        cancel = clock.after(lookMs, lookAgain);
      });
  };
  const wake = (): void => {
    isOpen = true;
    lookAgain();
  };
  return {
    start() {
      void database.warmUp().then((isMade) => {
        if (isMade) wake();
      });
    },
    wake,
    async stop() {
      abort.abort();
      cancel();
      await looking;
      await Promise.all(running.values());
    },
  };
};

/** Rows and results of operations whose time is over. What they were about stays known as an HMAC (`bulk_claims`). */
const eraseResults = async (database: Database, now: number): Promise<void> => {
  await database.query(
    'delete from bulk_rows where operation_id in (select id from bulk_operations where expires_at <= $1)',
    [now],
  );
};
