import { HeaderMap } from '@apollo/server';
import { GraphQLError, type ASTNode } from 'graphql';
import { AppError, type ErrorCode } from '../../../shared/errors';

/** [English, Chinese], whole sentences. They never repeat a value of the request. */
export type Sentence = readonly [en: string, zh: string];

/** One thing that is wrong with a request. `nodes` are the places in its document. */
export const fault = (code: ErrorCode, sentence: Sentence, nodes: readonly ASTNode[] = []): GraphQLError =>
  faultOf(new AppError(code, sentence[0], { publicMessage: sentence }), nodes);

export const faultOf = (error: AppError, nodes: readonly ASTNode[] = []): GraphQLError =>
  new GraphQLError(error.message, { nodes, originalError: error });

/** Everything that is wrong with a request, as one error: Apollo takes one error from a plugin. */
export const refusalOf = (faults: readonly unknown[], status = 400): GraphQLError =>
  new GraphQLError('the request was refused', {
    originalError: new AggregateError(faults),
    extensions: { http: { status, headers: new HeaderMap() } },
  });

/** The faults of an error that `refusalOf` made, or the error itself. */
export const faultsOf = (error: unknown): readonly unknown[] => {
  const cause = error instanceof GraphQLError ? error.originalError : error;
  return cause instanceof AggregateError ? (cause.errors as readonly unknown[]) : [error];
};
