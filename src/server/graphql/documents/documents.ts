import { GraphQLError, parse, Source, type DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { documentFaults, type DocumentLimits } from '../limits/document-limits';
import { overLimit } from '../limits/refused';
import { fault, faultOf, type Sentence } from './fault';
import { validationFaults, type ValidationOptions } from './validate-document';

export interface DocumentBounds extends DocumentLimits {
  /** Maximum size of a document in UTF-8, bytes. */
  readonly documentBytes: number;
  /** Maximum number of lexical tokens, comments included. */
  readonly tokens: number;
}

export interface DocumentsOptions extends ValidationOptions {
  readonly limits: DocumentBounds;
  /** Size limit of the cached documents, bytes. */
  readonly maxBytes: number;
}

/** Documents that may be executed: within the limits and valid. */
export interface Documents {
  /** Returns the document of a text. Throws an AggregateError of GraphQLErrors, one per fault, with public messages. */
  load(text: string): DocumentNode;
  /** Memory of the cached documents, bytes; an upper estimate. */
  readonly keptBytes: number;
}

/** Memory of a token with the node and location made from it, bytes; measured at 190 to 330. */
const tokenBytes = 400;
const overheadBytes = 1_024;

/**
 * Parses, measures and validates a document, in this order, so that every expensive step comes after the limit on it. Valid
 * documents are cached up to `maxBytes`.
 */
export const createDocuments = ({ limits, maxBytes, ...validation }: DocumentsOptions): Documents => {
  const kept = new LRUCache<string, DocumentNode>({ maxSize: maxBytes });
  const refuse = (faults: readonly GraphQLError[]): void => {
    if (faults.length > 0) throw new AggregateError(faults);
  };
  const admit = (text: string): DocumentNode => {
    if (Buffer.byteLength(text) > limits.documentBytes) refuse([tooLong(limits)]);
    const source = new Source(text);
    const document = parsed(source, limits);
    const tokens = tokensOf(document);
    if (tokens > limits.tokens) refuse([tooManyTokens(limits)]);
    // graphql-js searches the text for each location of each error; see locationsOf.
    source.body = '';
    refuse(documentFaults(document, limits));
    refuse(validationFaults(document, validation));
    // A string takes two bytes a character if one of them is not Latin-1; names in the document are slices of it.
    kept.set(text, document, { size: overheadBytes + 2 * text.length + tokens * tokenBytes });
    return document;
  };
  return {
    load(text) {
      const known = kept.get(text);
      if (known !== undefined) return known;
      try {
        return admit(text);
      } catch (error) {
        // Parser and rules recurse for each level; a stack overflow has changed nothing.
        if (error instanceof RangeError) throw new AggregateError([tooDeep()], 'nesting', { cause: error });
        throw error;
      }
    },
    get keptBytes() {
      return kept.calculatedSize;
    },
  };
};

const parsed = (source: Source, limits: DocumentBounds): DocumentNode => {
  try {
    return parse(source, { maxTokens: limits.tokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const found = error.message.startsWith(tokenLimit) ? tooManyTokens(limits) : syntaxFault(error);
    throw new AggregateError([found], 'syntax', { cause: error });
  }
};

/** graphql-js' own limit; it does not count comments. */
const tokenLimit = 'Syntax Error: Document contains more that ';

/** What graphql-js expects at a syntax error: a kind of token or a keyword, never text of the document. */
const expectation =
  /^Syntax Error: Expected (Name|Int|Float|String|"(?:[!$&()[\]{}:=@|]|\.\.\.|[a-z]{2,12})"), found /;

const syntaxFault = (error: GraphQLError): GraphQLError => {
  const wanted = expectation.exec(error.message)?.[1];
  const sentence: Sentence =
    wanted === undefined
      ? ['Syntax Error: the document is not valid GraphQL here.', '语法错误：此处不是有效的 GraphQL。']
      : [`Syntax Error: expected ${wanted} here.`, `语法错误：此处应为 ${wanted}。`];
  const { originalError } = fault('GRAPHQL_PARSE_FAILED', sentence);
  return new GraphQLError(sentence[0], {
    source: error.source,
    positions: error.positions,
    originalError,
  });
};

const tooLong = ({ documentBytes }: DocumentBounds): GraphQLError =>
  faultOf(
    overLimit([`A document may have at most ${documentBytes} bytes`, `文档最多 ${documentBytes} 字节`]),
  );

const tooDeep = (): GraphQLError => faultOf(overLimit(['The document is nested too deeply', '文档嵌套过深']));

const tooManyTokens = ({ tokens }: DocumentBounds): GraphQLError =>
  faultOf(
    overLimit([
      `A document may have at most ${tokens} tokens, comments included`,
      `文档最多包含 ${tokens} 个词法单元（含注释）`,
    ]),
  );

/** The parser's token list is reachable from the document and includes comments. */
const tokensOf = ({ loc }: DocumentNode): number => {
  let count = 0;
  for (let token = loc?.startToken ?? null; token !== null; token = token.next) count += 1;
  return count;
};
