import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../shared/clock';
import { createCheckpoints, logSizes } from './checkpoints';
import type { SqlRow, SqlValue } from './database';
import { lockDirectory } from './directory-lock';
import type { Driver, Session } from './driver';
import { Unusable } from './failure';
import { pgliteThread } from './pglite-thread';

export interface EmbeddedOptions {
  readonly directory: string;
  readonly clock: Clock;
  /** Called if a checkpoint fails. The work that follows fails with the reason `closed`. */
  readonly onError: (error: unknown) => void;
}

/**
 * Memory of PGlite for pages of the database, MB; its default is 128. It fills with the database and is never given back. PGlite has no
 * process that writes pages in the background, so a statement that needs a page which is not there may write another one first. What
 * is used at random therefore has to fit in: of a million rows, an index of 30 MB (`bulk/key-index.ts`).
 */
const pagesMb = 64;

interface Answer {
  readonly id: number;
  readonly rows?: readonly SqlRow[];
  readonly error?: { readonly code?: string; readonly message: string };
}

/**
 * PGlite in a directory, in a thread of its own. It survives the end of the process at any moment (kill -9). It does not sync to the
 * disk, so a power cut may lose or damage what was written last; PostgreSQL does not.
 */
export const openEmbedded = async ({ directory, clock, onError }: EmbeddedOptions): Promise<Driver> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const lock = await lockDirectory({ directory, clock });
  const isNew = !isMade(directory);
  if (isNew) {
    // What an earlier process began and did not finish is no database.
    rmSync(dataOf(directory), { recursive: true, force: true });
    writeFileSync(markOf(directory), '');
  }
  const thread = new Worker(pgliteThread, {
    eval: true,
    workerData: {
      module: require.resolve('@electric-sql/pglite'),
      directory: dataOf(directory),
      parameters: [
        `shared_buffers=${pagesMb}MB`,
        `max_wal_size=${logSizes.due}MB`,
        `min_wal_size=${logSizes.kept}MB`,
      ],
      ...(isNew && existsSync(emptyDatabase) ? { from: emptyDatabase } : {}),
    },
  });
  thread.unref();
  const waiting = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  let isOver = false;
  const end = (): void => {
    isOver = true;
    for (const [id, settle] of waiting) settle({ id, error: { message: 'closed' } });
    waiting.clear();
  };
  thread.on('message', (answer: Answer) => {
    const settle = waiting.get(answer.id);
    waiting.delete(answer.id);
    // Only a thread with work keeps the process alive.
    if (waiting.size === 0) thread.unref();
    settle?.(answer);
  });
  thread.on('error', end);
  thread.on('exit', end);

  const ask = async (message: {
    readonly sql?: string;
    readonly values?: readonly SqlValue[];
    readonly close?: true;
  }): Promise<readonly SqlRow[]> => {
    if (isOver) throw new Unusable('closed');
    const id = (lastId += 1);
    const { rows, error } = await new Promise<Answer>((resolve) => {
      waiting.set(id, resolve);
      thread.ref();
      thread.postMessage({ ...message, id });
    });
    if (error !== undefined) throw Object.assign(new Error(error.message), { code: error.code });
    return rows ?? [];
  };
  const session: Session = {
    async query(sql, values) {
      // Another process may have taken the directory from one that was paused.
      await lock.check();
      return ask({ sql, values });
    },
    async run(sql) {
      await lock.check();
      await ask({ sql });
    },
  };

  /** Nothing is known of the connection: work that follows fails, and the directory is opened again. */
  const abandon = async (): Promise<void> => {
    end();
    await thread.terminate();
  };
  /**
   * Work that failed may have left a transaction open, e.g. because the lock could not be renewed on a full disk; the next work would
   * become a part of it. Asks for no lock: what is rolled back is not written.
   */
  const clean = async (): Promise<void> => {
    try {
      await ask({ sql: 'rollback' });
    } catch {
      await abandon();
    }
  };
  const checkpointIfDue = createCheckpoints({
    session,
    async onFailure(error) {
      await abandon();
      onError(error);
    },
  });
  let turn: Promise<unknown> = Promise.resolve();
  const close = async (): Promise<void> => {
    // A directory that another process has taken is left as it is.
    const isLost = await lock.check().then(
      () => false,
      (error: unknown) => error instanceof Unusable,
    );
    if (!isLost) await ask({ close: true }).catch(() => undefined);
    await thread.terminate();
    await lock.release();
  };
  const driver: Driver = {
    // There is one connection, so pieces of work take turns.
    use(work) {
      const mine = turn.then(async () => {
        try {
          return await work(session);
        } catch (error) {
          await clean();
          throw error;
        }
      });
      // The next work waits for a checkpoint; the result of this one does not.
      turn = mine.catch(() => undefined).then(checkpointIfDue);
      return mine;
    },
    close: () => (turn = turn.then(close)) as Promise<void>,
  };
  try {
    // Opens it, so that a directory that cannot be read is reported here.
    await ask({ sql: 'select 1' });
    if (isNew) rmSync(markOf(directory));
    return driver;
  } catch (error) {
    await driver.close();
    throw error;
  }
};

/** PGlite's files have a folder of their own beside the lock. */
const dataOf = (directory: string): string => join(directory, 'data');

/** There while the database is made for the first time. */
const markOf = (directory: string): string => join(directory, 'making');

/** Made by the build (assemble.ts). */
const emptyDatabase = join(__dirname, '..', '..', 'dist', 'database', 'empty.tgz');

/** Whether the directory already holds a database. */
export const isMade = (directory: string): boolean =>
  existsSync(join(dataOf(directory), 'PG_VERSION')) && !existsSync(markOf(directory));
