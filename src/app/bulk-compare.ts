import { compareCard, comparedColumns, type ComparedCard } from '../bulk/compare';
import { ruleOf, type ColumnId } from '../bulk/files/columns';
import type { RowValues } from '../bulk/files/row-reader';
import type { Operation } from '../bulk/operation';
import type { CardName, RowCall, RowOutcome } from '../bulk/row-runner';
import { rowTexts } from '../bulk/row-texts';
import type { Context } from '../graphql/execution/context';
import type { UserCardRecord } from '../wechatpay/records/records';
import { outcomeOfError } from './bulk-outcomes';

/**
 * Reads the card of a row and compares it. The read goes around the cache: a comparison with what this server remembers would say
 * nothing of WeChat Pay.
 */
export const compareRow = async (
  { language }: Operation,
  { values }: Pick<RowCall, 'values'>,
  card: CardName,
  { loaders }: Pick<Context, 'loaders'>,
): Promise<RowOutcome> => {
  const texts = rowTexts[language];
  const found = await loaders.userCard({ ...card, maxAgeMs: 0 });
  if (found === undefined) return { state: 'SUCCEEDED', code: 'CARD_NOT_FOUND', message: texts.cardNotFound };
  const { code, differing, comparison } = compareCard(values, toCompared(found.record));
  if (code === 'EQUAL') return { state: 'SUCCEEDED', code };
  // Names of columns, because a message is not encrypted.
  const names = differing.map((column) => ruleOf(column)[language]);
  const message = texts.differs.replace('{columns}', names.join(language === 'zh' ? '、' : ', '));
  return { state: 'SUCCEEDED', code, message, comparison };
};

const toCompared = ({
  userCardState: state,
  level,
  validDateInformation: validity,
}: UserCardRecord): ComparedCard => ({ state, level, validity });

const keys: readonly ColumnId[] = ['openid', 'userCardCode'];

/** Whether the card is as an update by these values leaves it. False if they say more than a card shows. */
export const showsAll = (values: RowValues, card: UserCardRecord): boolean => {
  const said = (Object.keys(values) as readonly ColumnId[]).filter((column) => values[column] !== undefined);
  const areShown = said.every((column) => keys.includes(column) || comparedColumns.includes(column));
  return areShown && compareCard(values, toCompared(card)).code === 'EQUAL';
};

/** A read has no effect, so whether one that failed was carried out is no question. */
export const outcomeOfReadError = (error: unknown, operation: Operation): RowOutcome => {
  const outcome = outcomeOfError(error, operation);
  return outcome.state === 'AGAIN' ? { ...outcome, isUnknown: false } : outcome;
};
