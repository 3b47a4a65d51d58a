import type { Routes } from '../server/http/router';
import type { AuthMiddleware } from './auth-middleware';
import { createNodeIds } from '../graphql/relay/node-id';
import { createBulkTemplatesRoute } from './bulk-templates-route';
import { createBulkFilesRoute, createBulkResultsRoute, type BulkRoutesDeps } from './bulk-routes';
import { createImageRoute, type ImageRouteDeps } from './image-route';

/** The routes for files. */
export const createFileRoutes = ({
  auth,
  ...deps
}: ImageRouteDeps & BulkRoutesDeps & { readonly auth: AuthMiddleware }): Routes => ({
  '/images': { methods: ['POST'], handle: auth.route(createImageRoute(deps)) },
  '/bulk/files': { methods: ['POST'], isLong: true, handle: auth.route(createBulkFilesRoute(deps)) },
  '/bulk/templates/': { methods: ['GET'], handle: auth.route(createBulkTemplatesRoute(deps)) },
  '/bulk/results': {
    methods: ['GET'],
    handle: auth.route(createBulkResultsRoute({ ...deps, nodeIds: createNodeIds(deps.config.ids.key) })),
  },
});
