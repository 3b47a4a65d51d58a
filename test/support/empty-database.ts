import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { migrations as ofApplication } from '../../src/app/database';
import type { Migration } from '../../src/database/database';
import { createDatabase } from '../../src/database/open-database';
import { systemClock } from '../../src/shared/clock';

/**
 * Puts an embedded database into a directory that has none: its tables are there, and hold nothing. To copy one takes half of the
 * processor time of making one. Tests of the first start do without.
 */
export const putEmptyDatabase = async (
  directory: string,
  migrations: readonly Migration[] = ofApplication,
): Promise<void> => {
  if (existsSync(join(directory, data))) return;
  const made = await emptyDatabase(migrations);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  cpSync(join(made, data), join(directory, data), { recursive: true });
};

/** Where `src/database/embedded.ts` keeps the files of the database. */
const data = 'data';

/**
 * The database with these migrations: made once per run, beside the key pairs, which are removed when the run ends. Named by its
 * migrations, because runs with other sources may share the folder (test/guards).
 */
const emptyDatabase = async (migrations: readonly Migration[]): Promise<string> => {
  const ofRun = dirname(process.env.TEST_KEY_PAIRS ?? '');
  const hash = createHash('sha256').update(JSON.stringify(migrations)).digest('hex');
  const made = join(ofRun, `database-${hash}`);
  if (existsSync(made)) return made;
  const making = mkdtempSync(join(ofRun, 'making-'));
  const database = createDatabase({ settings: { directory: making }, migrations, clock: systemClock });
  await database.query('select 1');
  await database.close();
  try {
    renameSync(making, made);
  } catch {
    // Another worker was faster.
    rmSync(making, { recursive: true });
  }
  return made;
};
