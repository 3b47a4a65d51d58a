import type { Database, SqlRow } from '../database/database';
import type { TableRow } from './files/open-table';
import { writeResults, type ResultRow } from './files/write/write-results';
import type { Operation } from './operation';
import { resultPlace, rowPlace } from './sealed-columns';
import type { Sealing } from './sealing';

/** `all`: every row, with its card code and openid. `failed`: the rows to mend, with their own columns. */
export type ResultFile = 'results' | 'failed';

export interface ResultsDeps {
  readonly database: Database;
  readonly sealing: Sealing;
}

const rowsPerRead = 500;
const codeColumn = { en: 'card code', zh: '会员卡号' } as const;

/**
 * Streams a file of results as CSV. The values of a row are erased as soon as it has succeeded, so that file shows its number, its
 * masked phone number or code, and what the import returned. Rows that failed keep their values until the results expire.
 */
export const streamResults = (
  operation: Operation,
  file: ResultFile,
  { database, sealing }: ResultsDeps,
): AsyncGenerator<Buffer, void, undefined> => {
  const { id, language, settings } = operation;
  const own = settings?.columns ?? [];
  const columns =
    file === 'failed'
      ? own
      : language === 'zh'
        ? ['行', '手机号（掩码）', codeColumn.zh]
        : ['row', 'phone number (masked)', codeColumn.en];
  const rows = async function* (): AsyncGenerator<ResultRow, void, undefined> {
    let last = 0;
    for (;;) {
      const found = await database.query<StoredRow>(
        `select number, state, key, mask, sealed, result, code, message from bulk_rows
         where operation_id = $1 and number > $2 and ($3::boolean or state in ('FAILED', 'UNKNOWN'))
         order by number limit $4`,
        [id, last, file === 'results', rowsPerRead],
      );
      for (const row of found) yield shown(row);
      const end = found.at(-1);
      if (end === undefined) return;
      last = end.number;
    }
  };
  const shown = ({ number, state, key, mask, sealed, result, code, message }: StoredRow): ResultRow => {
    const outcome =
      result === null ? undefined : (sealing.open(resultPlace(key), result) as Outcome | undefined);
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
  return writeResults('csv', language, columns, rows());
};

interface Outcome {
  readonly userCardCode?: string | undefined;
  readonly openid?: string | undefined;
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
