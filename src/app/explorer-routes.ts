import type { Config } from '../config/config';
import { createExplorer, wantsPage, type ExplorerOptions } from '../server/explorer/explorer';
import { headerOf } from '../server/http/headers';
import type { Handler } from '../server/http/http';

/** Serves the explorer page to browsers and GraphQL to everybody else. */
export const withExplorer = (
  graphql: Handler,
  explorer: ExplorerOptions,
  { auth }: Pick<Config, 'auth'>,
): Record<string, Handler> => {
  const { page, assets } = createExplorer({ ...explorer, needsToken: auth !== undefined });
  return {
    '/': page,
    '/explorer/': assets,
    '/graphql': (request, response) =>
      wantsPage(request.method, headerOf(request, 'accept'))
        ? page(request, response)
        : graphql(request, response),
  };
};
