import { bulkMigrations } from '../bulk/schema';
import { bulkPurpose, bulkSealedColumns } from '../bulk/sealed-columns';
import type { Config } from '../config/config';
import type { Database, DatabaseFailure, Migration } from '../database/database';
import { createDatabase } from '../database/open-database';
import type { Resealed } from '../database/reseal';
import { createResealing } from '../database/resealing';
import { directoryMigrations } from '../directory/schema';
import { eventMigrations, eventPurpose, eventSealedColumns } from '../events/schema';
import type { Clock } from '../shared/clock';
import { defined } from '../shared/defined';
import type { KeyRing } from '../shared/key-ring';
import { webhookMigrations, webhookPurpose, webhookSealedColumns } from '../webhooks/schema';

/** The schema of every part that stores durable work, in the order in which the parts were added. */
export const migrations: readonly Migration[] = [
  ...bulkMigrations,
  ...directoryMigrations,
  ...eventMigrations,
  ...webhookMigrations,
];

/** What is encrypted in the database, by the purpose of its keys. The members' directory moves its own entries (maintain.ts). */
export const sealedColumns = {
  [bulkPurpose]: bulkSealedColumns,
  [eventPurpose]: eventSealedColumns,
  [webhookPurpose]: webhookSealedColumns,
};

export interface DatabaseDeps {
  readonly config: Pick<Config, 'database'>;
  readonly clock: Clock;
  readonly keys: KeyRing;
  readonly onDatabaseChange?: (failure: DatabaseFailure | undefined) => void;
  /** Called when everything in the database is under the first of several encryption keys. */
  readonly onResealed?: (resealed: Resealed) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * The store of durable work; `undefined` if none is configured. Opened by its first statement. While it is open, what it holds is moved
 * to the first encryption key.
 */
export const openDatabase = ({
  config,
  clock,
  keys,
  onDatabaseChange,
  onResealed = () => undefined,
  onError,
}: DatabaseDeps): Database | undefined => {
  if (config.database === undefined) return undefined;
  const database = createDatabase({
    settings: config.database,
    migrations,
    clock,
    onError,
    ...defined({ onChange: onDatabaseChange }),
  });
  const resealing = createResealing({ database, keys, columns: sealedColumns, clock, onResealed, onError });
  resealing.start();
  return {
    ...database,
    async close() {
      await resealing.stop();
      await database.close();
    },
  };
};
