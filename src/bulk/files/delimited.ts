import { CsvError, parse } from 'csv-parse';
import { isKnownHeader } from './headers';
import type { Limits } from './limits';
import { FileError, type FileRule } from './problem';
import type { RawRow } from './raw-row';

const separators = [',', '\t', ';', '|'] as const;
type Separator = (typeof separators)[number];

/** Excel writes and reads this line; it is not a row. */
const separatorLine = /^sep=([,;\t|])(?:\r\n|\r|\n)/;

const firstLines = (text: string): readonly string[] =>
  text
    .slice(0, 16_384)
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

const ruleOf = (error: unknown): FileRule => {
  const code = error instanceof CsvError ? error.code : '';
  if (code === 'CSV_MAX_RECORD_SIZE') return 'RECORD_TOO_LONG';
  return code === 'CSV_QUOTE_NOT_CLOSED' ? 'QUOTE_OPEN' : 'QUOTE_MISPLACED';
};

/**
 * Excel's mark of a text, which our own files also put before what Excel would compute or change (write/csv.ts). One is removed,
 * so what is written is what is read.
 */
const withoutMark = (cell: string): string => (cell.startsWith("'") ? cell.slice(1) : cell);

interface Batch {
  readonly rows: readonly (readonly string[])[];
  /** Of the row after them. */
  readonly failure?: unknown;
}

/** csv-parse, handed one text at a time: returns the rows that end in it. */
const createParser = (separator: Separator, { maxRecord }: Limits) => {
  const parser = parse({
    delimiter: separator,
    // A file may mix them.
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    max_record_size: maxRecord,
  });
  let failure: unknown;
  let rows: (readonly string[])[] = [];
  const drain = (): void => {
    for (;;) {
      const row = parser.read() as readonly string[] | null;
      if (row === null) return;
      rows.push(row);
    }
  };
  const batch = async (start: (done: () => void) => void): Promise<Batch> => {
    rows = [];
    await new Promise<void>((resolve) => {
      start(resolve);
      drain();
    });
    return failure === undefined ? { rows } : { rows, failure };
  };
  parser.on('error', (error) => {
    failure = error;
  });
  return {
    parse: (text: string) =>
      batch((done) => {
        parser.write(text, done);
      }),
    end: () =>
      batch((done) => {
        parser.on('readable', drain).once('end', done).once('error', done).end();
      }),
  };
};

/**
 * Reads CSV and its relatives: separated by comma, tab, semicolon or bar, with any line break, quoted by `"`.
 *
 * @throws FileError QUOTE_OPEN, QUOTE_MISPLACED, RECORD_TOO_LONG, with the row.
 */
export async function* readDelimited(
  texts: AsyncIterator<string, void, undefined>,
  limits: Limits,
): AsyncGenerator<readonly RawRow[], void, undefined> {
  const head = await textOfLength(texts, 16_384);
  const announced = separatorLine.exec(head);
  const parser = createParser((announced?.[1] as Separator | undefined) ?? separatorOf(head), limits);
  let number = 0;
  for (let text: string | undefined = head.slice(announced?.[0].length ?? 0), isEnd = false; !isEnd;) {
    const { rows, failure }: Batch = text === undefined ? await parser.end() : await parser.parse(text);
    const first = number + 1;
    number += rows.length;
    yield rows.map((row, index) => ({ number: first + index, cells: row.map(withoutMark) }));
    if (failure !== undefined) throw new FileError(ruleOf(failure), { row: number + 1 });
    isEnd = text === undefined;
    text = await nextText(texts);
  }
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
