import {
  certaintyOf,
  type BoundName,
  type BoundOverrides,
  type Bounds,
  type FieldRule,
  type RuleOverrides,
} from '../../../documents/field-rule';
import { interfaceRules, type RuledInterface } from '../../../documents/interface-rules';

/**
 * The bounds that refuse an input: exact ones, the server's own, and those that the configuration sets. They can change at run
 * time.
 */
export interface EffectiveRules {
  /** `undefined` if the table has no such field. */
  of(name: RuledInterface, field: string): FieldRule | undefined;
  /** Takes effect with the next input. */
  replace(overrides: RuleOverrides): void;
}

export const createEffectiveRules = (initial: RuleOverrides): EffectiveRules => {
  let overrides = initial;
  return {
    of(name, field) {
      const fields: Readonly<Record<string, FieldRule>> = interfaceRules[name].fields;
      const rule = fields[field];
      return rule && enforced(rule, overrides[name]?.[field] ?? {});
    },
    replace(next) {
      overrides = next;
    },
  };
};

/** The rules without overrides. */
export const documentedRules = createEffectiveRules({});

const boundNames: readonly BoundName[] = [
  'maxLength',
  'maxBytes',
  'min',
  'max',
  'minEntries',
  'maxEntries',
  'characters',
];

const enforced = (rule: FieldRule, { characters, ...overrides }: BoundOverrides): FieldRule => {
  const isGuess = (bound: BoundName): boolean => certaintyOf(rule, bound) === 'guessed';
  const stated: Partial<Record<BoundName, unknown>> = Object.fromEntries(
    boundNames.filter((bound) => !isGuess(bound)).map((bound) => [bound, rule[bound]]),
  );
  const { kind, entries, values } = rule;
  const holds = kind === 'list' ? entries : kind;
  const free = holds === 'sealed' ? 'unicode' : 'plain';
  const set = characters === 'documented' ? rule.characters : characters === 'any' ? free : stated.characters;
  return {
    kind,
    required: rule.required,
    ...(entries && { entries }),
    ...(values && { values }),
    ...(stated as Partial<Bounds>),
    ...overrides,
    ...(rule.characters !== undefined && { characters: (set ?? free) as NonNullable<Bounds['characters']> }),
  };
};
