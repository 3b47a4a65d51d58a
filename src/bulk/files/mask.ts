import { columnRules, type ColumnId } from './columns';
import { columnIdOf } from './headers';
import type { TableRow } from './open-table';
import type { RowProblem } from './problem';
import { cleanWord } from './values/clean';
import { readValue } from './values/read-value';

const rowsToShow = 20;
/** The mask hides how long the value is. */
const stars = '***';

/** At most the first and the last character; nothing of a value so short that this would tell it. */
const maskText = (text: string): string => {
  const characters = [...text];
  if (characters.length < 4) return stars;
  return `${characters[0] ?? ''}${stars}${characters.at(-1) ?? ''}`;
};

const maskPhone = (text: string): string => {
  const read = readValue('phone', text);
  const number = read !== undefined && 'value' in read ? String(read.value) : undefined;
  // As WeChat Pay shows it.
  return number?.length === 11 ? `${number.slice(0, 3)}****${number.slice(7)}` : maskText(text);
};

/** The first character of a name is its surname. */
const maskName = (text: string): string => (text.length < 2 ? stars : `${[...text][0] ?? ''}**`);

/** A number of a person, or an address, may stand in any column. */
const mayBePersonal = (text: string): boolean => /\d{5}|@/.test(text.replace(/[\s-]/g, ''));

/** Whether the cell is plainly a value of its column, which tells nothing about a person. */
const isHarmless = (id: ColumnId, text: string): boolean => {
  const rule: { readonly value: Parameters<typeof readValue>[0]; readonly isPublic?: boolean } =
    columnRules[id];
  if (rule.isPublic !== true) return false;
  if (rule.value === 'text' || rule.value === 'word') return [...text].length <= 10 && !mayBePersonal(text);
  const read = readValue(rule.value, text);
  return read !== undefined && !('rule' in read);
};

const maskCell = (id: ColumnId | undefined, cell: string): string => {
  const text = cleanWord(cell);
  if (text === '') return '';
  if (id === 'phoneNumber') return maskPhone(text);
  if (id === 'name') return maskName(text);
  return id !== undefined && isHarmless(id, text) ? text : maskText(text);
};

export interface PreviewRow {
  readonly number: number;
  readonly cells: readonly string[];
  readonly problem?: RowProblem | undefined;
}

/**
 * The first 20 rows, masked. Shown in full are only levels, validities, points, states and colours, if the cell is one. Of a phone
 * number, 3 and 4 digits are shown; of a name, the first character; of all else, unknown columns included, at most the first and the
 * last character.
 */
export const previewRows = (columns: readonly string[], rows: readonly TableRow[]): readonly PreviewRow[] => {
  const ids = columns.map(columnIdOf);
  return rows.slice(0, rowsToShow).map(({ number, cells, problem }) => ({
    number,
    cells: cells.map((cell, column) => maskCell(ids[column], cell)),
    problem,
  }));
};
