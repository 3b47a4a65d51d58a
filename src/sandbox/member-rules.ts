import { brokenRule, refused } from './failure';
import type { RefusalName } from './refusals';
import type { FormAnswers, Template } from './state';

const formats: Readonly<Record<string, { readonly pattern: RegExp; readonly refusal?: RefusalName }>> = {
  USER_FORM_FLAG_SEX: { pattern: /^[男女]$/, refusal: 'sex' },
  USER_FORM_FLAG_BIRTHDAY: {
    pattern: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
    refusal: 'birthday',
  },
  USER_FORM_FLAG_EMAIL: { pattern: /^[^\s@]+@[^\s@]+\.[^\s@]+$/, refusal: 'email' },
  USER_FORM_FLAG_CITY: { pattern: /^[^,]+,[^,]+$/ },
};

const illegal = /[\p{Cc}\u{FFFD}]/u;

/** The lists of a form or of its answers, before their shape is checked: the shape knows no sentence for repetitions. */
export const checkLists = (form: unknown): void => {
  if (typeof form !== 'object' || form === null) return;
  const { common_field_list: common, custom_field_list: custom } = form as Readonly<Record<string, unknown>>;
  if (hasTwice(namesIn(common))) throw refused('commonTwice');
  if (hasTwice(namesIn(custom))) throw refused('customTwice');
  if (Array.isArray(custom) && custom.length > 1) throw refused('customRules');
};

/** Names of fields; a template's common fields are names themselves. */
const namesIn = (list: unknown): readonly string[] =>
  (Array.isArray(list) ? (list as readonly unknown[]) : []).flatMap((element) => {
    const name =
      typeof element === 'object' && element !== null ? (element as { name?: unknown }).name : element;
    return typeof name === 'string' ? [name] : [];
  });

const hasTwice = (names: readonly string[]): boolean => new Set(names).size !== names.length;

/** Checks the values that a template's form offers. */
export const checkForm = (form: Template['user_information']): void => {
  for (const { values } of form?.custom_field_list ?? [])
    if (values.some((value) => illegal.test(value))) throw refused('customValue');
};

/** Checks form answers in clear against the template's form. */
export const checkAnswers = (answers: FormAnswers, template: Template): void => {
  const form = template.user_information;
  for (const { name, value } of answers.common_field_list ?? []) {
    if (form?.common_field_list?.includes(name) !== true) throw refused('commonUnknown');
    const { pattern, refusal } = formats[name] ?? {};
    if (pattern?.test(value) === false)
      throw refusal === undefined
        ? brokenRule('user_information.common_field_list', `的${name}格式错误`)
        : refused(refusal);
  }
  for (const { name, user_chosen_values: chosen } of answers.custom_field_list ?? []) {
    if (form?.custom_field_list?.some((field) => field.name === name) !== true)
      throw refused('customUnknown');
    if (chosen.length === 0 || chosen.some((value) => [...value].length > 8)) throw refused('customRules');
    if (chosen.some((value) => illegal.test(value))) throw refused('customValue');
  }
};

/** Magic input: see README.md. */
export const checkCompliance = (args: Readonly<Record<string, unknown>>): void => {
  if (JSON.stringify(args).includes('违规')) throw refused('notCompliant');
};
