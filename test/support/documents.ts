import { defaultQueryLimits } from '../../src/config/query-limits';
import { servedSchema } from '../../src/graphql/schema/schema';
import { createDocuments, type Documents } from '../../src/server/graphql/documents/documents';

/** The documents of the real schema with the default limits. */
export const realDocuments = (maxBytes = 16_000_000): Documents =>
  createDocuments({
    schema: servedSchema(),
    limits: defaultQueryLimits,
    maxErrors: defaultQueryLimits.errors,
    suggestions: true,
    maxBytes,
  });

/** The English messages of `load` about a document; empty if there are none. */
export const faultsOfText = (documents: Documents, text: string): readonly string[] => {
  try {
    documents.load(text);
    return [];
  } catch (error) {
    if (!(error instanceof AggregateError)) throw error;
    return error.errors.map(({ message }: Error) => message);
  }
};
