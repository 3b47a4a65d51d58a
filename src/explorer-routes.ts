import { createExplorer, wantsPage, type ExplorerParts } from './server/explorer/explorer';
import type { Handler } from './server/http';

/** The routes of the page for browsers, and GraphQL for everybody else. */
export const withExplorer = (graphql: Handler, explorer: ExplorerParts): Record<string, Handler> => {
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
