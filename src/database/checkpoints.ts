import { AppError } from '../shared/errors';
import { systemCode } from '../shared/system-code';
import type { Session } from './driver';
import { databaseFailure } from './failure';

/**
 * Sizes of the write-ahead log, MB: what may be written since the last checkpoint before another one is made, and what is kept after it,
 * to be written again. Measured with 400 000 rows: 64 MB cost no processor time that can be measured, 30 % more log (a page is logged
 * whole when it changes first after a checkpoint), and 50 ms a checkpoint. A start after a kill takes a quarter of the time of 336 MB.
 */
export const logSizes = { due: 64, kept: 32 } as const;

/** Pieces of work between two looks at the log. A look costs less than a millisecond; 16 pieces write a few megabytes at most. */
const workBetweenLooks = 16;

export interface CheckpointOptions {
  readonly session: Session;
  /** Called if a checkpoint fails. The connection must not be used any more: PGlite may never answer after such an error. */
  readonly onFailure: (error: AppError) => Promise<void>;
}

/**
 * Has the embedded database make its checkpoints. PostgreSQL leaves them to a process of its own, and PGlite runs without it: by itself
 * it makes one when it is closed, whatever `max_wal_size` says. Until then its log only grows, and a start after a kill reads all of it.
 *
 * Returns what is called after each piece of work, outside of its transaction.
 */
export const createCheckpoints = ({ session, onFailure }: CheckpointOptions): (() => Promise<void>) => {
  let untilLook = workBetweenLooks;
  return async () => {
    untilLook -= 1;
    if (untilLook > 0) return;
    untilLook = workBetweenLooks;
    try {
      const [log] = await session.query(writtenSinceCheckpoint, []);
      if ((log?.megabytes as number) >= logSizes.due) await session.run('checkpoint');
    } catch (error) {
      const reason = databaseFailure(error) ?? systemCode(error) ?? 'other';
      await onFailure(
        new AppError(
          'DATABASE_UNAVAILABLE',
          `the embedded database cannot shorten its write-ahead log (${reason})`,
        ),
      );
    }
  };
};

const writtenSinceCheckpoint = `
select (pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn) / 1048576)::float8 as megabytes from pg_control_checkpoint()`;
