import {
  overridableBounds,
  type BoundOverrides,
  type FieldRule,
  type RuleOverrides,
} from '../documents/field-rule';
import { interfaceRules, ruledInterfaces } from '../documents/interface-rules';
import type { QueryLimits } from './query-limits';
import { choice, flag, members, numeric, problem, type Setting } from './reader';

type Room = Pick<QueryLimits, 'listEntries' | 'variableBytes' | 'bodyBytes'>;

/**
 * Reads bounds of request fields that differ from the documented ones: interface, field by WeChat Pay's name, bound. A bound above
 * what `limits` let through is a problem, because it could never be reached.
 */
export const readRules = (setting: Setting, limits: Room): RuleOverrides =>
  Object.fromEntries(
    given(members(setting, ruledInterfaces)).map(([name, fields]) => {
      const table: Readonly<Record<string, FieldRule>> = interfaceRules[name].fields;
      const own = given(members(fields, Object.keys(table)));
      return [
        name,
        Object.fromEntries(
          own.flatMap(([field, bounds]) => {
            const rule = table[field];
            return rule === undefined ? [] : [[field, readBounds(bounds, { rule, limits })]];
          }),
        ),
      ];
    }),
  );

const readBounds = (
  setting: Setting,
  { rule, limits }: { readonly rule: FieldRule; readonly limits: Room },
): BoundOverrides => {
  const names = overridableBounds(rule);
  if (names.length === 0) problem(setting, 'has no bound that can be changed');
  const bounds = Object.fromEntries(
    given(members(setting, names)).map(([name, one]) => [name, readBound(name, one)]),
  ) as BoundOverrides;
  const pairs = [
    ['min', 'max'],
    ['minEntries', 'maxEntries'],
  ] as const;
  for (const [low, high] of pairs) {
    const [least, most] = [bounds[low] ?? rule[low], bounds[high] ?? rule[high]];
    if (least !== undefined && most !== undefined && least > most)
      problem(setting, `${low} must not be above ${high}`);
  }
  const { maxLength = 0, maxEntries = 0 } = bounds;
  const needs = {
    listEntries: maxEntries,
    variableBytes: maxLength * wideBytes,
    bodyBytes: maxLength * escapedBytes,
  };
  for (const [name, least] of Object.entries(needs) as [keyof Room, number][])
    if (least > limits[name])
      problem(setting, `needs queryLimits.${name} of at least ${least}; raise it too`);
  return bounds;
};

/** Bytes of one character in UTF-8 and as a JSON escape, the widest that WeChat Pay takes. */
const wideBytes = 3;
const escapedBytes = 6;

const readBound = (name: keyof BoundOverrides, setting: Setting): boolean | number | string | undefined => {
  if (name === 'required') return flag(setting, false);
  if (name === 'characters') return choice(setting, ['any', 'documented']);
  const value = numeric(setting);
  if (value !== undefined && Number.isSafeInteger(value) && value >= 0) return value;
  return problem(setting, 'must be a whole number from 0');
};

/** The members that the configuration has. */
const given = <Name extends string>(
  all: Readonly<Record<Name, Setting>>,
): readonly (readonly [Name, Setting])[] =>
  (Object.entries(all) as [Name, Setting][]).filter(([, { value }]) => value !== undefined);
