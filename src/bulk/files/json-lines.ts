import { isRecord } from '../../shared/is-record';
import type { Limits } from './limits';
import { FileError, rowProblem, type RowProblem } from './problem';
import type { RawRow } from './raw-row';

/** The keys of so many first objects are the columns. */
const objectsWithKeys = 100;

interface Line {
  readonly number: number;
  readonly object: Readonly<Record<string, unknown>>;
  readonly problem?: RowProblem;
}

const lineOf = (text: string, number: number): Line => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { number, object: {}, problem: rowProblem('JSON_MALFORMED', { row: number }) };
  }
  if (isRecord(value)) return { number, object: value };
  return { number, object: {}, problem: rowProblem('JSON_NOT_OBJECT', { row: number }) };
};

/** Lines that are not blank, with their numbers. */
async function* linesOf(
  texts: AsyncIterable<string>,
  { maxRecord }: Limits,
): AsyncGenerator<readonly Line[], void, undefined> {
  let number = 1;
  let rest = '';
  for await (const text of texts) {
    const lines = text.split('\n');
    lines[0] = rest + (lines[0] ?? '');
    rest = lines.pop() ?? '';
    if (rest.length > maxRecord) throw new FileError('RECORD_TOO_LONG', { row: number + lines.length });
    const first = number;
    number += lines.length;
    yield lines.flatMap((line, index) => (line.trim() === '' ? [] : [lineOf(line, first + index)]));
  }
  if (rest.trim() !== '') yield [lineOf(rest, number)];
}

/** `undefined` if it is no value of a cell. A number with lost digits is written so that it shows (values/number-text.ts). */
const cellOf = (value: unknown): string | undefined => {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number') return undefined;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
};

const rowOf = ({ number, object, problem }: Line, columns: ReadonlyMap<string, number>): RawRow => {
  const cells = Array.from({ length: columns.size }, () => '');
  let found = problem;
  for (const [key, value] of Object.entries(object)) {
    const column = columns.get(key);
    const cell = cellOf(value);
    if (column === undefined) found ??= rowProblem('JSON_KEY_UNKNOWN', { row: number });
    else if (cell === undefined) found ??= rowProblem('JSON_NESTED', { row: number, column });
    else cells[column] = cell;
  }
  return { number, cells, problem: found };
};

/**
 * Reads one JSON object per line. The columns are the keys of the first 100 objects; a key that comes later is a problem of its
 * row.
 *
 * @throws FileError RECORD_TOO_LONG, ROWS_MISSING, COLUMNS_TOO_MANY.
 */
export const readJsonLines = async (
  texts: AsyncIterable<string>,
  limits: Limits,
): Promise<{
  readonly columns: readonly string[];
  readonly rows: AsyncGenerator<readonly RawRow[], void, undefined>;
}> => {
  const batches = linesOf(texts, limits);
  const first: Line[] = [];
  const columns = new Map<string, number>();
  while (first.length < objectsWithKeys) {
    const { value, done } = await batches.next();
    if (done === true) break;
    first.push(...value);
  }
  for (const { number, object } of first.slice(0, objectsWithKeys)) {
    for (const key of Object.keys(object)) if (!columns.has(key)) columns.set(key, columns.size);
    if (columns.size > limits.maxColumns) throw new FileError('COLUMNS_TOO_MANY', { row: number });
  }
  if (columns.size === 0) throw new FileError('ROWS_MISSING');
  const rows = async function* (): AsyncGenerator<readonly RawRow[], void, undefined> {
    yield first.map((line) => rowOf(line, columns));
    for await (const lines of batches) yield lines.map((line) => rowOf(line, columns));
  };
  return { columns: [...columns.keys()], rows: rows() };
};
