import type { Limits } from '../limits';
import { FileError, rowProblem, type RowProblem } from '../problem';
import type { RawRow } from '../raw-row';
import { numberText, type Epoch } from './number-text';
import type { SharedStrings } from './shared-strings';
import type { Styles } from './styles';
import { createTextCollector, parseXml, type XmlHandler } from './xml';

/** The last row of Excel. */
const maxRowNumber = 1_048_576;
/** Of a number, an index or a result of a formula: more is no cell. */
const maxValue = 1_048_576;

export interface SheetDeps {
  readonly strings: SharedStrings | undefined;
  readonly styles: Styles;
  readonly epoch: Epoch;
  readonly limits: Limits;
}

/** A row whose shared strings are still to be looked up. */
interface OpenRow {
  readonly number: number;
  readonly cells: string[];
  readonly shared: (readonly [column: number, index: number])[];
  problem: RowProblem | undefined;
}

interface OpenCell {
  readonly column: number;
  readonly type: string;
  readonly style: number;
  value: string;
  hasValue: boolean;
  hasFormula: boolean;
}

/** The column of a reference such as AB12; `undefined` if it is none. */
const columnOf = (reference: string | undefined): number | undefined => {
  const letters = /^\$?([A-Za-z]{1,3})\$?\d*$/.exec(reference ?? '')?.[1]?.toUpperCase();
  if (letters === undefined) return undefined;
  return [...letters].reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0) - 1;
};

/** Collects the rows of a sheet from its XML. */
const createRowCollector = ({ styles, epoch, limits }: SheetDeps) => {
  let rows: OpenRow[] = [];
  let row: OpenRow | undefined;
  let cell: OpenCell | undefined;
  let lastNumber = 0;
  let lastColumn = -1;
  let isInValue = false;
  const inline = createTextCollector();

  const openRow = (reference: string | undefined): void => {
    const number = reference === undefined ? lastNumber + 1 : Number(reference);
    if (!Number.isInteger(number) || number <= lastNumber || number > maxRowNumber)
      throw new FileError('FILE_DAMAGED');
    lastNumber = number;
    lastColumn = -1;
    row = { number, cells: [], shared: [], problem: undefined };
  };
  const openCell = ({ r, t = 'n', s = '0' }: Readonly<Record<string, string>>): void => {
    lastColumn = columnOf(r) ?? lastColumn + 1;
    cell = { column: lastColumn, type: t, style: Number(s), value: '', hasValue: false, hasFormula: false };
    inline.take();
  };

  const textOf = ({ type, value, style, hasValue }: OpenCell): string => {
    if (type === 'inlineStr') return inline.take();
    if (!hasValue) return '';
    if (type === 'b') return value.trim() === '1' ? 'true' : 'false';
    if (type === 'str' || type === 'e' || type === 'd') return value;
    return numberText(value, styles(style), epoch) ?? value;
  };
  const closeCell = (open: OpenRow, closed: OpenCell): void => {
    const { column } = closed;
    const place = { row: open.number, column };
    if (closed.hasFormula && !closed.hasValue) open.problem ??= rowProblem('FORMULA_WITHOUT_RESULT', place);
    const isShared = closed.type === 's' && closed.hasValue;
    const text = isShared ? '' : textOf(closed);
    if (text === '' && !isShared) return;
    if (column >= limits.maxColumns) {
      open.problem ??= rowProblem('CELLS_TOO_MANY', place);
      return;
    }
    while (open.cells.length <= column) open.cells.push('');
    if (isShared) open.shared.push([column, Number(closed.value)]);
    else open.cells[column] = text;
  };

  const handler: XmlHandler = {
    open(name, attributes) {
      if (name === 'row') openRow(attributes.r);
      else if (name === 'c') openCell(attributes);
      else if (name === 'f' && cell !== undefined) cell.hasFormula = true;
      else if (name === 'v') isInValue = true;
      inline.open(name);
    },
    close(name) {
      inline.close(name);
      if (name === 'v') {
        isInValue = false;
        if (cell !== undefined) cell.hasValue = cell.value !== '' || cell.type === 'str';
      } else if (name === 'c' && row !== undefined && cell !== undefined) {
        closeCell(row, cell);
        cell = undefined;
      } else if (name === 'row' && row !== undefined) {
        rows.push(row);
        row = undefined;
      }
    },
    text(part) {
      if (isInValue && cell !== undefined) {
        cell.value += part;
        if (cell.value.length > maxValue) throw new FileError('RECORD_TOO_LONG', { row: lastNumber });
      } else inline.text(part);
    },
  };
  return {
    handler,
    take(): readonly OpenRow[] {
      const found = rows;
      rows = [];
      return found;
    },
  };
};

/** Reads the rows of a sheet that have cells. @throws FileError FILE_DAMAGED, and what parsing throws. */
export async function* readSheet(
  chunks: AsyncIterable<Buffer>,
  deps: SheetDeps,
): AsyncGenerator<readonly RawRow[], void, undefined> {
  const { strings } = deps;
  const collector = createRowCollector(deps);
  for await (const _ of parseXml(chunks, collector.handler)) {
    const rows = collector.take();
    for (const { number, cells, shared } of rows) {
      if (shared.length > 0 && strings === undefined) throw new FileError('FILE_DAMAGED', { row: number });
      for (const [column, index] of shared)
        cells[column] = strings?.peek(index) ?? (await strings?.read(index)) ?? '';
    }
    yield rows;
  }
}
