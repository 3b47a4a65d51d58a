import { createHash, randomUUID } from 'node:crypto';
import type { Database, SqlRow } from '../database/database';
import type { Language } from '../shared/language';
import { cancelOperation } from './cancel-operation';
import type { BulkKind } from './files/kinds';
import type { DailyWindow, FinalState, OnExisting, Operation, OperationSettings } from './operation';
import type { EndListener } from './operation-end';
import { toOperation } from './operation-records';
import { createOperationViews, type OperationViews } from './operation-views';
import { recount } from './counts';
import { operationPlace } from './sealed-columns';
import type { Sealing } from './sealing';
import type { Upload } from './uploads';

export interface NewOperation {
  readonly brandId: string;
  readonly kind: BulkKind;
  readonly createdBy: string;
  readonly scopes: string;
  readonly language: Language;
  readonly settings: OperationSettings;
  readonly onExisting: OnExisting;
  readonly dryRun: boolean;
  readonly notBefore?: number | undefined;
  readonly dailyWindow?: DailyWindow | undefined;
  readonly maxPerSecond?: number | undefined;
  readonly maxRowsPerDay?: number | undefined;
  readonly idempotencyKey: string;
  readonly upload: Upload;
}

/** What people do with operations. The engine carries them out (engine.ts). */
export interface Operations extends OperationViews {
  /** The same key with the same content returns the operation that exists; with another content: `keyUsed`. */
  create(operation: NewOperation): Promise<Operation | 'keyUsed'>;
  find(brandId: string, id: string): Promise<Operation | undefined>;
  findByKey(
    order: Pick<NewOperation, 'brandId' | 'createdBy' | 'idempotencyKey'>,
  ): Promise<Operation | undefined>;
  /** `undefined` if its status does not allow that. */
  pause(id: string): Promise<Operation | undefined>;
  resume(id: string): Promise<Operation | undefined>;
  cancel(id: string): Promise<Operation | undefined>;
  /** Sends its rows in these states again. `undefined` if there is none, or the operation is canceled or expired. */
  retry(id: string, states: readonly FinalState[]): Promise<Operation | undefined>;
}

export interface OperationsDeps {
  readonly database: Database;
  readonly sealing: Sealing;
  readonly now: () => number;
  /** How long rows and results are kept after the end, ms. */
  readonly retainResultsMs: number;
  readonly ends: EndListener;
  /** Called when there may be work. */
  readonly onWork: () => void;
}

export const createOperations = ({
  database,
  sealing,
  now,
  retainResultsMs,
  ends,
  onWork,
}: OperationsDeps): Operations => {
  const canceling = { database, sealing, retainResultsMs, ends };
  const read = (row: SqlRow | undefined): Operation | undefined => row && toOperation(row, sealing);
  const change = async (
    id: string,
    sql: string,
    values: readonly number[] = [],
  ): Promise<Operation | undefined> => {
    const [row] = await database.query(`${sql} returning *`, [id, now(), ...values]);
    onWork();
    return read(row);
  };
  return {
    async create({ upload, settings, dailyWindow, ...given }) {
      const id = randomUUID();
      const { kind, dryRun, notBefore, maxPerSecond } = given;
      const hash = hashOf({
        kind,
        dryRun,
        notBefore,
        maxPerSecond,
        settings,
        dailyWindow,
        file: upload.digest,
        // Absent as they were before they existed: an order that is repeated has the same hash.
        maxRowsPerDay: given.maxRowsPerDay,
        ...(given.onExisting === 'UPDATE' && { onExisting: 'UPDATE' }),
      });
      const [row] = await database.query<SqlRow & { request_hash: string }>(
        `insert into bulk_operations (id, brand_id, kind, status, created_by, scopes, language, settings, on_existing, dry_run,
           max_rows_per_day, not_before, window_from, window_to, max_per_second, idempotency_key, request_hash, file_id, total, created_at, changed_at)
         values ($1, $2, $3, 'VALIDATING', $4, $5, $6, $7, $18, $8, $19, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17)
         on conflict (created_by, brand_id, idempotency_key) do update set idempotency_key = excluded.idempotency_key
         returning *`,
        [
          id,
          given.brandId,
          given.kind,
          given.createdBy,
          given.scopes,
          given.language,
          sealing.seal(operationPlace(id), { ...settings, format: upload.format }),
          given.dryRun,
          given.notBefore ?? null,
          dailyWindow?.from ?? null,
          dailyWindow?.to ?? null,
          given.maxPerSecond ?? null,
          given.idempotencyKey,
          hash,
          upload.id,
          upload.rowCount,
          now(),
          given.onExisting,
          given.maxRowsPerDay ?? null,
        ],
      );
      if (row?.request_hash !== hash) return 'keyUsed';
      onWork();
      return toOperation(row, sealing);
    },
    async find(brandId, id) {
      const [row] = await database.query('select * from bulk_operations where id = $1 and brand_id = $2', [
        id,
        brandId,
      ]);
      return read(row);
    },
    async findByKey({ brandId, createdBy, idempotencyKey }) {
      const [row] = await database.query(
        'select * from bulk_operations where brand_id = $1 and created_by = $2 and idempotency_key = $3',
        [brandId, createdBy, idempotencyKey],
      );
      return read(row);
    },
    ...createOperationViews({ database, sealing }),
    pause: (id) =>
      change(
        id,
        `update bulk_operations set status = 'PAUSED', reason = 'REQUESTED', changed_at = $2
         where id = $1 and status in ('VALIDATING', 'RUNNING')`,
      ),
    resume: (id) =>
      change(
        id,
        `update bulk_operations set status = 'VALIDATING', reason = null, changed_at = $2 where id = $1 and status = 'PAUSED'`,
      ),
    cancel: (id) => cancelOperation(canceling, { id, now: now(), reason: 'REQUESTED' }),
    async retry(id, states) {
      const retried = await database.transaction(async (sql) => {
        const [operation] = await sql.query(
          `select * from bulk_operations where id = $1 and status in ('COMPLETED', 'PAUSED', 'RUNNING') for update`,
          [id],
        );
        if (operation === undefined) return undefined;
        const rows = await sql.query(
          // What was refused as a value would be refused again.
          `update bulk_rows set state = 'PENDING', code = null, message = null, due_at = 0, in_doubt = (state = 'UNKNOWN'), changed_at = $3
           where operation_id = $1 and state = any($2::text[]) and sealed is not null and attempts > 0 returning number`,
          [id, [...states], now()],
        );
        if (rows.length === 0) return undefined;
        await recount(sql, id);
        const [row] = await sql.query(
          `update bulk_operations set status = 'RUNNING', reason = null, finished_at = null, expires_at = null, changed_at = $2
           where id = $1 returning *`,
          [id, now()],
        );
        return row;
      });
      onWork();
      return read(retried);
    },
  };
};

/** Two requests with one key must ask for the same. */
const hashOf = (request: object): string =>
  createHash('sha256').update(JSON.stringify(request)).digest('base64url');
