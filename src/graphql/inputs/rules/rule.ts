import { ValidateBy, type ValidationArguments } from 'class-validator';
import type { UserErrorCode } from '../user-error-code';

/** The message about a broken rule, after the field's name. */
export interface RuleText {
  readonly code: UserErrorCode;
  readonly en: string;
  readonly zh: string;
}

/** A rule that a value breaks. */
export interface Breach extends RuleText {
  /** Where inside the value: the index of a list entry, or the name of a field. Default: the value itself. */
  readonly at?: readonly string[];
}

/** The context that class-validator passes from the decorator to the broken field. */
export interface RuleContext {
  /** English text of a rule that is not in the table of documented rules. */
  readonly en?: string;
  /** The rules of this decorator that the value breaks. `owner` is the object that contains the value. */
  readonly breachesOf: (value: unknown, owner: object) => readonly Breach[];
}

export interface Check extends RuleText {
  readonly holds: (value: unknown, owner: object) => boolean;
}

/** No two entries of a list may have the same key; the later one is reported. */
export const Distinct = (keyOf: (entry: never) => unknown): PropertyDecorator => {
  const text = { code: 'INVALID', en: 'must not have an entry twice', zh: '不能有重复项' } as const;
  return ruleDecorator(text.en, {
    en: text.en,
    breachesOf(list) {
      const keys = Array.isArray(list) ? list.map((entry) => keyOf(entry as never)) : [];
      return keys.flatMap((key, at) => (keys.indexOf(key) < at ? [{ ...text, at: [String(at)] }] : []));
    },
  });
};

/** A present value must agree with the rest of its object. (`never` accepts a test of any class.) */
export const Agreement = (text: Breach, holds: (owner: never) => boolean): PropertyDecorator =>
  statedRule(text, (value, owner) => isAbsent(value) || holds(owner as never));

/** The field is required if the rest of its object needs it. */
export const NeededWhen = (
  when: (owner: never) => boolean,
  text: Omit<RuleText, 'code'>,
): PropertyDecorator =>
  statedRule({ code: 'REQUIRED', ...text }, (value, owner) => !isAbsent(value) || !when(owner as never));

/** Like `NeededWhen` for a text: an empty text counts as absent. */
export const NeededTextWhen = (
  when: (owner: never) => boolean,
  text: Omit<RuleText, 'code'>,
): PropertyDecorator =>
  statedRule(
    { code: 'REQUIRED', ...text },
    (value, owner) => !(isAbsent(value) || value === '') || !when(owner as never),
  );

/** The field is refused if the rest of its object forbids it. */
export const RefusedWhen = (
  when: (owner: never) => boolean,
  text: Omit<RuleText, 'code'>,
): PropertyDecorator => Agreement({ code: 'INVALID', ...text }, (owner) => !when(owner));

const statedRule = (text: Breach, holds: (value: unknown, owner: object) => boolean): PropertyDecorator =>
  ruleDecorator(text.en, {
    en: text.en,
    breachesOf: (value, owner) => (holds(value, owner) ? [] : [text]),
  });

/** class-validator stores one result per `name` and property. */
export const ruleDecorator = (name: string, context: RuleContext): PropertyDecorator =>
  ValidateBy(
    {
      name,
      validator: {
        validate: (value: unknown, args?: ValidationArguments) =>
          context.breachesOf(value, args?.object ?? {}).length === 0,
        // Without a message, class-validator drops the context.
        defaultMessage: () => name,
      },
    },
    { context },
  );

export const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;

export const combine =
  (...decorators: readonly PropertyDecorator[]): PropertyDecorator =>
  (target, property) => {
    for (const decorator of decorators) decorator(target, property);
  };
