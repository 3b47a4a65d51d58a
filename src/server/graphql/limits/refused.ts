import { HeaderMap } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { AppError, type ErrorCode, type ErrorFacts } from '../../../shared/errors';

/** A refusal of the whole request before execution, in the form Apollo accepts from a plugin. */
export const refused = (error: AppError, status = 400): GraphQLError =>
  new GraphQLError(error.message, {
    originalError: error,
    extensions: { http: { status, headers: new HeaderMap() } },
  });

/** A limit that the request exceeds. `en` and `zh` are sentences without the full stop and never quote the request. */
export const overLimit = (
  [en, zh]: readonly [en: string, zh: string],
  { code = 'BAD_USER_INPUT', ...facts }: { readonly code?: ErrorCode } & ErrorFacts = {},
): AppError => new AppError(code, en, { publicMessage: [`${en}.`, `${zh}。`], ...facts });
