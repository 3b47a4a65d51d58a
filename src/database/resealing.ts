import { createCipher } from '../shared/cipher';
import type { Clock } from '../shared/clock';
import { AppError } from '../shared/errors';
import type { KeyRing } from '../shared/key-ring';
import type { Database } from './database';
import { resealColumn, type Resealed, type SealedColumn } from './reseal';

/** Moves what the database holds to the first encryption key, so that a former key can be removed. */
export interface Resealing {
  start(): void;
  /** Resolves when nothing of it is under way. */
  stop(): Promise<void>;
}

export interface ResealingDeps {
  readonly database: Pick<Database, 'query' | 'isOpen'>;
  readonly keys: KeyRing;
  /** The sealed columns of each purpose of keys. */
  readonly columns: Readonly<Record<string, readonly SealedColumn[]>>;
  readonly clock: Clock;
  /** Called after each complete pass over the columns with a key that only decrypts. */
  readonly onResealed: (resealed: Resealed) => void;
  readonly onError: (error: unknown) => void;
}

const lookMs = 2_000;
/** Another process of a fleet may still use the former key, so a pass is repeated while one is configured. */
const repeatMs = 3_600_000;

export const createResealing = (deps: ResealingDeps): Resealing => {
  const { database, keys, clock, onResealed, onError } = deps;
  const abort = new AbortController();
  const ring = keys.derive('resealing');
  const ids = (): readonly string[] => ring.all().map(({ id }) => id);
  const parts = Object.entries(deps.columns).map(([purpose, columns]) => ({
    cipher: createCipher(keys, purpose),
    columns,
  }));
  let done: { readonly ids: string; readonly at: number } | undefined;
  let running: Promise<void> | undefined;
  let cancel = (): void => undefined;

  const pass = async (keyIds: readonly string[]): Promise<void> => {
    let moved = 0;
    let unreadable = 0;
    for (const { cipher, columns } of parts)
      for (const column of columns) {
        const resealed = await resealColumn(column, { database, cipher, keyIds, signal: abort.signal });
        moved += resealed.moved;
        unreadable += resealed.unreadable;
      }
    if (abort.signal.aborted) return;
    done = { ids: keyIds.join(), at: clock.now() };
    onResealed({ moved, unreadable });
  };
  const look = (): void => {
    cancel = clock.after(lookMs, look);
    const keyIds = ids();
    // A single key has nothing to take over from.
    if (running !== undefined || keyIds.length < 2 || !database.isOpen()) return;
    if (done?.ids === keyIds.join() && clock.now() - done.at < repeatMs) return;
    running = pass(keyIds)
      .catch((error: unknown) => {
        // The next look begins again; a database that is away says so in a finding.
        if (!(error instanceof AppError && error.code === 'DATABASE_UNAVAILABLE')) onError(error);
      })
      .finally(() => {
        running = undefined;
      });
  };
  return {
    start: look,
    async stop() {
      abort.abort();
      cancel();
      await running;
    },
  };
};
