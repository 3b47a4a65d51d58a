import { createRecordSplitter, type DelimitedRecord } from './delimited-records';
import { isKnownHeader } from './headers';
import type { Limits } from './limits';
import { FileError, rowProblem } from './problem';
import type { RawRow } from './raw-row';

const separators = [',', '\t', ';', '|'] as const;
type Separator = (typeof separators)[number];

/** Excel writes and reads this line; it is not a row. */
const separatorLine = /^sep=([,;\t|])(?:\r\n|\r|\n)/;

/** Characters that decide the separator. */
const headLength = 16_384;

const firstLines = (text: string): readonly string[] =>
  text
    .slice(0, headLength)
    .split(/\r\n|\r|\n/)
    .slice(0, 30);

/** Without what stands in quotation marks. */
const bare = (line: string): string => line.replace(/"(?:[^"]|"")*"/g, '""');

const knownHeaders = (line: string, separator: Separator): number =>
  line.split(separator).filter((cell) => isKnownHeader(cell.replace(/^"|"$/g, ''))).length;

/** The separator that shows the most known headers; else the one in the same number on the most lines. */
const separatorOf = (text: string): Separator => {
  const lines = firstLines(text);
  const scores = separators.map((separator) => {
    const counts = lines.map((line) => bare(line).split(separator).length - 1).filter((count) => count > 0);
    const alike = Math.max(0, ...counts.map((count) => counts.filter((other) => other === count).length));
    const known = Math.max(0, ...lines.map((line) => knownHeaders(line, separator)));
    return { separator, score: (counts.length === 0 ? 0 : known * 100) + alike };
  });
  return scores.reduce((best, one) => (one.score > best.score ? one : best)).separator;
};

/** A cell that is a formula of nothing but a text, by which exports make Excel keep a number: ="0012". */
const textFormula = /^="([^"]*)"$/;

/**
 * The text without Excel's mark of a text, an apostrophe, which our own files also put before what Excel would compute or change
 * (write/csv.ts). Exactly one is removed, so what is written is what is read.
 */
const withoutMark = (cell: string): string => {
  if (cell.startsWith("'")) return cell.slice(1);
  return cell.startsWith('=') ? (textFormula.exec(cell)?.[1] ?? cell) : cell;
};

const toRow = ({ cells, isBroken }: DelimitedRecord, row: number): RawRow => ({
  number: row,
  cells: cells.map(withoutMark),
  problem: isBroken ? rowProblem('QUOTE_MISPLACED', { row }) : undefined,
});

/**
 * Reads CSV and its relatives: separated by comma, tab, semicolon or bar, with any line break, quoted by `"`.
 *
 * @throws FileError QUOTE_OPEN, RECORD_TOO_LONG, with the row.
 */
export async function* readDelimited(
  texts: AsyncIterator<string, void, undefined>,
  { maxRecord }: Limits,
): AsyncGenerator<readonly RawRow[], void, undefined> {
  const head = await textOfLength(texts, headLength);
  const announced = separatorLine.exec(head);
  const split = createRecordSplitter(announced?.[1] ?? separatorOf(head));
  let number = 0;
  let rest = '';
  let text: string | undefined = head.slice(announced?.[0].length ?? 0);
  for (let isEnd = false; !isEnd; text = await nextText(texts)) {
    isEnd = text === undefined;
    const found = split(rest + (text ?? ''), isEnd);
    rest = found.rest;
    const first = number + 1;
    number += found.records.length;
    yield found.records.map((record, index) => toRow(record, first + index));
    if (rest.length > maxRecord) throw new FileError('RECORD_TOO_LONG', { row: number + 1 });
  }
  if (rest !== '') throw new FileError('QUOTE_OPEN', { row: number + 1 });
}

const nextText = async (texts: AsyncIterator<string, void, undefined>): Promise<string | undefined> => {
  const { value, done } = await texts.next();
  return done === true ? undefined : value;
};

/** At least so many characters, unless there are fewer. */
const textOfLength = async (
  texts: AsyncIterator<string, void, undefined>,
  length: number,
): Promise<string> => {
  let found = '';
  while (found.length < length) {
    const text = await nextText(texts);
    if (text === undefined) break;
    found += text;
  }
  return found;
};
