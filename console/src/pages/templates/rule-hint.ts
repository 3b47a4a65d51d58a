import { fieldRules } from '../../api/schema-texts';
import type { Language } from '../../i18n/texts';

type RuledField = keyof typeof fieldRules;

interface FieldRule {
  readonly rules?: Readonly<Record<Language, string>>;
  readonly maxLength?: number;
}

const ruleOf = (field: RuledField): FieldRule => fieldRules[field];

/** The server's rules of a field, before anything is sent. */
export const ruleHint = (field: RuledField, language: Language): string | undefined =>
  ruleOf(field).rules?.[language];

/** How many characters are counted while somebody types. More can be typed, so that a pasted text is not cut unnoticed. */
export const lengthOf = (field: RuledField) => {
  const { maxLength } = ruleOf(field);
  return maxLength === undefined
    ? {}
    : { maxlength: maxLength, showLimitNumber: true, allowInputOverMax: true };
};
