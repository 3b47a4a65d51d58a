import type { Language } from '../shared/language';
import type { BulkKind } from './files/kinds';
import type { ColumnMapping } from './files/guess-columns';
import type { Format } from './files/recognise';
import type { RowValues } from './files/row-reader';

/** VALIDATING: its rows are being read from the file. The last two are final. */
export const operationStatuses = ['VALIDATING', 'RUNNING', 'PAUSED', 'CANCELED', 'COMPLETED'] as const;
export type OperationStatus = (typeof operationStatuses)[number];

export const isFinal = (status: OperationStatus): boolean => status === 'CANCELED' || status === 'COMPLETED';

/** Why an operation is paused. */
export const pauseReasons = {
  REQUESTED: 'Somebody paused it.',
  TOO_MANY_FAILURES:
    'More than 20 % of the last 200 rows failed. Look at their codes; then resume or cancel.',
  CREDENTIAL_REFUSED:
    "WeChat Pay refuses the server's credential, or the server lacks one. Tell its operator, then resume.",
  TEMPLATE_NOT_USABLE:
    'The card template does not exist, has ended, or is not of this brand, or WeChat Pay has not opened the product. Cancel it.',
  ACCESS_LOST:
    'The caller who created it may no longer write to the brand. Create it again with other permissions.',
  NOT_READY:
    'The server cannot work, e.g. its audit log cannot be written. Resume it when readiness has no failing finding.',
  ROWS_UNREADABLE:
    'The key under which its rows were sealed is not configured any more, or the file has expired. Add the key and resume, or upload the file again.',
} as const;
export type PauseReason = keyof typeof pauseReasons;

/** Why an operation was canceled. */
export const cancelReasons = {
  REQUESTED: 'Somebody canceled it.',
  PAUSED_TOO_LONG:
    'It was paused for longer than the setting bulk.retainPausedDays. What its rows would have sent is erased; upload the file again.',
} as const;
export type CancelReason = keyof typeof cancelReasons;

/** PENDING: not sent. SENT: perhaps sent. All others are final. */
export const rowStates = {
  PENDING: 'Waits to be sent.',
  SENT: 'Is being sent, or was when the server ended; then it is looked up.',
  SUCCEEDED: 'Done. In a dry run: breaks no rule.',
  SKIPPED: 'Nothing was sent: an earlier row or operation has done it, or does it.',
  FAILED: 'Refused by a rule of this server or by WeChat Pay; see code. Nothing was changed.',
  SUPERSEDED: 'Not sent, or not sent again: a later row, operation or mutation changes the same card.',
  UNKNOWN: 'Sent, and its outcome could not be found out. Look at the card before you retry.',
  CANCELED: 'Not sent: the operation was canceled.',
} as const;
export type RowState = keyof typeof rowStates;
export type FinalState = Exclude<RowState, 'PENDING' | 'SENT'>;

/** What an import does about a member whose card exists. */
export const onExistingTexts = {
  SKIP: 'Nothing: the row is SKIPPED.',
  UPDATE:
    'Updates the card with the values of the row, by the rules of updateUserCard. The row is SUCCEEDED with the code UPDATED.',
} as const;
export type OnExisting = keyof typeof onExistingTexts;

/** What an operation does to its rows. Sealed in the database, because a default may be personal. */
export interface OperationSettings {
  readonly cardId: string;
  readonly mapping: ColumnMapping;
  readonly defaults: RowValues;
  /** Headers of the file. */
  readonly columns: readonly string[];
  /** Of the file. */
  readonly format?: Format | undefined;
}

/** From and to, in minutes of a day in Beijing. May cross midnight. */
export interface DailyWindow {
  readonly from: number;
  readonly to: number;
}

/** What was sent on the last day on which something was. */
export interface SpentRows {
  /** Days since the Unix epoch, in Beijing. */
  readonly day: number;
  readonly rows: number;
}

export interface Operation {
  readonly id: string;
  readonly brandId: string;
  readonly kind: BulkKind;
  readonly status: OperationStatus;
  /** Why it is PAUSED. */
  readonly reason: PauseReason | undefined;
  readonly cancelReason: CancelReason | undefined;
  readonly createdBy: string;
  /** The scopes of the caller at its creation, joined by blanks. */
  readonly scopes: string;
  /** Of the messages of rows. */
  readonly language: Language;
  readonly settings: OperationSettings | undefined;
  readonly onExisting: OnExisting;
  readonly dryRun: boolean;
  readonly notBefore: number | undefined;
  readonly dailyWindow: DailyWindow | undefined;
  readonly maxPerSecond: number | undefined;
  readonly maxRowsPerDay: number | undefined;
  /** As it was when the operation was read. */
  readonly spent: SpentRows;
  readonly fileId: string;
  readonly chunksDone: number;
  readonly total: number;
  /** Rows per second in the last minute, as its owner measured. */
  readonly rate: number | undefined;
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
  /** When rows and results are erased. */
  readonly expiresAt: number | undefined;
}

export interface RowCount {
  readonly state: RowState;
  readonly code: string | undefined;
  readonly count: number;
}

/** A row as people see it. */
export interface RowView {
  readonly number: number;
  readonly state: RowState;
  readonly mask: string;
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly changedAt: number;
}
