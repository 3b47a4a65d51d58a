import { validate, type ValidationError } from 'class-validator';
import type { RuleText } from './rules';
import type { UserError } from './user-error.type';

export type Language = 'en' | 'zh';

/** The moment against which an input is checked, for rules about the past; set by `brokenRules`. */
const checkedAt = new WeakMap<object, number>();
export const momentOf = (object: object): number => checkedAt.get(object) ?? Number.POSITIVE_INFINITY;

/** Every broken rule of a mutation's input, all at once, with the path of its field; empty where there is none. */
export const brokenRules = async (
  input: object,
  { language, now }: { readonly language: Language; readonly now: number },
): Promise<readonly UserError[]> => {
  checkedAt.set(input, now);
  const errors = await validate(input, {
    forbidUnknownValues: true,
    // What was entered may be personal: it stays out of the result.
    validationError: { target: false, value: false },
  });
  return errors.flatMap((error) => flatten(error, ['input'], language));
};

const flatten = (
  error: ValidationError,
  path: readonly string[],
  language: Language,
): readonly UserError[] => {
  const { property, contexts, constraints, children } = error;
  const field = [...path, property];
  const own = Object.keys(constraints ?? {}).map((name) => {
    const { code, en, zh } = (contexts?.[name] ?? notUnderstood) as RuleText;
    return { field, code, message: language === 'zh' ? `${property} ${zh}。` : `${property} ${en}.` };
  });
  return [...own, ...(children ?? []).flatMap((child) => flatten(child, field, language))];
};

/** class-validator's own complaints (an object where none belongs) have no text of ours. */
const notUnderstood: RuleText = { code: 'INVALID', en: 'is not understood', zh: '无法识别' };
