import { compareCard } from '../bulk/compare';
import { ruleOf } from '../bulk/files/columns';
import type { Operation } from '../bulk/operation';
import type { CardName, RowCall, RowOutcome } from '../bulk/row-runner';
import { rowTexts } from '../bulk/row-texts';
import type { Context } from '../graphql/execution/context';
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
  const { userCardState: state, level, validDateInformation: validity } = found.record;
  const { code, differing, comparison } = compareCard(values, { state, level, validity });
  if (code === 'EQUAL') return { state: 'SUCCEEDED', code };
  // Names of columns, because a message is not encrypted.
  const names = differing.map((column) => ruleOf(column)[language]);
  const message = texts.differs.replace('{columns}', names.join(language === 'zh' ? '、' : ', '));
  return { state: 'SUCCEEDED', code, message, comparison };
};

/** A read has no effect, so whether one that failed was carried out is no question. */
export const outcomeOfReadError = (error: unknown, operation: Operation): RowOutcome => {
  const outcome = outcomeOfError(error, operation);
  return outcome.state === 'AGAIN' ? { ...outcome, isUnknown: false } : outcome;
};
