import type { SqlRow } from '../database/database';
import type { Language } from '../shared/language';
import type { BulkKind } from './files/kinds';
import {
  isFinal,
  type CancelReason,
  type OnExisting,
  type Operation,
  type OperationSettings,
  type OperationStatus,
  type PauseReason,
} from './operation';
import { operationPlace } from './sealed-columns';
import type { Sealing } from './sealing';

/** The columns have these types by the schema (schema.ts). */
export const toOperation = (row: SqlRow, sealing: Sealing): Operation => {
  const own = row as unknown as OperationRow;
  const { window_from: from, window_to: to } = own;
  return {
    id: own.id,
    brandId: own.brand_id,
    kind: own.kind,
    status: own.status,
    reason: own.status === 'CANCELED' ? undefined : ((own.reason as PauseReason | null) ?? undefined),
    // Earlier versions noted none: somebody canceled it.
    cancelReason:
      own.status === 'CANCELED' ? ((own.reason as CancelReason | null) ?? 'REQUESTED') : undefined,
    createdBy: own.created_by,
    scopes: own.scopes,
    language: own.language,
    settings: sealing.open(operationPlace(own.id), own.settings) as OperationSettings | undefined,
    onExisting: own.on_existing,
    dryRun: own.dry_run,
    notBefore: own.not_before ?? undefined,
    dailyWindow: from === null || to === null ? undefined : { from, to },
    maxPerSecond: own.max_per_second ?? undefined,
    maxRowsPerDay: own.max_rows_per_day ?? undefined,
    spent: { day: own.spent_day, rows: own.spent_rows },
    fileId: own.file_id,
    chunksDone: own.chunks_done,
    total: own.total,
    rate: own.rate !== null && own.status === 'RUNNING' ? own.rate : undefined,
    createdAt: own.created_at,
    startedAt: own.started_at ?? undefined,
    finishedAt: isFinal(own.status) ? (own.finished_at ?? undefined) : undefined,
    expiresAt: own.expires_at ?? undefined,
  };
};

interface OperationRow {
  readonly id: string;
  readonly brand_id: string;
  readonly kind: BulkKind;
  readonly status: OperationStatus;
  readonly reason: PauseReason | CancelReason | null;
  readonly created_by: string;
  readonly scopes: string;
  readonly language: Language;
  readonly settings: string;
  readonly on_existing: OnExisting;
  readonly dry_run: boolean;
  readonly not_before: number | null;
  readonly window_from: number | null;
  readonly window_to: number | null;
  readonly max_per_second: number | null;
  readonly max_rows_per_day: number | null;
  readonly spent_day: number;
  readonly spent_rows: number;
  readonly file_id: string;
  readonly chunks_done: number;
  readonly total: number;
  readonly rate: number | null;
  readonly created_at: number;
  readonly started_at: number | null;
  readonly finished_at: number | null;
  readonly expires_at: number | null;
}
