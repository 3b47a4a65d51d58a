import { validate, type ValidationError } from 'class-validator';
import { AppError } from '../../shared/errors';
import type { RuleContext } from './rules/rule';
import type { UserError } from './user-error.type';
import type { Language } from '../../shared/language';

/** The moment against which an input is checked, for rules about the past; set by `brokenRules`. */
const checkedAt = new WeakMap<object, number>();
export const momentOf = (input: object): number => checkedAt.get(input) ?? Number.POSITIVE_INFINITY;

/**
 * Every broken rule of a mutation's input, all at once, with the path of its field; empty where there is none.
 * `input` is the instance that type-graphql built, nested instances and all.
 */
export const brokenRules = async (
  input: object,
  { language, now }: { readonly language: Language; readonly now: number },
): Promise<readonly UserError[]> => {
  checkedAt.set(input, now);
  const errors = await validate(input, {
    // A field without a rule must say so with @Allow: what was forgotten fails every request rather than none.
    forbidUnknownValues: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    // What was entered may be personal: it stays out of the result.
    validationError: { target: false, value: false },
  });
  return errors.flatMap((error) => flatten(error, { owner: input, path: ['input'], language }));
};

interface Place {
  readonly owner: object;
  readonly path: readonly string[];
  readonly language: Language;
}

const flatten = (error: ValidationError, { owner, path, language }: Place): readonly UserError[] => {
  const { property, constraints = {}, contexts = {}, children = [] } = error;
  const value: unknown = Reflect.get(owner, property);
  const field = [...path, property];
  const own = Object.keys(constraints)
    // class-validator takes null for a broken nested object; in GraphQL it is an absent one.
    .filter((name) => !(name === 'nestedValidation' && value === null))
    .flatMap((name) => {
      const { code, en, zh, brokenEntries } = ruleOf(name, contexts);
      const message = language === 'zh' ? `${property} ${zh}。` : `${property} ${en}.`;
      const fields = brokenEntries?.(value).map((index) => [...field, String(index)]) ?? [field];
      return fields.map((at) => ({ field: at, code, message }));
    });
  if (typeof value !== 'object' || value === null) return own;
  return [...own, ...children.flatMap((child) => flatten(child, { owner: value, path: field, language }))];
};

/** A complaint that is none of our rules is our mistake: a field without a rule, or an object that is no instance. */
const ruleOf = (name: string, contexts: Readonly<Record<string, unknown>>): RuleContext => {
  const context = contexts[name];
  if (context === undefined)
    throw new AppError('INTERNAL_SERVER_ERROR', `an input class lacks a rule: ${name}`);
  return context as RuleContext;
};
