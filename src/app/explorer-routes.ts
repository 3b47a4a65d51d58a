import { createExplorer, wantsPage, type ExplorerOptions } from '../server/explorer/explorer';
import type { Handler } from '../server/http/http';

/** The routes of the page for browsers, and GraphQL for everybody else. */
export const withExplorer = (graphql: Handler, explorer: ExplorerOptions): Record<string, Handler> => {
  const { page, assets } = createExplorer(explorer);
  return {
    '/': page,
    '/explorer/': assets,
    '/graphql': (request, response) =>
      wantsPage(request.method, request.headers.accept)
        ? page(request, response)
        : graphql(request, response),
  };
};
