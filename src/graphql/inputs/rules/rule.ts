import { ValidateBy, type ValidationArguments } from 'class-validator';
import type { UserErrorCode } from '../user-error-code';

/** What a broken rule says, after the field's name. */
export interface RuleText {
  readonly code: UserErrorCode;
  readonly en: string;
  readonly zh: string;
}

/** What class-validator carries for us from the decorator to the broken field. */
export interface RuleContext extends RuleText {
  /** For a rule about the entries of a list: the indices of those that break it. */
  readonly brokenEntries?: (list: unknown) => readonly number[];
}

export interface Check extends RuleText {
  readonly holds: (value: unknown) => boolean;
}

/**
 * A rule for a value that is there: `null` on an optional field means absent, and GraphQL itself sees to what must be
 * there.
 */
export const rule = ({ holds, ...text }: Check): PropertyDecorator =>
  decorate(text, (value) => isAbsent(value) || holds(value));

/** The same for each entry of a list; those that break it are named one by one. */
export const entryRule = ({ holds, ...text }: Check): PropertyDecorator =>
  listRule(text, (list) => indices(list, (entry) => !holds(entry)));

export const listRule = (
  text: RuleText,
  brokenAmong: (list: readonly unknown[]) => readonly number[],
): PropertyDecorator => {
  const brokenEntries = (list: unknown): readonly number[] => (Array.isArray(list) ? brokenAmong(list) : []);
  return decorate({ ...text, brokenEntries }, (list) => brokenEntries(list).length === 0);
};

/** The value, where it is there, agrees with the rest of its object. (`never` takes a test of any one class.) */
export const Agreement = (text: RuleText, holds: (owner: never) => boolean): PropertyDecorator =>
  decorate(text, (value, owner) => isAbsent(value) || holds(owner as never));

/** The field is needed where the rest of its object says so. */
export const NeededWhen = (
  when: (owner: never) => boolean,
  text: Omit<RuleText, 'code'>,
): PropertyDecorator =>
  decorate({ code: 'REQUIRED', ...text }, (value, owner) => !isAbsent(value) || !when(owner as never));

/** The field is refused where the rest of its object says so. */
export const RefusedWhen = (
  when: (owner: never) => boolean,
  text: Omit<RuleText, 'code'>,
): PropertyDecorator => Agreement({ code: 'INVALID', ...text }, (owner) => !when(owner));

export const combine =
  (...decorators: readonly PropertyDecorator[]): PropertyDecorator =>
  (target, property) => {
    for (const decorator of decorators) decorator(target, property);
  };

export const indices = (
  list: readonly unknown[],
  isMeant: (entry: unknown, index: number) => boolean,
): readonly number[] => list.flatMap((entry, index) => (isMeant(entry, index) ? [index] : []));

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
        // Without a message class-validator forgets the context.
        defaultMessage: () => context.en,
      },
    },
    { context },
  );

const isAbsent = (value: unknown): boolean => value === undefined || value === null;
