import {
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { fault } from './fault';
import { VariablesInOneOfRule } from './one-of-variables';
import { sentenceOf, type ValidationFinding } from './validation-sentences';

export interface ValidationOptions {
  readonly schema: GraphQLSchema;
  /** Maximum number of reported faults; one more then says that there are others. */
  readonly maxErrors: number;
  /** Whether errors may suggest names of the schema. */
  readonly suggestions: boolean;
}

/**
 * Runs graphql-js' rules and returns our own sentences. A rule's message quotes the document, so none of it is passed on: each
 * sentence is built from the rule, its nodes and the types at that place. A rule unknown here gets a sentence without
 * details.
 */
export const validationFaults = (
  document: DocumentNode,
  { schema, maxErrors, suggestions }: ValidationOptions,
): readonly GraphQLError[] => {
  const findings = new Map<GraphQLError, ValidationFinding>();
  const errors = validate(
    schema,
    document,
    [...specifiedRules, VariablesInOneOfRule].map((rule) => observed(rule, findings)),
    { maxErrors, hideSuggestions: !suggestions },
  );
  const faults = errors.map((error) => {
    const finding = findings.get(error);
    return finding === undefined
      ? fault('GRAPHQL_VALIDATION_FAILED', tooMany)
      : fault('GRAPHQL_VALIDATION_FAILED', sentenceOf(finding), error.nodes);
  });
  return faults;
};

/** The one error of graphql-js that no rule reports: it stopped validating. */
const tooMany = [
  'The document has more faults; validation stopped here.',
  '文档还有其他错误，校验已停止。',
] as const;

/** Wraps a rule so that it records its findings and the types at that place. */
const observed =
  (rule: ValidationRule, findings: Map<GraphQLError, ValidationFinding>): ValidationRule =>
  (context: ValidationContext) => {
    const view = Object.create(context) as ValidationContext;
    view.reportError = (error) => {
      findings.set(error, {
        rule: rule.name,
        nodes: error.nodes ?? [],
        schema: context.getSchema(),
        parentType: context.getParentType() ?? undefined,
        field: context.getFieldDef() ?? undefined,
        argument: context.getArgument() ?? undefined,
        directive: context.getDirective() ?? undefined,
        inputType: context.getInputType() ?? undefined,
        message: error.message,
      });
      context.reportError(error);
    };
    return rule(view);
  };
