import type { Language } from '../shared/language';
import { comparedColumns, type Comparison } from './compare';
import { ruleOf, type ColumnId } from './files/columns';
import type { RowValues } from './files/row-reader';
import type { Value } from './files/values/read-value';

/** What the result of a compared row has. */
export interface ComparedRow {
  readonly userCardCode?: string | undefined;
  readonly openid?: string | undefined;
  readonly comparison?: Comparison | undefined;
}

const keys = ['openid', 'userCardCode'] as const satisfies readonly ColumnId[];
const shownFound: readonly ColumnId[] = ['userCardState', ...comparedColumns];
/** No kind reads a column with such a header. */
const atWeChatPay = { en: 'at WeChat Pay: ', zh: '微信支付：' } as const;

/**
 * The columns of a file of differences: those of UPDATE_USER_CARDS, with what the compared file says, in the cells that differ; then
 * what WeChat Pay has. UPDATE_USER_CARDS takes the file as it is and changes only what differs.
 */
export const differenceColumns = (language: Language): readonly string[] => [
  ...[...keys, ...comparedColumns].map((column) => ruleOf(column)[language]),
  ...shownFound.map((column) => atWeChatPay[language] + ruleOf(column)[language]),
];

export const differenceCells = (
  { userCardCode, openid, comparison }: ComparedRow,
  language: Language,
): readonly string[] => {
  const cellOf = (values: RowValues | undefined, column: ColumnId): string =>
    printValue(values?.[column], language);
  return [
    openid ?? '',
    userCardCode ?? '',
    ...comparedColumns.map((column) => cellOf(comparison?.wanted, column)),
    ...shownFound.map((column) => cellOf(comparison?.found, column)),
  ];
};

/** As `readValue` reads it. */
const printValue = (value: Value | undefined, language: Language): string => {
  if (value === undefined) return '';
  if (typeof value !== 'boolean') return String(value);
  const [yes, no] = language === 'zh' ? ['是', '否'] : ['yes', 'no'];
  return value ? yes : no;
};
