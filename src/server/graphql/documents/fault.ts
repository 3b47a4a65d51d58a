import { HeaderMap } from '@apollo/server';
import { GraphQLError, type ASTNode } from 'graphql';
import { AppError, type ErrorCode } from '../../../shared/errors';

/** A whole sentence: [English, Chinese]. Never repeats a value of the request. */
export type Sentence = readonly [en: string, zh: string];

/** One fault of a request. `nodes` are its places in the document. */
export const fault = (code: ErrorCode, sentence: Sentence, nodes: readonly ASTNode[] = []): GraphQLError =>
  faultOf(new AppError(code, sentence[0], { publicMessage: sentence }), nodes);

export const faultOf = (error: AppError, nodes: readonly ASTNode[] = []): GraphQLError =>
  new GraphQLError(error.message, { nodes, originalError: error });

/** All faults of a request as one error, because Apollo accepts one error from a plugin. */
export const refusalOf = (faults: readonly unknown[], status = 400): GraphQLError =>
  new GraphQLError('the request was refused', {
    originalError: new AggregateError(faults),
    extensions: { http: { status, headers: new HeaderMap() } },
  });

/** The faults of an error made by `refusalOf`, or the error itself. */
export const faultsOf = (error: unknown): readonly unknown[] => {
  const cause = error instanceof GraphQLError ? error.originalError : error;
  return cause instanceof AggregateError ? (cause.errors as readonly unknown[]) : [error];
};
