import { ClientError, GraphQLClient } from 'graphql-request';
import { createClient as createStreamClient } from 'graphql-sse';
import { settings } from '../app/settings';
import type { Language } from '../i18n/texts';
import type { TypedDocumentString } from './documents';
import { offline, problemOf, type Problem, type SentError } from './problem';

/** What came back: data, problems, or both if a part failed. */
export interface Answer<T> {
  readonly data: T | undefined;
  readonly problems: readonly Problem[];
}

export interface Client {
  /** Runs a query or a mutation. Never rejects; an aborted one is `offline`. */
  readonly ask: <T, V extends Readonly<Record<string, unknown>>>(
    document: TypedDocumentString<T, V>,
    variables: V,
    signal?: AbortSignal,
  ) => Promise<Answer<T>>;
  /** The answers to a subscription, until `signal`. `onOpen`: called when the server has accepted it. If the stream is refused or breaks off, the last one has no data. */
  readonly follow: <T, V extends Readonly<Record<string, unknown>>>(
    document: TypedDocumentString<T, V>,
    variables: V,
    { signal, onOpen }: { readonly signal: AbortSignal; readonly onOpen: () => void },
  ) => AsyncGenerator<Answer<T>, void, void>;
  /** The headers of the reader's requests, for what is not GraphQL: uploads and downloads. */
  readonly headers: () => Readonly<Record<string, string>>;
}

/** Read-your-writes across a fleet: every request carries what the last response said. */
const consistencyHeader = 'consistency-token';

export const createClient = (token: string, language: Language): Client => {
  let consistency: string | undefined;
  const headers = (): Readonly<Record<string, string>> => ({
    'accept-language': language,
    // Proves to the server's CSRF guard that a script of this origin asks.
    'apollo-require-preflight': '1',
    ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    ...(consistency === undefined ? {} : { [consistencyHeader]: consistency }),
  });
  const origin = location.origin + settings.basePath;
  const http = new GraphQLClient(`${origin}/graphql`, { errorPolicy: 'all' });

  return {
    headers,
    async ask(document, variables, signal) {
      try {
        const response = await http.rawRequest<unknown, Record<string, unknown>>({
          query: document.toString(),
          variables: { ...variables },
          requestHeaders: headers(),
          ...(signal === undefined ? {} : { signal }),
        });
        consistency = response.headers.get(consistencyHeader) ?? consistency;
        const errors = (response.errors ?? []) as readonly SentError[];
        return {
          data: (response.data ?? undefined) as never,
          problems: errors.map((error) => problemOf(error)),
        };
      } catch (error) {
        return { data: undefined, problems: problemsOf(error) };
      }
    },
    async *follow(document, variables, { signal, onOpen }) {
      const client = createStreamClient({
        url: `${origin}/graphql/stream`,
        headers: headers(),
        retryAttempts: 0,
        on: { connected: onOpen },
      });
      const results = client.iterate({ query: document.toString(), variables: { ...variables } });
      const end = () => {
        client.dispose();
      };
      signal.addEventListener('abort', end);
      try {
        for await (const { data, errors = [] } of results)
          yield {
            data: (data ?? undefined) as never,
            problems: (errors as readonly SentError[]).map((error) => problemOf(error)),
          };
      } catch (error) {
        if (!signal.aborted) yield { data: undefined, problems: [await streamProblem(error)] };
      } finally {
        signal.removeEventListener('abort', end);
        client.dispose();
      }
    },
  };
};

const problemsOf = (error: unknown): readonly Problem[] => {
  if (!(error instanceof ClientError)) return [offline];
  const { errors = [], headers } = error.response;
  const afterSeconds = Number(new Headers(headers).get('retry-after') ?? NaN);
  const retryAfterMs = Number.isFinite(afterSeconds) ? afterSeconds * 1000 : undefined;
  const found = (errors as readonly SentError[]).map((one) => problemOf(one, retryAfterMs));
  // A proxy's page in place of the server's answer.
  return found.length === 0 ? [offline] : found;
};

/** What the server said when it refused the stream. */
const streamProblem = async (error: unknown): Promise<Problem> => {
  const response: unknown = Reflect.get(Object(error) as object, 'response');
  if (!(response instanceof Response)) return offline;
  const body: unknown = await response.json().catch(() => undefined);
  const errors: unknown = Reflect.get(Object(body) as object, 'errors');
  const [first] = Array.isArray(errors) ? (errors as readonly SentError[]) : [];
  const after = Number(response.headers.get('retry-after') ?? NaN);
  return first === undefined ? offline : problemOf(first, Number.isFinite(after) ? after * 1000 : undefined);
};
