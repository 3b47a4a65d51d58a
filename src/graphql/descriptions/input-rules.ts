import { getMetadataStorage as validationStorage } from 'class-validator';
import { getNamedType, isInputObjectType, type GraphQLInputObjectType, type GraphQLSchema } from 'graphql';
import { getMetadataStorage as graphqlStorage } from 'type-graphql';
import type { RuledInterface } from '../../documents/interface-rules';
import { interfaceOfInput } from '../inputs/input-fields';
import { memberPath } from '../inputs/input-place';
import { describeRule } from '../inputs/rules/documented';
import { documentedRules } from '../inputs/rules/effective-rules';
import type { RuleContext } from '../inputs/rules/rule';

/** English rules of a field, by the field's name. */
type FieldTexts = Map<string, string[]>;

/** The rules of every input's fields, by the input's name. A part of several inputs has the rules of each. */
export const rulesOfInputs = (schema: GraphQLSchema): ReadonlyMap<string, FieldTexts> => {
  const rules = new Map<string, FieldTexts>();
  const add = (input: GraphQLInputObjectType, field: string, texts: readonly string[]): void => {
    const fields = rules.get(input.name) ?? new Map<string, string[]>();
    const known = fields.get(field) ?? [];
    fields.set(field, [...known, ...texts.filter((text) => !known.includes(text))]);
    rules.set(input.name, fields);
  };
  const describe = (input: GraphQLInputObjectType, name: RuledInterface, path: readonly string[]): void => {
    for (const field of Object.values(input.getFields())) {
      const own = memberPath(path, field.name, classOf(input));
      const rule = documentedRules.of(name, own.join('.'));
      // Fields of an object follow in a table of their own.
      add(input, field.name, rule === undefined || rule.kind === 'object' ? [] : describeRule(rule));
      const type = getNamedType(field.type);
      if (isInputObjectType(type)) describe(type, name, own);
    }
  };
  for (const input of inputTypesOf(schema)) {
    const target = classOf(input);
    const name = target && interfaceOfInput(target);
    if (name !== undefined) describe(input, name, []);
  }
  for (const input of inputTypesOf(schema))
    for (const [field, text] of statedRules(input)) add(input, field, [text]);
  return rules;
};

/** Rules about the agreement of fields, which are not in the table of documents. */
const statedRules = (input: GraphQLInputObjectType): readonly (readonly [field: string, text: string])[] => {
  const target = classOf(input);
  if (target === undefined) return [];
  return validationStorage()
    .getTargetValidationMetadatas(target, '', false, false)
    .flatMap(({ propertyName, context }) => {
      const { en, interfaces } = (context ?? {}) as Partial<RuleContext>;
      const where = interfaces === undefined ? '' : ` (checked for ${[...interfaces].join(', ')})`;
      return en === undefined ? [] : [[propertyName, en + where] as const];
    });
};

export type InputClass = Parameters<ReturnType<typeof validationStorage>['getTargetValidationMetadatas']>[0];

/** The class of an input type. */
export const classOf = (input: GraphQLInputObjectType): InputClass | undefined =>
  graphqlStorage().inputTypes.find(({ name }) => name === input.name)?.target;

/** The input types of the schema; those used only by other inputs come last. */
export const inputTypesOf = (schema: GraphQLSchema): readonly GraphQLInputObjectType[] =>
  Object.values(schema.getTypeMap()).filter(isInputObjectType);
