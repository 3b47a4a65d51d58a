import { parseDailyWindow } from '../../../bulk/daily-window';
import { ruleOf, type ColumnId } from '../../../bulk/files/columns';
import { guessColumns, type ColumnMapping } from '../../../bulk/files/guess-columns';
import { columnsOfKind, kindRuleOf } from '../../../bulk/files/kinds';
import type { RowValues } from '../../../bulk/files/row-reader';
import { readValue, type Value } from '../../../bulk/files/values/read-value';
import { valueRules } from '../../../bulk/files/values/value-rules';
import type { DailyWindow } from '../../../bulk/operation';
import { isImport } from '../../../bulk/row-keys';
import type { Upload } from '../../../bulk/uploads';
import { defined } from '../../../shared/defined';
import type { Language, Texts } from '../../../shared/language';
import type { UserErrorCode } from '../../inputs/user-error-code';
import type { UserError } from '../../inputs/user-error.type';
import { isRfc3339 } from '../../inputs/rules/date-time';
import { userError } from './bulk-mutation';
import type { BulkOperationCreateInput } from './bulk-operation.input';

export interface Order {
  readonly mapping: ColumnMapping;
  readonly defaults: RowValues;
  readonly dailyWindow: DailyWindow | undefined;
  readonly notBefore: number | undefined;
  readonly problems: readonly UserError[];
}

/** Reads an order for a file. All that is wrong with it is reported at once. */
export const readOrder = (input: BulkOperationCreateInput, upload: Upload, language: Language): Order => {
  const problems: UserError[] = [];
  const refuse = (field: readonly string[], texts: Texts, code: UserErrorCode = 'INVALID'): void => {
    problems.push(userError(language, field, code, texts));
  };
  const kindColumns = columnsOfKind(input.kind);
  const mapping: Partial<Record<ColumnId, number | undefined>> = {
    ...guessColumns(upload.columns, input.kind).mapping,
  };
  for (const [index, { column, header }] of (input.columns ?? []).entries()) {
    const at = upload.columns.flatMap((name, position) => (name === header ? [position] : []));
    const [only, another] = at;
    if (!kindColumns.includes(column)) refuse(['columns', String(index), 'column'], notOfKind);
    else if (typeof header !== 'string') mapping[column] = undefined;
    else if (only === undefined || another !== undefined)
      refuse(['columns', String(index), 'header'], only === undefined ? noHeader : severalHeaders);
    else mapping[column] = only;
  }
  const defaults: Partial<Record<ColumnId, Value>> = {};
  for (const [index, { column, value }] of (input.defaults ?? []).entries()) {
    const read = readValue(ruleOf(column).value, value);
    const field = ['defaults', String(index), 'value'];
    if (!kindColumns.includes(column)) refuse(['defaults', String(index), 'column'], notOfKind);
    else if (read === undefined) refuse(field, emptyDefault);
    else if ('rule' in read) {
      const [en, zh] = valueRules[read.rule];
      refuse(field, [`value ${en}.`, `value ${zh}。`]);
    } else if ('permanent' in read) defaults.permanent = true;
    else defaults[column] = read.value;
  }
  const missing = kindRuleOf(input.kind).required.filter(
    (column) => mapping[column] === undefined && defaults[column] === undefined,
  );
  for (const column of missing)
    refuse(
      ['columns'],
      [`columns must name the column of ${column}.`, `columns 须指明 ${column} 所在的列。`],
      'REQUIRED',
    );
  if (!/^[\w-]{1,64}$/.test(input.idempotencyKey)) refuse(['idempotencyKey'], wrongKey);
  if (input.onExisting === 'UPDATE' && !isImport(input.kind)) refuse(['onExisting'], onlyImports);
  const dailyWindow = input.dailyWindow == null ? undefined : parseDailyWindow(input.dailyWindow);
  if (input.dailyWindow != null && dailyWindow === undefined) refuse(['dailyWindow'], wrongWindow);
  if (input.notBefore != null && !isRfc3339(input.notBefore))
    refuse(['notBefore'], wrongTime, 'DATE_TIME_MALFORMED');
  if (input.maxPerSecond != null && !(input.maxPerSecond >= 1 && input.maxPerSecond <= 100))
    refuse(['maxPerSecond'], wrongRate);
  if (input.maxRowsPerDay != null && !(input.maxRowsPerDay >= 1 && input.maxRowsPerDay <= 1_000_000))
    refuse(['maxRowsPerDay'], wrongDay);
  return {
    mapping: defined(mapping),
    defaults,
    dailyWindow,
    notBefore: input.notBefore == null ? undefined : Date.parse(input.notBefore),
    problems,
  };
};

const notOfKind: Texts = ['column is not one that this kind takes.', '该类型的任务不使用此列。'];
const noHeader: Texts = ['header is not a header of the file.', '文件中没有名为 header 的列。'];
const severalHeaders: Texts = [
  'header is the header of several columns; rename one.',
  '文件中有多列同名，请改名。',
];
const emptyDefault: Texts = ['value is empty.', 'value 为空。'];
const wrongKey: Texts = [
  'idempotencyKey must have 1 to 64 letters, digits, - or _.',
  'idempotencyKey 须为 1 至 64 位字母、数字、- 或 _。',
];
const onlyImports: Texts = [
  'onExisting UPDATE is for imports only.',
  'onExisting 为 UPDATE 仅适用于导入任务。',
];
const wrongWindow: Texts = [
  'dailyWindow must be two different times such as 01:00-07:00.',
  'dailyWindow 须为两个不同的时刻，如 01:00-07:00。',
];
const wrongTime: Texts = [
  'notBefore must be a date-time with an offset, such as 2027-01-31T01:00:00+08:00.',
  'notBefore 须为带时区的时间，如 2027-01-31T01:00:00+08:00。',
];
const wrongDay: Texts = [
  'maxRowsPerDay must be from 1 to 1000000.',
  'maxRowsPerDay 须在 1 到 1000000 之间。',
];
const wrongRate: Texts = ['maxPerSecond must be from 1 to 100.', 'maxPerSecond 须在 1 到 100 之间。'];
