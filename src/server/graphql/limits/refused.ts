import { HeaderMap } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { AppError, type ErrorCode, type ErrorFacts } from '../../../shared/errors';

/** A refusal of the whole request, before anything was executed, as Apollo takes it from a plugin. */
export const refused = (error: AppError, status = 400): GraphQLError =>
  new GraphQLError(error.message, {
    originalError: error,
    extensions: { http: { status, headers: new HeaderMap() } },
  });

/** A bound that the request breaks. `en` and `zh` are sentences without the full stop and never quote the request. */
export const overLimit = (
  [en, zh]: readonly [en: string, zh: string],
  { code = 'BAD_USER_INPUT', ...facts }: { readonly code?: ErrorCode } & ErrorFacts = {},
): AppError => new AppError(code, en, { publicMessage: [`${en}.`, `${zh}。`], ...facts });
