import type { Database, SqlRow } from '../database/database';
import type { TableRow } from './files/open-table';
import type { Format } from './files/recognise';
import { differenceCells, differenceColumns, type ComparedRow } from './difference-file';
import { writeResults, type ResultRow } from './files/write/write-results';
import { writeTable } from './files/write/write-table';
import type { Operation } from './operation';
import { resultPlace, rowPlace } from './sealed-columns';
import type { Sealing } from './sealing';

/**
 * `results`: every row, with its card code and openid. `failed`: the rows to mend, with their own columns. `differences`: of COMPARE,
 * what an update would have to change.
 */
export const resultFiles = ['results', 'failed', 'differences'] as const;
export type ResultFile = (typeof resultFiles)[number];

export interface ResultsDeps {
  readonly database: Database;
  readonly sealing: Sealing;
}

const rowsPerRead = 500;
const codeColumn = { en: 'card code', zh: '会员卡号' } as const;

/** Default: for rows to mend, the format of the file that was uploaded; else CSV. */
export const resultFormatOf = ({ settings }: Operation, file: ResultFile): Format =>
  (file === 'failed' ? settings?.format : undefined) ?? 'csv';

/**
 * Streams a file of results; memory does not grow with it. The values of a row are erased as soon as it has succeeded, so that file shows its number, its
 * masked phone number or code, and what the import returned. Rows that failed keep their values until the results expire.
 */
export const streamResults = (
  operation: Operation,
  { file, format }: { readonly file: ResultFile; readonly format: Format },
  { database, sealing }: ResultsDeps,
): AsyncGenerator<Buffer, void, undefined> => {
  const { id, language, settings } = operation;
  const own = settings?.columns ?? [];
  const columns =
    file === 'failed'
      ? own
      : language === 'zh'
        ? ['行', '手机号或会员卡号（掩码）', codeColumn.zh]
        : ['row', 'phone number or card code (masked)', codeColumn.en];
  const rows = async function* (): AsyncGenerator<StoredRow, void, undefined> {
    let last = 0;
    for (;;) {
      const found = await database.query<StoredRow>(
        `select number, state, key, mask, sealed, result, code, message from bulk_rows
         where operation_id = $1 and number > $2 and ${filters[file]} order by number limit $3`,
        [id, last, rowsPerRead],
      );
      yield* found;
      const end = found.at(-1);
      if (end === undefined) return;
      last = end.number;
    }
  };
  const outcomeOf = ({ key, result }: StoredRow): ComparedRow | undefined =>
    result === null ? undefined : (sealing.open(resultPlace(key), result) as ComparedRow | undefined);
  if (file === 'differences') {
    const cells = mapRows(rows(), (row) => differenceCells(outcomeOf(row) ?? {}, language));
    return writeTable(format, differenceColumns(language), cells);
  }
  const shown = (row: StoredRow): ResultRow => {
    const { number, state, mask, sealed, code, message } = row;
    const outcome = outcomeOf(row);
    const given =
      sealed === null || file === 'results'
        ? undefined
        : (sealing.open(rowPlace(id, number), sealed) as TableRow | undefined);
    return {
      cells:
        file === 'failed'
          ? (given?.cells ?? own.map(() => ''))
          : [String(number), mask, outcome?.userCardCode ?? ''],
      state,
      code: code ?? undefined,
      message: message === null ? undefined : [message, message],
      openid: outcome?.openid,
    };
  };
  return writeResults(format, language, columns, mapRows(rows(), shown));
};

const filters: Readonly<Record<ResultFile, string>> = {
  results: 'true',
  failed: "state in ('FAILED', 'UNKNOWN')",
  differences: "code = 'DIFFERS'",
};

async function* mapRows<From, To>(
  rows: AsyncIterable<From>,
  to: (row: From) => To,
): AsyncGenerator<To, void, undefined> {
  for await (const row of rows) yield to(row);
}

interface StoredRow extends SqlRow {
  readonly number: number;
  readonly state: string;
  readonly key: string;
  readonly mask: string;
  readonly sealed: string | null;
  readonly result: string | null;
  readonly code: string | null;
  readonly message: string | null;
}
