import { getMetadataStorage as validationStorage } from 'class-validator';
import { isInputObjectType, type GraphQLInputObjectType, type GraphQLSchema } from 'graphql';
import { getMetadataStorage as graphqlStorage } from 'type-graphql';
import type { RuleContext } from '../../graphql/inputs/rules/rule';

/** The English rules of an input's fields, by field name. */
export const rulesOf = (input: GraphQLInputObjectType): ReadonlyMap<string, readonly string[]> => {
  const rules = new Map<string, string[]>();
  const target = graphqlStorage().inputTypes.find(({ name }) => name === input.name)?.target;
  if (target === undefined) return rules;
  const found = validationStorage().getTargetValidationMetadatas(target, '', false, false);
  for (const { propertyName, context } of found) {
    // Only our own rules have a context; @Allow and @ValidateNested do not restrict the value.
    if (context === undefined) continue;
    const { en } = context as RuleContext;
    const said = rules.get(propertyName) ?? [];
    if (!said.includes(en)) rules.set(propertyName, [...said, en]);
  }
  return rules;
};

/** The input types of the schema; those used only by other inputs come last. */
export const inputTypesOf = (schema: GraphQLSchema): readonly GraphQLInputObjectType[] =>
  Object.values(schema.getTypeMap()).filter(isInputObjectType);
