import { getMetadataStorage as validationStorage } from 'class-validator';
import { isInputObjectType, type GraphQLInputObjectType, type GraphQLSchema } from 'graphql';
import { getMetadataStorage as graphqlStorage } from 'type-graphql';
import type { RuleContext } from '../../graphql/inputs/rules/rule';

/** What the rules of an input's field say, in English, by the field's name. */
export const rulesOf = (input: GraphQLInputObjectType): ReadonlyMap<string, readonly string[]> => {
  const rules = new Map<string, string[]>();
  const target = graphqlStorage().inputTypes.find(({ name }) => name === input.name)?.target;
  if (target === undefined) return rules;
  const found = validationStorage().getTargetValidationMetadatas(target, '', false, false);
  for (const { propertyName, context } of found) {
    // Only our own rules carry a context; @Allow and @ValidateNested say nothing of the value.
    if (context === undefined) continue;
    const { en } = context as RuleContext;
    const said = rules.get(propertyName) ?? [];
    if (!said.includes(en)) rules.set(propertyName, [...said, en]);
  }
  return rules;
};

/** The input types of the schema, those that only other inputs use last. */
export const inputTypesOf = (schema: GraphQLSchema): readonly GraphQLInputObjectType[] =>
  Object.values(schema.getTypeMap()).filter(isInputObjectType);
