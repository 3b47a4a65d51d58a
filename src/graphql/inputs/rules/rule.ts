import { ValidateBy, type ValidationArguments } from 'class-validator';
import type { RuledInterface } from '../../../documents/interface-rules';
import { placeOf } from '../input-place';
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
  /** The interfaces whose documents state the rule; it stops no call of another. Default: all that take the field. */
  readonly interfaces?: Stating | undefined;
  /** The codes of a rule that is not in the table of documented rules. */
  readonly codes?: readonly UserErrorCode[];
  /** The rules of this decorator that the value breaks. `owner` is the object that contains the value. */
  readonly breachesOf: (value: unknown, owner: object) => readonly Breach[];
}

export type Stating = ReadonlySet<RuledInterface>;

export interface Check extends RuleText {
  readonly holds: (value: unknown, owner: object) => boolean;
}

/** No two entries of a list may have the same key; the later one is reported. An entry without a key equals no other. */
export const Distinct = (keyOf: (entry: never) => unknown, interfaces: Stating): PropertyDecorator => {
  const text = {
    code: 'FORM_FIELD_DUPLICATE',
    en: 'must not have an entry twice',
    zh: '不能有重复项',
  } as const;
  return ruleDecorator(text.en, {
    en: text.en,
    codes: [text.code],
    interfaces,
    breachesOf(list) {
      const keys = Array.isArray(list) ? list.map((entry) => keyOf(entry as never)) : [];
      return keys.flatMap((key, at) =>
        !isAbsent(key) && keys.indexOf(key) < at ? [{ ...text, at: [String(at)] }] : [],
      );
    },
  });
};

/** A present value must agree with the rest of its object. (`never` accepts a test of any class.) */
export const Agreement = (
  text: Breach,
  holds: (owner: never) => boolean,
  interfaces?: Stating,
): PropertyDecorator =>
  statedRule(text, (value, owner) => isAbsent(value) || holds(owner as never), interfaces);

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

const statedRule = (
  text: Breach,
  holds: (value: unknown, owner: object) => boolean,
  interfaces?: Stating,
): PropertyDecorator =>
  ruleDecorator(text.en, {
    en: text.en,
    codes: [text.code],
    interfaces,
    breachesOf: (value, owner) => (holds(value, owner) ? [] : [text]),
  });

/** class-validator stores one result per `name` and property. */
export const ruleDecorator = (name: string, context: RuleContext): PropertyDecorator =>
  ValidateBy(
    {
      name,
      validator: {
        validate: (value: unknown, args?: ValidationArguments) =>
          !isStatedFor(args?.object, context) || context.breachesOf(value, args?.object ?? {}).length === 0,
        // Without a message class-validator forgets the context.
        defaultMessage: () => name,
      },
    },
    { context },
  );

const isStatedFor = (owner: object | undefined, { interfaces }: RuleContext): boolean => {
  if (interfaces === undefined) return true;
  const place = owner && placeOf(owner);
  return place !== undefined && interfaces.has(place.interface);
};

export const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;

export const combine =
  (...decorators: readonly PropertyDecorator[]): PropertyDecorator =>
  (target, property) => {
    for (const decorator of decorators) decorator(target, property);
  };
