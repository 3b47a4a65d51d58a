import { columnIds, ruleOf, type ColumnId } from './columns';
import { resultColumnNames, resultColumns, type ResultColumn } from './result-columns';

/** No known name is longer. */
const maxHeader = 100;

const lettersOf = (text: string): string => text.replace(/[\s\p{Cf}\p{P}\p{S}]/gu, '');

/** What of a header is compared: without case, width, spaces, marks, and remarks in brackets such as （必填）. */
export const headerKey = (header: string): string => {
  if (header.length > maxHeader) return header;
  const text = header.normalize('NFKC').toLowerCase();
  return lettersOf(text.replace(/[([【{][^)\]】}]*[)\]】}]/g, '')) || lettersOf(text);
};

/** A header may say whose the value is: 客户手机号 is 手机号. */
const owners = /^(?:会员卡|会员|客户|顾客|用户|买家|持卡人|member|customer|user)(?=.)/u;

const idsByKey = new Map<string, ColumnId>(
  columnIds.flatMap((id) => {
    const { en, zh, aliases } = ruleOf(id);
    return [id, en, zh, ...aliases.split('|')].map((name) => [headerKey(name), id] as const);
  }),
);

const resultsByKey = new Map<string, ResultColumn>(
  resultColumnNames.flatMap((name) => resultColumns[name].map((text) => [headerKey(text), name] as const)),
);

/** The column that a header names, or `undefined`. */
export const columnIdOf = (header: string): ColumnId | undefined => {
  const key = headerKey(header);
  return idsByKey.get(key) ?? idsByKey.get(key.replace(owners, ''));
};

/** The column that we added to a file of results, or `undefined`. */
export const resultColumnOf = (header: string): ResultColumn | undefined =>
  resultsByKey.get(headerKey(header));

export const isKnownHeader = (header: string): boolean =>
  columnIdOf(header) !== undefined || resultColumnOf(header) !== undefined;

/** Whether a header is the very name of a column, not another word for it. */
export const isOwnName = (header: string, id: ColumnId): boolean => {
  const { en, zh } = ruleOf(id);
  return [id, en, zh].some((name) => headerKey(name) === headerKey(header));
};
