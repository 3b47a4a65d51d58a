import { ApolloServerErrorCode } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AppError } from '../shared/errors';

export interface ErrorReport {
  /** Stands in the client's answer and in the log. */
  readonly errorId: string;
  readonly error: unknown;
}

export interface ErrorFormat {
  readonly language: 'en' | 'zh';
  readonly newErrorId: () => string;
  readonly report: (report: ErrorReport) => void;
}

/** Codes of faults in the request itself, whose messages graphql-js and Apollo make from the document alone. */
const requestFaults: ReadonlySet<unknown> = new Set([
  ApolloServerErrorCode.GRAPHQL_PARSE_FAILED,
  ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED,
  ApolloServerErrorCode.BAD_REQUEST,
  ApolloServerErrorCode.OPERATION_RESOLUTION_FAILURE,
  ApolloServerErrorCode.PERSISTED_QUERY_NOT_FOUND,
  ApolloServerErrorCode.PERSISTED_QUERY_NOT_SUPPORTED,
]);

/** graphql-js ends a list of coercion errors with this one, to which Apollo gives no code. */
const tooManyFaults = 'Too many errors processing variables, error limit reached. Execution aborted.';

const internal = { en: 'Internal error.', zh: '内部错误。' } as const;

/** The one translation of an error into what a client may read, by allow-list. Does not throw, whatever was thrown. */
export const formatError = (
  thrown: unknown,
  { language, newErrorId, report }: ErrorFormat,
): GraphQLFormattedError => {
  try {
    const graphQLError = thrown instanceof GraphQLError ? thrown : undefined;
    const error = graphQLError?.originalError ?? thrown;
    const place = {
      ...(graphQLError?.locations ? { locations: graphQLError.locations } : {}),
      ...(graphQLError?.path ? { path: graphQLError.path } : {}),
    };
    if (error instanceof AppError)
      return { ...fromAppError(error, language, { newErrorId, report }), ...place };
    const code = graphQLError?.extensions.code;
    if (graphQLError?.message === tooManyFaults)
      return { message: tooManyFaults, extensions: { code: ApolloServerErrorCode.BAD_USER_INPUT } };
    if (graphQLError !== undefined && code === ApolloServerErrorCode.BAD_USER_INPUT)
      return { message: withoutValue(graphQLError.message), ...place, extensions: { code } };
    if (graphQLError !== undefined && requestFaults.has(code))
      return { message: withoutValue(graphQLError.message), ...place, extensions: { code } };
    return { ...masked(error, language, { newErrorId, report }), ...place };
  } catch {
    return { message: internal[language], extensions: { code: 'INTERNAL_SERVER_ERROR' } };
  }
};

type Reporting = Pick<ErrorFormat, 'newErrorId' | 'report'>;

const masked = (error: unknown, language: 'en' | 'zh', { newErrorId, report }: Reporting) => {
  const errorId = newErrorId();
  report({ errorId, error });
  return { message: internal[language], extensions: { code: 'INTERNAL_SERVER_ERROR', errorId } };
};

/** Faults that somebody on our side must mend: the client gets the id under which the log has the rest. */
const alarming: ReadonlySet<string> = new Set([
  'MISCONFIGURED',
  'UPSTREAM_SIGNATURE_INVALID',
  'UPSTREAM_MALFORMED',
  'DONE_UNREADABLE',
]);

const fromAppError = (error: AppError, language: 'en' | 'zh', reporting: Reporting) => {
  const { code, publicMessage, retryAfterMs, plannedCalls, known, upstream } = error;
  if (code === 'INTERNAL_SERVER_ERROR') return masked(error, language, reporting);
  const errorId = alarming.has(code) ? reporting.newErrorId() : undefined;
  if (errorId !== undefined) reporting.report({ errorId, error });
  return {
    message: publicMessage[language === 'en' ? 0 : 1],
    extensions: {
      code,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(plannedCalls === undefined ? {} : { plannedCalls }),
      ...(known === undefined ? {} : { known }),
      ...(upstream?.wechatCode === undefined ? {} : { wechatCode: upstream.wechatCode }),
      ...(upstream?.requestId === undefined ? {} : { requestId: upstream.requestId }),
      ...(errorId === undefined ? {} : { errorId }),
    },
  };
};

/**
 * graphql-js quotes what it could not coerce (`got invalid value "138…"`, `cannot represent value: …`), and document
 * literals in validation messages. Quotations go; names of types, fields and variables stay.
 */
const withoutValue = (message: string): string =>
  message
    .replace(/got invalid value .*?(?= at "[\w.[\]]+";|;)/s, 'got an invalid value')
    .replace(/(cannot represent [\w\s-]*?value): .*$/s, '$1.')
    .replace(/(Value) ("[^"]*"|[^\s"]+) (does not exist in "\w+" enum).*$/s, '$1 $3.')
    .replace(
      /Expected value of type ("[^"]+"), found [\s\S]*?([;.])(?=\s|$)/,
      'Expected a value of type $1$2',
    )
    .replace(/(Syntax Error: .*?) ("[^"]*"|Name ".*"|String ".*")\.?$/s, '$1.');
