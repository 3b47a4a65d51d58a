import { textIn } from '../shared/language';
import type { TableRow } from './files/open-table';
import { createRowReader } from './files/row-reader';
import type { RowValues } from './files/row-reader';
import type { Operation, OperationSettings } from './operation';
import { isImport, updateKind, type RowKeyOf } from './row-keys';
import type { NewRow } from './rows';
import { rowPlace } from './sealed-columns';
import type { Sealing } from './sealing';

/** Turns rows of a file into rows of an operation. A row whose values cannot be read fails here. */
export const createRowPreparation = (
  operation: Operation,
  settings: OperationSettings,
  { sealing, rowKeyOf }: { readonly sealing: Sealing; readonly rowKeyOf: RowKeyOf },
): ((row: TableRow) => NewRow) => {
  const { id, kind, brandId, language, onExisting } = operation;
  const { cardId, mapping, defaults } = settings;
  const read = createRowReader(kind, mapping, defaults);
  return (row) => {
    const { values, problems } = read(row);
    const [problem] = problems;
    const common = {
      number: row.number,
      key: rowKeyOf({ kind, brandId, cardId }, values),
      ...(isImport(kind) &&
        onExisting === 'UPDATE' && { updateKey: rowKeyOf({ kind: updateKind, brandId, cardId }, values) }),
      mask: maskOf(values),
      sealed: sealing.seal(rowPlace(id, row.number), row),
    };
    if (problem === undefined) return common;
    return {
      ...common,
      // A row without its key is like no other row.
      key: '',
      updateKey: undefined,
      refused: {
        code: problem.code,
        message: problems.map(({ texts }) => textIn(language, texts)).join(language === 'zh' ? '；' : '; '),
      },
    };
  };
};

/** What people recognise a row by, without its personal data. */
const maskOf = ({ phoneNumber, userCardCode }: RowValues): string => {
  const phone = String(phoneNumber ?? '');
  if (phone.length === 11) return `${phone.slice(0, 3)}****${phone.slice(7)}`;
  const code = String(userCardCode ?? '');
  return code.length < 6 ? '***' : `${code.slice(0, 2)}***${code.slice(-2)}`;
};
