import type { IncomingMessage, ServerResponse } from 'node:http';
import { getOperationAST, type DocumentNode, type GraphQLSchema, type OperationTypeNode } from 'graphql';
import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import type { Documents } from './documents/documents';
import {
  prepareRequest,
  type PreparedRequest,
  type RequestCheck,
  type RequestParameters,
} from './documents/prepare-request';
import type { EdgeContext } from './edge-context';
import type { VariableLimits } from './limits/variable-limits';
import { operationEventOf, type FinishedOperation } from './finished-operation';
import type { OperationEvent } from './operation-event';
import { createReceive, type OperationParameters, type ReceivedRequest } from './receive-request';
import type { AdmitDocument } from './trusted-documents';

export interface ChainLimits extends VariableLimits {
  /** Maximum number of errors reported about one operation's variables. */
  readonly errors: number;
  /** Maximum request body, bytes. */
  readonly bodyBytes: number;
  /** Time from the end of the body to the response, ms; for a subscription, of each event. */
  readonly operationMs: number;
}

export interface OperationChainOptions<C extends EdgeContext> {
  readonly schema: GraphQLSchema;
  readonly admit: AdmitDocument;
  readonly documents: Documents;
  /** The checks that a valid request must pass before it is executed, in this order. */
  readonly checks: readonly RequestCheck<C>[];
  readonly limits: ChainLimits;
  readonly clock: Clock;
  readonly observe: (event: OperationEvent) => void;
}

/**
 * The steps of every GraphQL operation, on every transport, in the order of the methods. Before them, each request passes page
 * origin, credential and caller limit (`http/authenticate.ts`). A transport adds only how bytes are read and written.
 */
export interface OperationChain<C extends EdgeContext> {
  readonly schema: GraphQLSchema;
  /** Size, form and trusted documents. If refused, it has been responded to and the result is `undefined`. */
  receive(request: IncomingMessage, response: ServerResponse): Promise<ReceivedRequest | undefined>;
  /** Trusted documents, for a request that did not come over HTTP. */
  readonly admit: AdmitDocument;
  /** Parsing, the document's limits, validation. Throws an AggregateError of GraphQLErrors. */
  load(text: string): DocumentNode;
  /** The operation, limits and coercion of variables, then the checks: introspection, cost. Rejects as `load` throws. */
  prepare(document: DocumentNode, parameters: RequestParameters, context: C): Promise<PreparedRequest>;
  /** Aborts the execution when `operationMs` is over. Returns a function that ends the countdown. */
  limitTime(execution: AbortController): () => void;
  /** Records the operation in log and metrics. */
  readonly observe: (finished: Omit<FinishedOperation, 'schema'>) => OperationEvent;
  /** The type of the request's operation; `undefined` if the chain will refuse the request anyway. */
  typeOf(parameters: OperationParameters): OperationTypeNode | undefined;
  readonly limits: ChainLimits;
}

export const createOperationChain = <C extends EdgeContext>({
  schema,
  admit,
  documents,
  checks,
  limits,
  clock,
  observe,
}: OperationChainOptions<C>): OperationChain<C> => {
  /** The last refused document, because `typeOf` and `load` ask for the same one. */
  let refused: { readonly text: string; readonly error: unknown } | undefined;
  const load = (text: string): DocumentNode => {
    if (refused?.text === text) throw refused.error;
    try {
      return documents.load(text);
    } catch (error) {
      refused = { text, error };
      throw error;
    }
  };
  return {
    schema,
    limits,
    admit,
    receive: createReceive({ admit, bodyBytes: limits.bodyBytes }),
    load,
    async prepare(document, parameters, context) {
      const prepared = prepareRequest(document, parameters, { schema, limits });
      for (const check of checks) await check(prepared, context);
      return prepared;
    },
    limitTime: (execution) =>
      clock.after(limits.operationMs, () => {
        execution.abort(new AppError('UPSTREAM_UNAVAILABLE', 'the operation took too long'));
      }),
    observe(finished) {
      const event = operationEventOf({ ...finished, schema });
      observe(event);
      return event;
    },
    typeOf({ query, operationName }) {
      try {
        return getOperationAST(load(query), operationName)?.operation;
      } catch {
        return undefined;
      }
    },
  };
};
