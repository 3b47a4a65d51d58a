import {
  getNullableType,
  GraphQLError,
  isInputObjectType,
  isNonNullType,
  Kind,
  typeFromAST,
  type ValidationRule,
} from 'graphql';
import type { Sentence } from './fault';

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

/** @param variable its name in quotation marks, or what stands for one that must not be repeated */
export const nullableInOneOf = (variable: string, message: string): Sentence => {
  const type = /OneOf Input Object ("\w+")\.$/.exec(message)?.[1] ?? '"…"';
  return [
    `Variable ${variable} may be null, but a field of ${type} may not. Declare its type with "!".`,
    `变量 ${variable} 允许为 null，而 ${type} 的字段不能为 null。请在变量类型后加 "!"。`,
  ];
};
