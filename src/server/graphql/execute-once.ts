import type { ApolloServer } from '@apollo/server';
import type { ExecutionResult } from 'graphql';
import type { EdgeContext } from './edge-context';
import type { OperationParameters } from './receive-request';

/** Runs a query or mutation whose result goes to a stream or socket. Its errors are formatted already. */
export type ExecuteOnce<C> = (parameters: OperationParameters, context: C) => Promise<ExecutionResult>;

/** The same Apollo as over HTTP, with the same plugins: they take the operation through the chain. */
export const createExecuteOnce =
  <C extends EdgeContext>(apollo: Pick<ApolloServer<C>, 'executeOperation'>): ExecuteOnce<C> =>
  async ({ query, operationName, variables }, contextValue) => {
    const { body } = await apollo.executeOperation(
      {
        query,
        ...(operationName === undefined ? {} : { operationName }),
        ...(variables === undefined ? {} : { variables }),
      },
      { contextValue },
    );
    if (body.kind !== 'single') return {};
    const { data, errors, extensions } = body.singleResult;
    return {
      ...(errors === undefined
        ? {}
        : { errors: errors as unknown as NonNullable<ExecutionResult['errors']> }),
      ...(data === undefined ? {} : { data }),
      ...(extensions === undefined ? {} : { extensions }),
    };
  };
