import { createHmac, randomUUID, type KeyObject } from 'node:crypto';
import type { Database } from '../database/database';
import type { Table, TableRow } from './files/open-table';
import type { Format } from './files/recognise';
import { filePlace } from './sealed-columns';
import type { Sealing } from './sealing';

/** A file whose rows are in the database. */
export interface Upload {
  readonly id: string;
  readonly brandId: string;
  readonly format: Format;
  readonly columns: readonly string[];
  readonly rowCount: number;
  /** Files with the same rows have the same one. An HMAC: it tells nothing about them. */
  readonly digest: string;
  readonly expiresAt: number;
}

export interface Uploads {
  /** Reads the table to its end and stores its rows, sealed. Rejects with FileError, and then nothing is stored. */
  store(
    table: Table,
    of: { readonly brandId: string; readonly createdBy: string },
  ): Promise<Upload & { readonly firstRows: readonly TableRow[] }>;
  find(id: string): Promise<Upload | undefined>;
  /** One part of the rows; `undefined` after the last. Its rows are `unreadable` if the key is not configured any more. */
  chunk(id: string, number: number): Promise<readonly TableRow[] | 'unreadable' | undefined>;
  /** Erases what no operation used in time. */
  eraseExpired(now: number): Promise<void>;
}

export interface UploadsDeps {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly now: () => number;
  /** How long a file is kept, ms. */
  readonly retainMs: number;
  /** For `digest`. */
  readonly digestKey: KeyObject;
}

/** Rows of each part of a file but the last. */
export const rowsPerChunk = 500;
const shownRows = 20;

export const createUploads = ({ database, sealing, now, retainMs, digestKey }: UploadsDeps): Uploads => {
  const erase = async (id: string): Promise<void> => {
    await database.query('delete from bulk_chunks where file_id = $1', [id]);
    await database.query('delete from bulk_files where id = $1', [id]);
  };
  return {
    async store(table, { brandId, createdBy }) {
      const id = randomUUID();
      const firstRows: TableRow[] = [];
      const hash = createHmac('sha256', digestKey).update(JSON.stringify(table.columns));
      let rowCount = 0;
      let chunks = 0;
      let waiting: TableRow[] = [];
      const flush = async (): Promise<void> => {
        const rows = sealing.seal(filePlace(id, chunks), waiting);
        await database.query('insert into bulk_chunks (file_id, number, rows) values ($1, $2, $3)', [
          id,
          chunks,
          rows,
        ]);
        chunks += 1;
        waiting = [];
      };
      const expiresAt = now() + retainMs;
      const { format, columns } = table;
      try {
        // Until its last row is stored, the file has no rows and cannot be used.
        await database.query(
          `insert into bulk_files (id, brand_id, created_by, created_at, expires_at, format, row_count, columns, digest)
           values ($1, $2, $3, $4, $5, $6, 0, $7, '')`,
          [id, brandId, createdBy, now(), expiresAt, format, sealing.seal(filePlace(id, 'columns'), columns)],
        );
        for await (const row of table.rows) {
          if (rowCount < shownRows) firstRows.push(row);
          rowCount += 1;
          hash.update(JSON.stringify(row.cells));
          waiting.push(row);
          if (waiting.length === rowsPerChunk) await flush();
        }
        if (waiting.length > 0) await flush();
        const digest = hash.digest('base64url');
        await database.query('update bulk_files set row_count = $2, digest = $3 where id = $1', [
          id,
          rowCount,
          digest,
        ]);
        return { id, brandId, format, columns, rowCount, digest, expiresAt, firstRows };
      } catch (error) {
        await erase(id).catch(() => undefined);
        throw error;
      } finally {
        await table.close();
      }
    },
    async find(id) {
      const [row] = await database.query<FileRow>('select * from bulk_files where id = $1', [id]);
      const columns =
        row && (sealing.open(filePlace(id, 'columns'), row.columns) as readonly string[] | undefined);
      if (row === undefined || columns === undefined || row.row_count === 0 || row.expires_at <= now())
        return undefined;
      const { brand_id: brandId, format, row_count: rowCount, expires_at: expiresAt } = row;
      return { id, brandId, format, columns, rowCount, digest: row.digest, expiresAt };
    },
    async chunk(id, number) {
      const [row] = await database.query<{ readonly rows: string }>(
        'select rows from bulk_chunks where file_id = $1 and number = $2',
        [id, number],
      );
      if (row === undefined) return undefined;
      return (
        (sealing.open(filePlace(id, number), row.rows) as readonly TableRow[] | undefined) ?? 'unreadable'
      );
    },
    async eraseExpired(at) {
      // An operation that still reads its rows keeps its file.
      await database.query(
        `delete from bulk_files where expires_at <= $1
           and not exists (select 1 from bulk_operations where file_id = bulk_files.id and status in ('VALIDATING', 'PAUSED'))`,
        [at],
      );
      await database.query(
        'delete from bulk_chunks where not exists (select 1 from bulk_files where id = bulk_chunks.file_id)',
      );
    },
  };
};

interface FileRow {
  readonly [name: string]: unknown;
  readonly brand_id: string;
  readonly format: Format;
  readonly row_count: number;
  readonly expires_at: number;
  readonly columns: string;
  readonly digest: string;
}
