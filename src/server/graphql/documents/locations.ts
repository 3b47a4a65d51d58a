import { GraphQLError, type SourceLocation } from 'graphql';

/** Maximum locations per error. An error about a merged field has a node for each selection of the field. */
const maxLocations = 10;

/**
 * Line and column of each place that an error names. They come from the tokens: `Documents` drops the text of a parsed
 * document, because graphql-js would search it from the start for every location of every error.
 */
export const locationsOf = ({ nodes, locations }: GraphQLError): readonly SourceLocation[] | undefined => {
  const tokens = (nodes ?? []).flatMap(({ loc }) => (loc === undefined ? [] : [loc.startToken]));
  return tokens.length === 0
    ? locations?.slice(0, maxLocations)
    : tokens.slice(0, maxLocations).map(({ line, column }) => ({ line, column }));
};
