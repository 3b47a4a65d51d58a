import { members, whole, type Setting } from './reader';

/** Limits of one request. Numbers are counts unless a comment says otherwise. Defaults: `defaultQueryLimits`. */
export interface QueryLimits {
  /** Request body, bytes. */
  readonly bodyBytes: number;
  /** Text of the document in UTF-8, bytes. */
  readonly documentBytes: number;
  /** Lexical tokens of the document, comments included. */
  readonly tokens: number;
  /** Nested fields, with fragments expanded. Introspection has graphql-js' own limit. */
  readonly depth: number;
  /** Fields of the operation, with fragments expanded at every spread. */
  readonly fields: number;
  readonly rootFields: number;
  readonly aliases: number;
  readonly directives: number;
  /** Fragment definitions. */
  readonly fragments: number;
  /** Entries of any one list, in a literal or a variable. */
  readonly listEntries: number;
  readonly variables: number;
  /** Levels of lists and objects in a variable. */
  readonly variableDepth: number;
  /** All variables together as JSON, bytes. */
  readonly variableBytes: number;
  /** Errors reported for one document, or for one operation's variables. */
  readonly errors: number;
  /** Calls to WeChat Pay that one operation could make, without retries. */
  readonly upstreamCalls: number;
  /** Time from the end of the request body to the response, ms; calls still under way are then aborted. */
  readonly operationMs: number;
}

/**
 * The largest request that WeChat Pay documents passes: an activity with 200 coupon batches, a template with 20 480 Chinese characters,
 * each of them escaped as \uXXXX in the variables or written out in the document.
 */
export const defaultQueryLimits: QueryLimits = {
  bodyBytes: 524_288,
  documentBytes: 262_144,
  tokens: 2_000,
  depth: 12,
  fields: 500,
  rootFields: 10,
  aliases: 20,
  directives: 20,
  fragments: 30,
  listEntries: 200,
  variables: 50,
  variableDepth: 10,
  variableBytes: 262_144,
  errors: 10,
  upstreamCalls: 200,
  operationMs: 20_000,
};

/** Larger values would protect nothing. */
const maximums: QueryLimits = {
  bodyBytes: 10_000_000,
  documentBytes: 1_000_000,
  tokens: 20_000,
  depth: 100,
  fields: 20_000,
  rootFields: 1_000,
  aliases: 1_000,
  directives: 1_000,
  fragments: 1_000,
  listEntries: 10_000,
  variables: 1_000,
  variableDepth: 100,
  variableBytes: 10_000_000,
  errors: 100,
  upstreamCalls: 10_000,
  operationMs: 120_000,
};

export const readQueryLimits = (setting: Setting): QueryLimits => {
  const names = Object.keys(defaultQueryLimits) as (keyof QueryLimits)[];
  const own = members(setting, names);
  return Object.fromEntries(
    names.map((name) => [
      name,
      whole(own[name], { min: 1, max: maximums[name], default: defaultQueryLimits[name] }),
    ]),
  ) as unknown as QueryLimits;
};
