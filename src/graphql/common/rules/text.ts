import { mostSealedBytes } from '../../../wechatpay/encryption';
import { combine, entryRule, rule, type RuleText } from './rule';

/** `string(N)` of the documents: 1 to N characters. */
export const Text = (most: number): PropertyDecorator =>
  combine(Length(most), ...[plainCharacters].map(([text, holds]) => rule(text, holds)));

/** `string(N)` with line breaks, as the legal agreement is written. */
export const MultilineText = (most: number): PropertyDecorator =>
  combine(
    Length(most),
    rule(plainText, (value) => isPlain(String(value).replace(/\r?\n/g, ''))),
  );

/** Each entry of a list is a `string(N)`. */
export const EachText = (most: number): PropertyDecorator =>
  combine(...[notEmpty, noLonger(most), plainCharacters].map(([text, holds]) => entryRule(text, holds)));
