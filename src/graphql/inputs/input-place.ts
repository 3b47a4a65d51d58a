import type { RuledInterface } from '../../documents/interface-rules';
import { snakeCase } from '../../wechatpay/records/decode';
import { isReference } from './object-ref';
import { alternativesOf } from './alternatives';
import type { EffectiveRules } from './rules/effective-rules';

/** The position of an object in an input, and what it is checked against. */
export interface InputPlace {
  /** The interface that the input is for. */
  readonly interface: RuledInterface;
  /** Under WeChat Pay's names, starting at the input, without list indices. */
  readonly path: readonly string[];
  readonly rules: EffectiveRules;
  /** The time for rules about the past, ms since the Unix epoch. */
  readonly now: number;
}

/**
 * Path of a member of an input class, under WeChat Pay's names. WeChat Pay has no object for an alternative, and gets the keys of a
 * reference in its place.
 */
export const memberPath = (
  path: readonly string[],
  member: string,
  owner: object | undefined,
): readonly string[] => {
  const isAlternative = owner !== undefined && alternativesOf(owner) !== undefined;
  const isOfReference = path.length === 0 && (isReference(member) || member === 'key');
  return isAlternative || isOfReference ? path : [...path, snakeCase(member)];
};

const places = new WeakMap<object, InputPlace>();

export const placeOf = (owner: object): InputPlace | undefined => places.get(owner);

/** Remembers the position of an input object and of every object inside it. */
export const rememberPlaces = (owner: object, place: InputPlace): void => {
  places.set(owner, place);
  for (const [name, value] of Object.entries(owner) as [string, unknown][]) {
    const inner = { ...place, path: memberPath(place.path, name, owner.constructor) };
    for (const member of Array.isArray(value) ? (value as readonly unknown[]) : [value])
      if (typeof member === 'object' && member !== null) rememberPlaces(member, inner);
  }
};
