import { ApolloServerErrorCode } from '@apollo/server/errors';
import { GraphQLError, Kind, type GraphQLFormattedError } from 'graphql';
import type { Permissions } from '../../auth/permissions';
import { AppError, publicText, type ErrorCode } from '../../shared/errors';
import { locationsOf } from './documents/locations';
import { shownName } from './plain-name';
import { defined } from '../../shared/defined';
import { textIn, type Language } from '../../shared/language';

export interface ErrorReport {
  /** Appears in the client's response and in the log. */
  readonly errorId: string;
  readonly error: unknown;
}

export interface ErrorFormat {
  readonly language: Language;
  /** What the caller may do. It decides how much an error of WeChat Pay says. */
  readonly permissions: Pick<Permissions, 'mayAnywhere' | 'has'>;
  readonly newErrorId: () => string;
  readonly report: (report: ErrorReport) => void;
  readonly nameRefusal: NameRefusal;
}

/** For errors that occur before the caller is known. */
export const noPermissions: ErrorFormat['permissions'] = { mayAnywhere: () => false, has: () => false };

/** Names a refusal of WeChat Pay as the mutations do; `undefined` if no document names it. */
export type NameRefusal = (
  error: AppError,
  language: Language,
) =>
  | { readonly code: string; readonly message: string; readonly field: readonly string[] | undefined }
  | undefined;

/**
 * Faults found by graphql-js or Apollo before the request was prepared. Their messages may quote the request, so clients get
 * ours.
 */
const requestFaults: Readonly<Record<string, ErrorCode>> = {
  [ApolloServerErrorCode.GRAPHQL_PARSE_FAILED]: 'GRAPHQL_PARSE_FAILED',
  [ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED]: 'GRAPHQL_VALIDATION_FAILED',
  [ApolloServerErrorCode.BAD_USER_INPUT]: 'BAD_USER_INPUT',
  [ApolloServerErrorCode.BAD_REQUEST]: 'BAD_REQUEST',
  [ApolloServerErrorCode.OPERATION_RESOLUTION_FAILURE]: 'OPERATION_RESOLUTION_FAILURE',
};

/** Messages of the persisted-query protocol, by which Apollo's clients recognise the case. */
const persistedQueryWords: Readonly<Record<string, string>> = {
  [ApolloServerErrorCode.PERSISTED_QUERY_NOT_FOUND]: 'PersistedQueryNotFound',
  [ApolloServerErrorCode.PERSISTED_QUERY_NOT_SUPPORTED]: 'PersistedQueryNotSupported',
};

const internal = { en: 'Internal error.', zh: '内部错误。' } as const;

/** The only conversion of errors to public errors, by allow-list. Never throws. */
export const formatError = (thrown: unknown, format: ErrorFormat): GraphQLFormattedError => {
  const { language } = format;
  try {
    const graphQLError = thrown instanceof GraphQLError ? thrown : undefined;
    const inner = graphQLError === undefined ? undefined : innermost(graphQLError);
    const error = inner?.originalError ?? thrown;
    const locations = graphQLError === undefined ? undefined : locationsOf(graphQLError);
    const place = {
      ...defined({ locations }),
      ...(graphQLError?.path ? { path: graphQLError.path } : {}),
    };
    if (error instanceof AppError) return { ...fromAppError(error, format), ...place };
    const fault = inner === undefined ? undefined : requestFault(inner);
    if (fault !== undefined) return { ...fault[language], ...place };
    return { ...masked(error, format), ...place };
  } catch {
    return { message: internal[language], extensions: { code: 'INTERNAL_SERVER_ERROR' } };
  }
};

/** The innermost graphql-js error: the executor and Apollo wrap them in each other. */
const innermost = (error: GraphQLError): GraphQLError => {
  let inner = error;
  while (inner.originalError instanceof GraphQLError) inner = inner.originalError;
  return inner;
};

const requestFault = (error: GraphQLError): Readonly<Record<Language, GraphQLFormattedError>> | undefined => {
  const said = (code: string, [en, zh]: readonly [string, string]) => ({
    en: { message: en, extensions: { code } },
    zh: { message: zh, extensions: { code } },
  });
  const code = String(error.extensions.code);
  const [node] = error.nodes ?? [];
  // Only execution shows that a nullable variable is null for an argument that must not be null.
  if (error.extensions.code === undefined && !error.originalError && node?.kind === Kind.VARIABLE) {
    const name = shownName(node.name.value);
    return said('BAD_USER_INPUT', [
      `Variable ${name} must not be null here.`,
      `此处变量 ${name} 不能为 null。`,
    ]);
  }
  const words = persistedQueryWords[code];
  if (words !== undefined) return said(code, [words, words]);
  const own = requestFaults[code];
  return own === undefined ? undefined : said(own, publicText[own]);
};

const masked = (error: unknown, { language, newErrorId, report }: ErrorFormat) => {
  const errorId = newErrorId();
  report({ errorId, error });
  return { message: internal[language], extensions: { code: 'INTERNAL_SERVER_ERROR', errorId } };
};

/** Errors that the operator must fix. The client gets an id under which the log has the details. */
const alarming: ReadonlySet<string> = new Set([
  'MISCONFIGURED',
  'UPSTREAM_SIGNATURE_INVALID',
  'UPSTREAM_MALFORMED',
  'DONE_UNREADABLE',
  'DECRYPTION_KEY_MISSING',
]);

const fromAppError = (error: AppError, format: ErrorFormat) => {
  const { language, permissions } = format;
  const { publicMessage, retryAfterMs, plannedCalls, known, upstream, hint } = error;
  if (error.code === 'INTERNAL_SERVER_ERROR') return masked(error, format);
  const errorId = alarming.has(error.code) ? format.newErrorId() : undefined;
  if (errorId !== undefined) format.report({ errorId, error });
  const named = format.nameRefusal(error, language);
  const isAdmin = permissions.has('admin');
  const seesSentence = isAdmin || permissions.mayAnywhere('write');
  return {
    message: named?.message ?? textIn(language, publicMessage),
    extensions: {
      code: named?.code ?? error.code,
      ...defined({
        field: named?.field,
        retryAfterMs,
        plannedCalls,
        known,
        wechatCode: upstream?.wechatCode,
        requestId: upstream?.requestId,
        wechatMessage: seesSentence ? upstream?.sentence?.text : undefined,
        hint: isAdmin && hint !== undefined ? textIn(language, hint) : undefined,
        errorId,
      }),
    },
  };
};
