import { randomUUID } from 'node:crypto';
import type { Database } from '../database/database';
import type { Clock } from '../shared/clock';
import { cancelForgotten } from './cancel-operation';
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
  /** How long an operation may stay paused, ms. */
  readonly retainPausedMs: number;
  readonly onError: (error: unknown) => void;
}

/** How long a killed owner's operation waits at most after its lease has ended, ms. */
export const lookMs = 2_000;
const sweepMs = 60_000;
/** Operations of one brand that one process carries out at once: they share the brand's budget, so more would not be faster. */
const maxPerBrand = 10;

export const createEngine = ({ onError, ...deps }: EngineDeps): Engine => {
  const { database, clock, uploads, sealing } = deps;
  const leases = createLeases({ database, clock, owner: randomUUID() });
  const abort = new AbortController();
  const running = new Map<string, { readonly brandId: string; readonly run: Promise<void> }>();
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
    while (!abort.signal.aborted) {
      const brandIds = [...running.values()].map(({ brandId }) => brandId);
      const full = brandIds.filter((one) => brandIds.filter((other) => other === one).length >= maxPerBrand);
      const lease = await leases.take({ ids: [...running.keys()], brandIds: full, now: clock.wallNow() });
      if (lease === undefined) break;
      const id = String(lease.row.id);
      const run = carryOut(lease).finally(() => running.delete(id));
      running.set(id, { brandId: String(lease.row.brand_id), run });
    }
    if (clock.now() - sweptAt < sweepMs) return;
    sweptAt = clock.now();
    await uploads.eraseExpired(clock.wallNow());
    await eraseResults(database, clock.wallNow());
    const now = clock.wallNow();
    const forgotten = await cancelForgotten(deps, { now, pausedSince: now - deps.retainPausedMs });
    for (const { id, brandId, kind, status, cancelReason } of forgotten)
      deps.onChange({ id, brandId, kind, status, reason: cancelReason });
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
      await Promise.all([...running.values()].map(({ run }) => run));
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
