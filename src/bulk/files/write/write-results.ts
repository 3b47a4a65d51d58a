import { textIn, type Language, type Texts } from '../../../shared/language';
import { resultColumnOf } from '../headers';
import type { Format } from '../recognise';
import { resultColumnNames, resultColumns } from '../result-columns';
import { writeTable } from './write-table';

/** A row of the user's file and what became of it. */
export interface ResultRow {
  /** As they were read. */
  readonly cells: readonly string[];
  readonly state: string;
  /** Code of the error, e.g. PHONE_ALREADY_IMPORTED. */
  readonly code?: string | undefined;
  readonly message?: Texts | undefined;
  readonly openid?: string | undefined;
}

/**
 * A file of results: the user's columns, then state, code, message and openid. It can be mended and uploaded again: `guessColumns`
 * knows the added columns, and those of an earlier file of results are replaced, not repeated.
 *
 * @param columns Of the user's file, as `openTable` returned them.
 */
export const writeResults = (
  format: Format,
  language: Language,
  columns: readonly string[],
  rows: AsyncIterable<ResultRow>,
): AsyncGenerator<Buffer, void, undefined> => {
  const own = columns.flatMap((name, column) => (resultColumnOf(name) === undefined ? [column] : []));
  const names = [
    ...own.map((column) => columns[column] ?? ''),
    ...resultColumnNames.map((name) => textIn(language, resultColumns[name])),
  ];
  const cells = async function* (): AsyncGenerator<readonly string[], void, undefined> {
    for await (const row of rows) {
      const { state, code = '', message, openid = '' } = row;
      const text = message === undefined ? '' : textIn(language, message);
      yield [...own.map((column) => row.cells[column] ?? ''), state, code, text, openid];
    }
  };
  return writeTable(format, names, cells());
};
