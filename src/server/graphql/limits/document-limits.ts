import { Kind, visit, type ASTNode, type DocumentNode, type GraphQLError } from 'graphql';
import { faultOf } from '../documents/fault';
import { measure, type OperationSize } from './document-size';
import { mergeCost } from './merge-cost';
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

/** Limit of `mergeCost`. Ordinary documents cost a few hundred, because they select each name once or twice per place. */
const maxMergeCost = 10_000;

/**
 * Finds the limits that a document exceeds. Takes time linear in the document's text, and counts first what validation would
 * compare pair by pair.
 */
export const documentFaults = (document: DocumentNode, limits: DocumentLimits): readonly GraphQLError[] => {
  const faults: GraphQLError[] = [];
  const refuse = (bound: Bound, node?: ASTNode): void => {
    if (!faults.some(({ message }) => message === bound[0]))
      faults.push(faultOf(overLimit(bound), node === undefined ? [] : [node]));
  };

  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).length;
  if (fragments > limits.fragments)
    refuse([
      `A document may have at most ${limits.fragments} fragments`,
      `文档最多包含 ${limits.fragments} 个片段`,
    ]);
  for (const size of measure(document).values())
    for (const bound of brokenBounds(size, limits)) refuse(bound);
  let directives = 0;
  visit(document, {
    Directive() {
      directives += 1;
    },
    ListValue(node) {
      if (node.values.length > limits.listEntries)
        refuse(
          [`A list may have at most ${limits.listEntries} entries`, `列表最多包含 ${limits.listEntries} 项`],
          node,
        );
    },
  });
  if (directives > limits.directives)
    refuse([
      `A document may have at most ${limits.directives} directives`,
      `文档最多包含 ${limits.directives} 个指令`,
    ]);
  // Counting expands fragments; the other limits make that safe.
  if (faults.length === 0 && mergeCost(document, maxMergeCost) > maxMergeCost)
    refuse([
      'The document selects the same fields too often; select each field once, or ask in several requests',
      '文档重复选择同一字段的次数过多，请避免重复选择，或分多次请求',
    ]);
  return faults;
};

type Bound = readonly [en: string, zh: string];

const brokenBounds = (
  { depth, fields, rootFields, aliases }: OperationSize,
  limits: DocumentLimits,
): readonly Bound[] => {
  const broken: Bound[] = [];
  if (depth > limits.depth)
    broken.push([
      `Fields may be nested at most ${limits.depth} deep, fragments expanded`,
      `字段嵌套最多 ${limits.depth} 层（含片段）`,
    ]);
  if (fields > limits.fields)
    broken.push([
      `An operation may select at most ${limits.fields} fields, fragments expanded`,
      `操作最多选择 ${limits.fields} 个字段（含片段）`,
    ]);
  if (rootFields > limits.rootFields)
    broken.push([
      `An operation may have at most ${limits.rootFields} root fields`,
      `操作最多包含 ${limits.rootFields} 个根字段`,
    ]);
  if (aliases > limits.aliases)
    broken.push([
      `An operation may have at most ${limits.aliases} aliases, fragments expanded`,
      `操作最多包含 ${limits.aliases} 个别名（含片段）`,
    ]);
  return broken;
};
