import { bulkMigrations } from '../bulk/schema';
import type { Config } from '../config/config';
import type { Database, DatabaseFailure, Migration } from '../database/database';
import { createDatabase } from '../database/open-database';
import { directoryMigrations } from '../directory/schema';
import { eventMigrations } from '../events/schema';
import type { Clock } from '../shared/clock';
import { defined } from '../shared/defined';
import { webhookMigrations } from '../webhooks/schema';

/** The schema of every part that stores durable work, in the order in which the parts were added. */
const migrations: readonly Migration[] = [
  ...bulkMigrations,
  ...directoryMigrations,
  ...eventMigrations,
  ...webhookMigrations,
];

export interface DatabaseDeps {
  readonly config: Pick<Config, 'database'>;
  readonly clock: Clock;
  readonly onChange: ((failure: DatabaseFailure | undefined) => void) | undefined;
}

/** The store of durable work; `undefined` if none is configured. Opened by its first statement. */
export const openDatabase = ({ config, clock, onChange }: DatabaseDeps): Database | undefined =>
  config.database &&
  createDatabase({ settings: config.database, migrations, clock, ...defined({ onChange }) });
