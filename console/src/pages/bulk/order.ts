import type { ColumnId } from '../../../../src/bulk/files/columns';
import type { BulkOnExisting, BulkOperationCreateInput, BulkOperationKind } from '../../api/documents';
import { columnsOf } from './kinds';
import type { UploadedFile } from './upload';

type ByColumn = Readonly<Partial<Record<ColumnId, string>>>;

/** What the reader has chosen so far. Texts as they are in the inputs; empty means "not chosen". */
export interface Order {
  readonly kind: BulkOperationKind;
  /** Of the template of all rows. */
  readonly cardId: string;
  readonly file: UploadedFile | undefined;
  readonly fileName: string;
  /** Headers that the reader has chosen in place of the guessed ones; empty: none, although one was guessed. */
  readonly headers: ByColumn;
  readonly defaults: ByColumn;
  readonly windowFrom: string;
  readonly windowTo: string;
  readonly perSecond: string;
  readonly perDay: string;
  /** Beijing time. */
  readonly notBefore: string;
  /** For imports. */
  readonly onExisting: BulkOnExisting;
}

export const emptyOrder: Order = {
  kind: 'IMPORT_BY_PHONE',
  cardId: '',
  file: undefined,
  fileName: '',
  headers: {},
  defaults: {},
  windowFrom: '',
  windowTo: '',
  perSecond: '',
  perDay: '',
  notBefore: '',
  onExisting: 'SKIP',
};

export const isImport = ({ kind }: Pick<Order, 'kind'>): boolean =>
  kind === 'IMPORT_BY_PHONE' || kind === 'IMPORT_BY_OPENID';

/** Which header of the file a column is read from: as chosen, or as guessed. */
export const guessedHeader = ({ file, kind }: Order, column: ColumnId): string =>
  file?.kinds[kind].columns.find((one) => one.column === column)?.header ?? '';

export const headerOf = (order: Order, column: ColumnId): string =>
  order.headers[column] ?? guessedHeader(order, column);

/** Required columns with neither a header nor a value. */
export const missingIn = (order: Order): readonly ColumnId[] =>
  columnsOf(order.kind)
    .filter(({ id, isRequired }) => isRequired && headerOf(order, id) === '' && !order.defaults[id])
    .map(({ id }) => id);

type Content = Omit<BulkOperationCreateInput, 'dryRun' | 'idempotencyKey'>;

/** The mutation's input, but for what is not a choice. */
export const inputOf = (order: Order, brandId: string): Content => {
  const columns = columnsOf(order.kind);
  const chosen = columns.flatMap(({ id, column }) => {
    const header = order.headers[id];
    if (header === undefined || header === guessedHeader(order, id)) return [];
    return [{ column, header: header === '' ? null : header }];
  });
  const defaults = columns.flatMap(({ id, column }) => {
    const value = (order.defaults[id] ?? '').trim();
    return value === '' ? [] : [{ column, value }];
  });
  const { windowFrom, windowTo, perSecond, perDay, notBefore } = order;
  return {
    kind: order.kind,
    cardTemplate: { key: { brandId, cardId: order.cardId } },
    fileId: order.file?.fileId ?? '',
    ...(chosen.length === 0 ? {} : { columns: chosen }),
    ...(defaults.length === 0 ? {} : { defaults }),
    ...(windowFrom === '' && windowTo === '' ? {} : { dailyWindow: `${windowFrom}-${windowTo}` }),
    ...(perSecond === '' ? {} : { maxPerSecond: Number(perSecond) }),
    ...(perDay === '' ? {} : { maxRowsPerDay: Number(perDay) }),
    ...(isImport(order) ? { onExisting: order.onExisting } : {}),
    ...(notBefore === '' ? {} : { notBefore: `${notBefore}:00+08:00` }),
  };
};
