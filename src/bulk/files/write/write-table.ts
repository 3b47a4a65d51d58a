import type { Format } from '../recognise';
import { byteOrderMark, csvLine } from './csv';
import { joined, xlsxBytes } from './xlsx';

export type Rows = AsyncIterable<readonly string[]>;

export const contentTypes = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/jsonl; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const satisfies Readonly<Record<Format, string>>;

async function* csv(columns: readonly string[], rows: Rows): AsyncGenerator<string, void, undefined> {
  yield byteOrderMark + csvLine(columns);
  for await (const cells of rows) yield csvLine(cells);
}

async function* jsonLines(columns: readonly string[], rows: Rows): AsyncGenerator<string, void, undefined> {
  for await (const cells of rows) {
    const members = columns.map((name, column) => [name, cells[column] ?? ''] as const);
    yield `${JSON.stringify(Object.fromEntries(members))}\n`;
  }
}

async function* withHeader(columns: readonly string[], rows: Rows): AsyncGenerator<readonly string[]> {
  yield columns;
  yield* rows;
}

/**
 * The bytes of a table, as a stream. `openTable` reads the same columns and cells from them, and Excel neither computes nor changes
 * a cell: CSV is UTF-8 with a byte order mark and marks such cells with an apostrophe, which `openTable` removes; all cells of XLSX
 * are texts.
 */
export const writeTable = (
  format: Format,
  columns: readonly string[],
  rows: Rows,
): AsyncGenerator<Buffer, void, undefined> => {
  if (format === 'xlsx') return xlsxBytes(withHeader(columns, rows));
  return joined(format === 'csv' ? csv(columns, rows) : jsonLines(columns, rows));
};
