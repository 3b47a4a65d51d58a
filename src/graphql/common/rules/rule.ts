import { ValidateBy, ValidateNested, type ValidationArguments } from 'class-validator';
import type { UserErrorCode } from '../user-error.type';

/** What a broken rule says, after the field's name. */
export interface RuleText {
  readonly code: UserErrorCode;
  readonly en: string;
  readonly zh: string;
}

/** A rule as class-validator carries it for us from the decorator to the broken field. */
export interface RuleContext extends RuleText {
  /** For a rule about the entries of a list: the indices of those that break it. */
  readonly brokenEntries?: (list: unknown) => readonly number[];
}

/**
 * A rule for a value that is there: `null` on an optional field means absent, and GraphQL itself sees to what must be
 * there.
 */
export const rule = (text: RuleText, holds: (value: unknown) => boolean): PropertyDecorator =>
  decorate(text, (value) => isAbsent(value) || holds(value));

/** A rule for each entry of a list; the entries that break it are named one by one. */
export const entryRule = (
  text: RuleText,
  holds: (entry: unknown, index: number, list: readonly unknown[]) => boolean,
): PropertyDecorator => {
  const brokenEntries = (list: unknown): readonly number[] =>
    Array.isArray(list) ? list.flatMap((entry, index) => (holds(entry, index, list) ? [] : [index])) : [];
  return decorate({ ...text, brokenEntries }, (list) => brokenEntries(list).length === 0);
};

/** A rule that a value keeps together with the rest of its object. */
export const OwnerRule = <Owner extends object>(
  text: RuleText,
  holds: (owner: Owner) => boolean,
): PropertyDecorator => decorate(text, (value, owner) => isAbsent(value) || holds(owner as Owner));

/** The field is needed where the rest of its object says so. */
export const NeededWhen = <Owner extends object>(
  when: (owner: Owner) => boolean,
  text: Omit<RuleText, 'code'>,
): PropertyDecorator =>
  decorate({ code: 'REQUIRED', ...text }, (value, owner) => !isAbsent(value) || !when(owner as Owner));

/** The object, or each object of the list, keeps the rules of its own class. */
export const Nested = (): PropertyDecorator => ValidateNested();

export const combine =
  (...decorators: readonly PropertyDecorator[]): PropertyDecorator =>
  (target, property) => {
    for (const decorator of decorators) decorator(target, property);
  };

const decorate = (
  context: RuleContext,
  holds: (value: unknown, owner: object) => boolean,
): PropertyDecorator =>
  ValidateBy(
    {
      // class-validator keeps one result per name and property.
      name: context.en,
      validator: {
        validate: (value: unknown, args?: ValidationArguments) => holds(value, args?.object ?? {}),
      },
    },
    { context },
  );

const isAbsent = (value: unknown): boolean => value === undefined || value === null;
