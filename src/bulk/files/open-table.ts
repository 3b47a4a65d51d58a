import { evenChunks, peek } from './chunks';
import { readDelimited } from './delimited';
import { decodeTexts, type Encoding } from './encoding';
import { withHeader, type Headed } from './header';
import { isExample } from './example';
import { readJsonLines } from './json-lines';
import { defaultLimits, type Limits } from './limits';
import { FileError, rowProblem, type RowProblem } from './problem';
import { isBlank, type RawRow } from './raw-row';
import { headBytes, recognise, type Format, type Hint } from './recognise';
import { openWorkbook } from './xlsx/workbook';

/** A row of data. */
export interface TableRow {
  /** As the user's program shows it, from 1: Excel's row, or the line of a JSONL file. */
  readonly number: number;
  /** One for each column; empty if there is none. */
  readonly cells: readonly string[];
  /** The row cannot be used; the others can. */
  readonly problem?: RowProblem | undefined;
}

export interface Table {
  readonly format: Format;
  /** Of a text file. `ASCII` may become another one while rows are read. */
  readonly encoding: () => Encoding | undefined;
  readonly columns: readonly string[];
  /** To be read once. Ends with a FileError where the file cannot be read on. */
  readonly rows: AsyncIterable<TableRow>;
  /** Ends the reading and removes the temporary file. Reading all rows does so too. Idempotent. */
  readonly close: () => Promise<void>;
}

export interface TableOptions extends Hint {
  /** Name of the sheet of an XLSX file. Default: the first visible one. */
  readonly sheet?: string | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** Where an XLSX file is kept, encrypted. Default: the temporary directory of the operating system. */
  readonly directory?: string | undefined;
}

interface Opened extends Headed {
  readonly encoding: () => Encoding | undefined;
  readonly close: () => Promise<void>;
}

/**
 * Opens a table of rows: CSV, JSONL or XLSX, recognised by its content. It is read as a stream: memory does not grow with the file,
 * and text files never touch the disk.
 *
 * @throws FileError if the file cannot be read, has no header or no rows; and what the source throws.
 */
export const openTable = async (
  source: AsyncIterable<Uint8Array>,
  options: TableOptions = {},
): Promise<Table> => {
  const limits = { ...defaultLimits, ...options.limits };
  const even = evenChunks(source, limits);
  const { head, chunks } = await peek(even, headBytes);
  try {
    const { format, announced } = recognise(head, options);
    const opened =
      format === 'xlsx'
        ? await openWorkbook(chunks, { ...options, limits })
        : await openText(format, chunks, announced, limits);
    const rows = usableRows(opened, limits);
    try {
      const first = await rows.next();
      if (first.done === true) throw new FileError('ROWS_MISSING');
      return tableOf(format, opened, first.value, rows);
    } catch (error) {
      await opened.close();
      throw error;
    }
  } catch (error) {
    // `chunks` lets go of the source only if it was begun.
    await chunks.return();
    await even.return();
    throw error;
  }
};

const openText = async (
  format: 'csv' | 'jsonl',
  chunks: AsyncGenerator<Buffer, void, undefined>,
  announced: Encoding | undefined,
  limits: Limits,
): Promise<Opened> => {
  const { encoding, texts } = decodeTexts(chunks, announced);
  const headed =
    format === 'csv'
      ? await withHeader(readDelimited(texts, limits), limits)
      : await readJsonLines(texts, limits);
  return {
    ...headed,
    encoding,
    close: async () => {
      await chunks.return();
    },
  };
};

const tableOf = (
  format: Format,
  { columns, encoding, close }: Opened,
  first: readonly TableRow[],
  others: AsyncGenerator<readonly TableRow[], void, undefined>,
): Table => {
  let isClosed = false;
  const closeOnce = async (): Promise<void> => {
    isClosed = true;
    await close();
  };
  const rows = async function* (): AsyncGenerator<TableRow, void, undefined> {
    try {
      for (let batch: readonly TableRow[] | undefined = first; batch !== undefined;) {
        for (const row of batch) {
          // The table may have been closed since the last row.
          if (isClosed) return;
          yield row;
        }
        const { value, done }: IteratorResult<readonly TableRow[], void> = await others.next();
        batch = done === true ? undefined : value;
      }
    } finally {
      await others.return();
      await closeOnce();
    }
  };
  return { format, columns, encoding, rows: rows(), close: closeOnce };
};

/** The rows with data: neither blank nor the example of a template. */
async function* usableRows(
  { columns, rows }: Headed,
  limits: Limits,
): AsyncGenerator<readonly TableRow[], void, undefined> {
  let count = 0;
  for await (const batch of rows) {
    const usable = batch.filter(
      ({ cells, problem }) => problem !== undefined || !(cells.every(isBlank) || isExample(cells)),
    );
    const room = limits.maxRows - count;
    count += usable.length;
    const rowsInside = usable.slice(0, room).map((row) => toTableRow(row, columns.length, limits));
    if (rowsInside.length > 0) yield rowsInside;
    if (usable.length > room) throw new FileError('ROWS_TOO_MANY', { row: usable[room]?.number });
  }
}

const toTableRow = (row: RawRow, width: number, limits: Limits): TableRow => {
  const cells = Array.from({ length: width }, (_, column) => row.cells[column] ?? '');
  const problem = row.problem ?? problemOf(row, width, limits);
  return { number: row.number, cells, problem };
};

const problemOf = (
  { number: row, cells }: RawRow,
  width: number,
  { maxCell }: Limits,
): RowProblem | undefined => {
  for (const [column, cell] of cells.entries()) {
    if (column >= width && !isBlank(cell)) return rowProblem('CELLS_TOO_MANY', { row, column });
    if (cell.length > maxCell) return rowProblem('CELL_TOO_LONG', { row, column });
    if (cell.includes('\0')) return rowProblem('CELL_HAS_NUL', { row, column });
    if (cell.includes('\ufffd')) return rowProblem('CELL_UNREADABLE', { row, column });
  }
  return undefined;
};
