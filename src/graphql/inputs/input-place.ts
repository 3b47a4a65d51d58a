import type { RuledInterface } from '../../documents/interface-rules';
import { snakeCase } from '../../wechatpay/records/decode';
import type { EffectiveRules } from './rules/effective-rules';

/** Where an object of an input stands, and what it is checked against. */
export interface InputPlace {
  /** The interface that the input is for. */
  readonly interface: RuledInterface;
  /** By WeChat Pay's names, from the input on, without the indices of lists. */
  readonly path: readonly string[];
  readonly rules: EffectiveRules;
  /** The moment against which rules about the past are checked, ms since the Unix epoch. */
  readonly now: number;
}

/** The path of a member by its name in the contract. */
export const memberPath = (path: readonly string[], member: string): readonly string[] => [
  ...path,
  snakeCase(member),
];

const places = new WeakMap<object, InputPlace>();

export const placeOf = (owner: object): InputPlace | undefined => places.get(owner);

/** Remembers the place of an input's object and of every object inside it. */
export const rememberPlaces = (owner: object, place: InputPlace): void => {
  places.set(owner, place);
  for (const [name, value] of Object.entries(owner) as [string, unknown][]) {
    const inner = { ...place, path: memberPath(place.path, name) };
    for (const member of Array.isArray(value) ? (value as readonly unknown[]) : [value])
      if (typeof member === 'object' && member !== null) rememberPlaces(member, inner);
  }
};
