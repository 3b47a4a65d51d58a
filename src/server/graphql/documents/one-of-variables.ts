import {
  getNullableType,
  GraphQLError,
  isInputObjectType,
  isNonNullType,
  Kind,
  typeFromAST,
  type ValidationRule,
} from 'graphql';

/**
 * A variable in a field of a `@oneOf` type must not be nullable. graphql-js checks it only if the `@oneOf` type itself may be
 * null; otherwise a null would be an error of the server during execution.
 */
export const VariablesInOneOfRule: ValidationRule = (context) => ({
  OperationDefinition: {
    leave(operation) {
      for (const { node, parentType } of context.getRecursiveVariableUsages(operation)) {
        const oneOf = getNullableType(parentType);
        if (!isNonNullType(parentType) || !isInputObjectType(oneOf) || !oneOf.isOneOf) continue;
        const definition = operation.variableDefinitions?.find(
          ({ variable }) => variable.name.value === node.name.value,
        );
        if (definition === undefined || definition.type.kind === Kind.NON_NULL_TYPE) continue;
        if (typeFromAST(context.getSchema(), definition.type) === undefined) continue;
        context.reportError(
          new GraphQLError(`OneOf Input Object "${oneOf.name}".`, { nodes: [definition, node] }),
        );
      }
    },
  },
});
