import { GraphQLError, Kind, type ASTVisitor, type ValidationContext, type ValidationRule } from 'graphql';
import { measure, type OperationSize } from './document-size';
import { overLimit } from './refused';

export interface DocumentLimits {
  readonly depth: number;
  readonly fields: number;
  readonly rootFields: number;
  readonly aliases: number;
  readonly directives: number;
  readonly fragments: number;
  readonly listEntries: number;
}

/** Refuses documents that are well-formed but larger than any honest one. Tokens are the parser's own bound. */
export const documentLimits =
  (limits: DocumentLimits): ValidationRule =>
  (context: ValidationContext): ASTVisitor => {
    let directives = 0;
    const refuse = (bound: readonly [en: string, zh: string]): void => {
      context.reportError(new GraphQLError(bound[0], { originalError: overLimit(bound) }));
    };
    return {
      Document(document) {
        const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).length;
        if (fragments > limits.fragments)
          refuse([
            `A document may have at most ${limits.fragments} fragments`,
            `文档最多包含 ${limits.fragments} 个片段`,
          ]);
        for (const size of measure(document).values())
          for (const bound of brokenBounds(size, limits)) refuse(bound);
      },
      Directive() {
        directives += 1;
        if (directives === limits.directives + 1)
          refuse([
            `A document may have at most ${limits.directives} directives`,
            `文档最多包含 ${limits.directives} 个指令`,
          ]);
      },
      ListValue({ values }) {
        if (values.length > limits.listEntries)
          refuse([
            `A list may have at most ${limits.listEntries} entries`,
            `列表最多包含 ${limits.listEntries} 项`,
          ]);
      },
    };
  };

const brokenBounds = (
  { depth, fields, rootFields, aliases }: OperationSize,
  limits: DocumentLimits,
): readonly (readonly [en: string, zh: string])[] => [
  ...(depth > limits.depth
    ? ([
        [
          `Fields may be nested at most ${limits.depth} deep, fragments expanded`,
          `字段嵌套最多 ${limits.depth} 层(含片段)`,
        ],
      ] as const)
    : []),
  ...(fields > limits.fields
    ? ([
        [
          `An operation may select at most ${limits.fields} fields, fragments expanded`,
          `操作最多选择 ${limits.fields} 个字段(含片段)`,
        ],
      ] as const)
    : []),
  ...(rootFields > limits.rootFields
    ? ([
        [
          `An operation may have at most ${limits.rootFields} root fields`,
          `操作最多包含 ${limits.rootFields} 个根字段`,
        ],
      ] as const)
    : []),
  ...(aliases > limits.aliases
    ? ([
        [
          `An operation may have at most ${limits.aliases} aliases, fragments expanded`,
          `操作最多包含 ${limits.aliases} 个别名(含片段)`,
        ],
      ] as const)
    : []),
];
