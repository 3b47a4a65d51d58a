import type { BulkOperationStatus, BulkRowState, ConsoleBulkOperationFragment } from '../../api/documents';
import type { bulkTexts } from './texts';

export type Operation = ConsoleBulkOperationFragment;
type Names = (typeof bulkTexts)['zh'];

/** Whether the operation goes on by itself. */
export const isActive = ({ status }: Pick<Operation, 'status'>): boolean =>
  status === 'RUNNING' || status === 'VALIDATING';

export const canCancel = ({ status }: Pick<Operation, 'status'>): boolean =>
  status !== 'COMPLETED' && status !== 'CANCELED';

/** Rows that are final. */
export const doneOf = ({ done }: Pick<Operation, 'done'>): number => done ?? 0;

/** Rows in a state, whatever their code is. */
export const countOf = ({ counts }: Pick<Operation, 'counts'>, state: BulkRowState): number =>
  (counts ?? []).reduce((sum, one) => (one.state === state ? sum + one.count : sum), 0);

export const statusTheme = (status: BulkOperationStatus): 'primary' | 'warning' | 'success' | 'default' =>
  ({
    VALIDATING: 'primary',
    RUNNING: 'primary',
    PAUSED: 'warning',
    COMPLETED: 'success',
    CANCELED: 'default',
  })[status] as 'primary';

/** States in the order of how much they matter. */
export const rowStates: readonly BulkRowState[] = [
  'FAILED',
  'UNKNOWN',
  'SUCCEEDED',
  'SKIPPED',
  'SUPERSEDED',
  'SENT',
  'PENDING',
  'CANCELED',
];

/** What a state means: a check does not "succeed", its rows are valid. */
export const stateName = (state: BulkRowState, isCheck: boolean, names: Names): string => {
  if (isCheck && state === 'SUCCEEDED') return names.VALID;
  if (isCheck && state === 'FAILED') return names.INVALID;
  // A state that this version does not know is shown as it is.
  return state === 'CANCELED'
    ? names.ROWS_CANCELED
    : ((names as Partial<Record<string, unknown>>)[state] as string);
};
