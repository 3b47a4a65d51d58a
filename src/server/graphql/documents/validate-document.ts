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
import { sentenceOf, type ValidationFinding } from './validation-sentences';

export interface ValidationOptions {
  readonly schema: GraphQLSchema;
  /** Faults that are reported; one more then says that there are others. */
  readonly maxErrors: number;
  /** Whether errors suggest names of the schema. */
  readonly suggestions: boolean;
}

/**
 * graphql-js' rules, with our sentences. A rule's own message quotes the document, so nothing of it is passed on: each
 * sentence is made from the rule, the nodes that it names and the types at that place. A rule that is not known here gets a
 * sentence without details.
 */
export const validationFaults = (
  document: DocumentNode,
  { schema, maxErrors, suggestions }: ValidationOptions,
): readonly GraphQLError[] => {
  const findings = new Map<GraphQLError, ValidationFinding>();
  const errors = validate(
    schema,
    document,
    specifiedRules.map((rule) => observed(rule, findings)),
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

/** graphql-js makes one error that no rule reports: when it stops. */
const tooMany = [
  'The document has more faults; validation stopped here.',
  '文档还有其他错误，校验已停止。',
] as const;

/** The rule, which notes what it reports and the types at the place where it stands. */
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
