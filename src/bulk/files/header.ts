import { headerKey, isKnownHeader } from './headers';
import type { Limits } from './limits';
import { FileError } from './problem';
import { isBlank, type RawRow } from './raw-row';

/** A title, the time of the export and notes may stand above the header, within so many rows. */
const rowsToSearch = 20;

export interface Headed {
  readonly columns: readonly string[];
  /** In batches: a step of a generator costs more than a row. */
  readonly rows: AsyncGenerator<readonly RawRow[], void, undefined>;
}

const filled = (cells: readonly string[]): readonly string[] => cells.filter((cell) => !isBlank(cell));

const known = ({ cells }: RawRow): number => cells.filter(isKnownHeader).length;

/** What people write as a value and never as a name: numbers, phone numbers, dates, openids. */
const looksLikeValue = (cell: string): boolean =>
  /^[\s'+]*[\d０-９][\d０-９\s./:：年月日时分秒-]*(?:E\+\d+)?\s*$/iu.test(cell) ||
  /^\s*o[\w-]{26,}\s*$/.test(cell);

/** The row with the most known names. If there is none: the first one with two cells, or else the first one. */
const headerOf = (rows: readonly RawRow[]): RawRow | undefined => {
  const best = rows.reduce<RawRow | undefined>(
    (found, row) => (known(row) > (found === undefined ? 0 : known(found)) ? row : found),
    undefined,
  );
  return best ?? rows.find(({ cells }) => filled(cells).length > 1) ?? rows[0];
};

const nameOf = (cell: string): string =>
  cell
    .replace(/[\s\p{Z}]+/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .trim();

const columnsOf = ({ number: row, cells }: RawRow, { maxColumns }: Limits): readonly string[] => {
  const length = cells.findLastIndex((cell) => !isBlank(cell)) + 1;
  if (length > maxColumns) throw new FileError('COLUMNS_TOO_MANY', { row });
  const columns = cells.slice(0, length).map(nameOf);
  const keys = columns.map(headerKey);
  columns.forEach((name, column) => {
    if (name === '') throw new FileError('HEADER_EMPTY', { row, column });
    if (keys.indexOf(keys[column] ?? '') < column) throw new FileError('HEADER_DUPLICATE', { row, column });
  });
  return columns;
};

/**
 * Finds the header, which may stand below titles and notes.
 *
 * @throws FileError ROWS_MISSING, HEADER_MISSING, HEADER_EMPTY, HEADER_DUPLICATE, COLUMNS_TOO_MANY, and what reading throws.
 */
export const withHeader = async (
  raw: AsyncGenerator<readonly RawRow[], void, undefined>,
  limits: Limits,
): Promise<Headed> => {
  const first: RawRow[] = [];
  while (first.length < rowsToSearch) {
    const { value, done } = await raw.next();
    if (done === true) break;
    first.push(...value.filter(({ cells, problem }) => problem !== undefined || filled(cells).length > 0));
  }
  const header = headerOf(first.slice(0, rowsToSearch));
  if (header === undefined) throw new FileError('ROWS_MISSING');
  if (known(header) === 0 && header.cells.some(looksLikeValue))
    throw new FileError('HEADER_MISSING', { row: header.number });
  const columns = columnsOf(header, limits);
  const rows = async function* (): AsyncGenerator<readonly RawRow[], void, undefined> {
    try {
      yield first.slice(first.indexOf(header) + 1);
      yield* raw;
    } finally {
      await raw.return();
    }
  };
  return { columns, rows: rows() };
};
