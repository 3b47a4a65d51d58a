import type {
  ApolloServerPlugin,
  GraphQLRequestContext,
  GraphQLRequestContextWillSendResponse,
  GraphQLResponse,
} from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import { graphQLResponse } from '../http/accept';
import { responseHeader } from '../http/headers';
import type { EdgeContext } from './edge-context';
import { faultsOf } from './documents/fault';
import { formatError, type ErrorFormat } from './format-error';
import type { ThrottleStatusOf } from './operation-stats';
import { defined } from '../../shared/defined';

export interface AnswerOptions extends Pick<ErrorFormat, 'newErrorId' | 'report' | 'nameRefusal'> {
  readonly throttleStatus: ThrottleStatusOf;
}

/**
 * Finishes every response: translates errors to the caller's language, adds the operation's costs, and sets HTTP status and
 * headers.
 */
export const answerPlugin = <C extends EdgeContext>(options: AnswerOptions): ApolloServerPlugin<C> => ({
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse(context: GraphQLRequestContextWillSendResponse<C>) {
        const { response, errors, contextValue } = context;
        if (response.body.kind !== 'single') return Promise.resolve();
        const result = response.body.singleResult;
        if (errors !== undefined && errors.length > 0)
          result.errors = errors.flatMap(faultsOf).map((error) =>
            formatError(error, {
              ...options,
              language: contextValue.language,
              permissions: contextValue.permissions,
            }),
          );
        const consistency = contextValue.consistency();
        if (consistency !== undefined)
          response.http.headers.set(responseHeader.consistencyToken, consistency);
        const preference = contextValue.wait.applied(context.operation?.operation);
        if (preference !== undefined) response.http.headers.set(responseHeader.preferenceApplied, preference);
        result.extensions = {
          ...result.extensions,
          ...contextValue.stats.toExtensions(options.throttleStatus),
          ...defined({ consistency }),
        };
        setHttp(response, result, acceptsGraphQLResponse(context));
        response.http.headers.set(
          'cache-control',
          contextValue.holdsPersonalData() ? 'private, no-store' : 'no-store',
        );
        return Promise.resolve();
      },
    }),
});

const acceptsGraphQLResponse = ({ request }: GraphQLRequestContext<EdgeContext>): boolean =>
  request.http?.headers.get('accept')?.includes(graphQLResponse) === true;

/**
 * Codes of well-formed requests whose errors have status 200 in the older media type (GraphQL over HTTP, application/json). A
 * client that expects it treats any other status as a network error.
 */
const wellFormedFaults: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
  'QUERY_TOO_EXPENSIVE',
]);

const setHttp = (
  response: Pick<GraphQLResponse, 'http'>,
  { data, errors = [] }: { data?: unknown; errors?: readonly GraphQLFormattedError[] },
  strict: boolean,
): void => {
  const { http } = response;
  if (
    !strict &&
    errors.length > 0 &&
    errors.every(({ extensions }) => wellFormedFaults.has(extensions?.code))
  )
    http.status = 200;
  const waits = errors
    .map(({ extensions }) => extensions?.retryAfterMs)
    .filter((ms) => typeof ms === 'number');
  if (waits.length === 0) return;
  http.headers.set(responseHeader.retryAfter, String(Math.ceil(Math.max(...waits) / 1000)));
  const nothingServed =
    data === null || data === undefined || Object.values(data).every((value) => value === null);
  const onlyOf = (codes: readonly unknown[]) =>
    errors.every(({ extensions }) => codes.includes(extensions?.code));
  if (!strict || !nothingServed) return;
  if (onlyOf(['UPSTREAM_RATE_LIMITED'])) http.status = 429;
  else if (onlyOf(['UPSTREAM_RATE_LIMITED', 'UPSTREAM_BUSY'])) http.status = 503;
};
