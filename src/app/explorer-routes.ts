import type { Config } from '../config/config';
import { createExplorer, wantsPage, type ExplorerOptions } from '../server/explorer/explorer';
import { headerOf } from '../server/http/headers';
import type { Handler, Routes } from '../server/http/router';

/** Serves the explorer page to browsers and GraphQL to everybody else. */
export const withExplorer = (
  graphql: Handler,
  explorer: ExplorerOptions,
  { auth, http: { basePath }, hasConsole }: Pick<Config, 'auth' | 'http'> & { readonly hasConsole: boolean },
): { readonly graphql: Handler; readonly routes: Routes } => {
  const { page, routes } = createExplorer({
    ...explorer,
    needsToken: auth !== undefined,
    hasConsole,
    basePath,
  });
  return {
    graphql: (request, response) =>
      wantsPage(request.method, headerOf(request, 'accept'))
        ? page(request, response)
        : graphql(request, response),
    routes,
  };
};
