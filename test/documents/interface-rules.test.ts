import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  type GraphQLInputField,
  type GraphQLInputObjectType,
} from 'graphql';
import { certaintyOf, type BoundName, type FieldRule } from '../../src/documents/field-rule';
import { interfaceRules, ruledInterfaces, type RuledInterface } from '../../src/documents/interface-rules';
import { classOf, rulesOfInputs } from '../../src/graphql/descriptions/input-rules';
import { fieldRelations } from '../../src/documents/relations';
import { describeRule } from '../../src/graphql/inputs/rules/documented';
import { upstreamOf } from '../../src/graphql/cost/upstream';
import { alternativesOf } from '../../src/graphql/inputs/alternatives';
import { interfaceOfInput } from '../../src/graphql/inputs/input-fields';
import { memberPath } from '../../src/graphql/inputs/input-place';
import { createEffectiveRules, documentedRules } from '../../src/graphql/inputs/rules/effective-rules';
import { servedSchema } from '../../src/graphql/schema/schema';
import { getMetadataStorage } from 'type-graphql';
import { ownMutations } from '../support/own-mutations';

const schema = servedSchema();
const mutations = Object.values(schema.getMutationType()?.getFields() ?? {}).filter(
  ({ name }) => !ownMutations.includes(name),
);
const inputOf = (mutation: (typeof mutations)[number]): GraphQLInputObjectType =>
  getNamedType(mutation.args[0]?.type) as GraphQLInputObjectType;

const tableOf = (name: RuledInterface): Readonly<Record<string, FieldRule>> => interfaceRules[name].fields;

const alternativesIn = (input: GraphQLInputObjectType) => {
  const target = classOf(input);
  return target && alternativesOf(target);
};

/** Every field of an input, by WeChat Pay's names. */
const fieldsOf = (
  input: GraphQLInputObjectType,
  path: readonly string[] = [],
): readonly (readonly [string, ReturnType<GraphQLInputObjectType['getFields']>[string]])[] =>
  Object.values(input.getFields()).flatMap((field) => {
    const own = memberPath(path, field.name, classOf(input));
    const type = getNamedType(field.type);
    const inner = isInputObjectType(type) ? fieldsOf(type, own) : [];
    // A reference to an object stands for its keys; an alternative has no place of its own, only its members have one.
    if (own.length === path.length || alternativesIn(input) !== undefined) return inner;
    return input.isOneOf ? [] : [[own.join('.'), field] as const, ...inner];
  });

describe('the table of documented rules', () => {
  it.each(mutations.map((one) => [one.name, one] as const))('has the fields of %s', (_, mutation) => {
    const [name] = upstreamOf(mutation.extensions)?.interfaces ?? [];
    const input = inputOf(mutation);
    const target = getMetadataStorage().inputTypes.find((one) => one.name === input.name)?.target;
    expect(target && interfaceOfInput(target)).toBe(name);
    const table = tableOf(name as RuledInterface);
    const fields = fieldsOf(input);
    const tags = fields.flatMap(([path, { type }]) => {
      const inner = getNamedType(type);
      const alternatives = isInputObjectType(inner) ? alternativesIn(inner) : undefined;
      if (alternatives === undefined) return [];
      const tag = `${path}.${alternatives.tag}`;
      expect(table[tag]?.values?.toSorted()).toEqual([...alternatives.words.values()].sort());
      return [tag];
    });
    expect([...fields.map(([path]) => path), ...tags].sort()).toEqual(Object.keys(table).sort());
    for (const [path, field] of fields) {
      const type = getNamedType(field.type);
      const values = isEnumType(type) ? type.getValues().map(({ value }) => value as string) : undefined;
      expect([path, table[path]?.values?.toSorted()]).toEqual([path, values?.toSorted()]);
    }
  });

  it('has the interface of every mutation, and no other', () => {
    const called = mutations.map((one) => upstreamOf(one.extensions)?.interfaces[0]);
    expect([...ruledInterfaces].sort()).toEqual([...called].sort());
  });

  it('never refuses a call because of a guess', () => {
    const guesses = ruledInterfaces.flatMap((name) =>
      Object.entries(tableOf(name)).flatMap(([field, rule]) =>
        (Object.keys(rule.certainty ?? {}) as BoundName[])
          .filter((bound) => certaintyOf(rule, bound) === 'guessed')
          .map((bound) => [
            `${name}.${field}.${bound}`,
            rule[bound],
            documentedRules.of(name, field)?.[bound],
          ]),
      ),
    );
    expect(guesses).toEqual([
      ['CREATE_CARD_TEMPLATE.card_title.characters', 'cardTitle', 'plain'],
      ['UPDATE_CARD_TEMPLATE.card_title.characters', 'cardTitle', 'plain'],
    ]);
  });

  it('lists as stricter only what is stricter', () => {
    const readings = ruledInterfaces.flatMap((name) =>
      Object.values(tableOf(name)).flatMap((rule) =>
        Object.values(rule.stricter ?? {}).map((stricter) => [rule, stricter] as const),
      ),
    );
    expect(readings.length).toBeGreaterThan(5);
    for (const [rule, { required, maxLength = 0, max = 0 }] of readings) {
      expect(required === true ? rule.required : false).toBe(false);
      expect(maxLength).toBeLessThan(rule.maxLength ?? Infinity);
      expect(max).toBeLessThan(rule.max ?? Infinity);
    }
  });

  it('can be overridden by the configuration, in every bound', () => {
    const rules = createEffectiveRules({
      CREATE_CARD_TEMPLATE: {
        card_title: { characters: 'documented', maxLength: 20 },
        notify_url: { characters: 'any' },
        legal_agreement: { required: true },
      },
    });
    const of = (field: string) => rules.of('CREATE_CARD_TEMPLATE', field);
    expect(of('card_title')).toMatchObject({ characters: 'cardTitle', maxLength: 20 });
    expect(of('notify_url')).toMatchObject({ characters: 'plain', maxLength: 256 });
    expect(of('legal_agreement')).toMatchObject({ required: true, maxLength: 20_480 });
    rules.replace({});
    expect(of('card_title')).toEqual(documentedRules.of('CREATE_CARD_TEMPLATE', 'card_title'));
  });
});

describe('the relations of fields', () => {
  const stated = rulesOfInputs(schema);

  it.each(mutations.map((one) => [one.name, one] as const))(
    'of %s are checked by this server if the table says so',
    (_, mutation) => {
      const input = inputOf(mutation);
      const [name] = upstreamOf(mutation.extensions)?.interfaces ?? [];
      const relations = fieldRelations[name as RuledInterface] ?? [];
      const table = tableOf(name as RuledInterface);
      expect(relations.filter(({ field }) => table[field] === undefined)).toEqual([]);
      const checked = fieldsOf(input)
        .filter(([path, field]) => {
          const owner = ownerOf(input, field)?.name ?? '';
          // Inputs that several interfaces share have the bounds of each.
          const documented = ruledInterfaces.flatMap((one) => {
            const rule = documentedRules.of(one, path);
            return rule === undefined ? [] : describeRule(rule);
          });
          const texts = stated.get(owner)?.get(field.name) ?? [];
          return texts.some(
            (text) =>
              !documented.includes(text) && (!text.includes('(checked for ') || text.includes(String(name))),
          );
        })
        .map(([path]) => path);
      const listed = relations.filter(({ checkedBy }) => checkedBy === 'server').map(({ field }) => field);
      expect([...new Set(listed)].sort()).toEqual(checked.sort());
    },
  );

  /** The input type that has the field. */
  const ownerOf = (
    input: GraphQLInputObjectType,
    field: GraphQLInputField,
  ): GraphQLInputObjectType | undefined => {
    const fields = Object.values(input.getFields());
    if (fields.includes(field)) return input;
    const inner = fields.map(({ type }) => getNamedType(type)).filter(isInputObjectType);
    return inner.flatMap((type) => ownerOf(type, field) ?? [])[0];
  };
});
