import { validate, type ValidationError } from 'class-validator';
import type { InterfaceRules } from '../../documents/field-rule';
import { interfaceRules, type RuledInterface } from '../../documents/interface-rules';
import { AppError } from '../../shared/errors';
import type { Language } from '../../shared/language';
import { snakeCase } from '../../wechatpay/records/decode';
import { interfaceOfInput } from './input-fields';
import { rememberPlaces } from './input-place';
import { isReference } from './object-ref';
import type { EffectiveRules } from './rules/effective-rules';
import { isAbsent, type RuleContext } from './rules/rule';
import type { UserError } from './user-error.type';

export interface ValidationOptions {
  readonly language: Language;
  /** Ms since the Unix epoch, for rules about the past. */
  readonly now: number;
  readonly rules: EffectiveRules;
}

/**
 * Returns every broken rule of a mutation's input with the path of its field; empty if there is none. `input` is the instance
 * that type-graphql created, with its nested instances.
 */
export const brokenRules = async (
  input: object,
  { language, now, rules }: ValidationOptions,
): Promise<readonly UserError[]> => {
  const name = interfaceOfInput(input.constructor);
  if (name === undefined)
    throw new AppError('INTERNAL_SERVER_ERROR', `no interface takes ${input.constructor.name}`);
  rememberPlaces(input, { interface: name, path: [], rules, now });
  const errors = await validate(input, {
    // A field without a rule must fail every request, so that it is noticed.
    forbidUnknownValues: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    // The input may be personal, so the result must not contain it.
    validationError: { target: false, value: false },
  });
  const broken = errors.flatMap((error) => flatten(error, { owner: input, path: ['input'], language }));
  return broken.length === 0 && changesNothing(input, name) ? [noChange[language]] : broken;
};

/** Whether an input of an update identifies the object and changes nothing. */
const changesNothing = (input: object, name: RuledInterface): boolean => {
  const { target }: InterfaceRules = interfaceRules[name];
  return (
    target !== undefined &&
    Object.entries(input).every(
      ([field, value]) => isAbsent(value) || isReference(field) || target.includes(snakeCase(field)),
    )
  );
};

const noChange = {
  en: {
    field: ['input'],
    code: 'NO_CHANGE',
    message: 'The input changes nothing, so nothing was sent. Give at least one field that is to change.',
  },
  zh: {
    field: ['input'],
    code: 'NO_CHANGE',
    message: '没有要修改的内容，未发送请求。请至少填写一个要修改的字段。',
  },
} as const;

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
    // class-validator reports null as a broken nested object; in GraphQL it is an absent one.
    .filter((name) => !(name === 'nestedValidation' && value === null))
    .flatMap((name) => contextOf(name, contexts).breachesOf(value, owner))
    .map(({ at = [], code, en, zh }) => ({
      field: [...field, ...at],
      code,
      message: language === 'zh' ? `${nameOf(property, at)} ${zh}。` : `${nameOf(property, at)} ${en}.`,
    }));
  if (typeof value !== 'object' || value === null) return own;
  return [...own, ...children.flatMap((child) => flatten(child, { owner: value, path: field, language }))];
};

/** The field to report; for an entry of a list, the list's name. */
const nameOf = (property: string, at: readonly string[]): string =>
  at.findLast((step) => !/^\d+$/.test(step)) ?? property;

/** A result that comes from none of our rules is a programming error: a field without a rule, or an object that is no instance. */
const contextOf = (name: string, contexts: Readonly<Record<string, unknown>>): RuleContext => {
  const context = contexts[name];
  if (context === undefined)
    throw new AppError('INTERNAL_SERVER_ERROR', `an input class lacks a rule: ${name}`);
  return context as RuleContext;
};
