import type { Routes } from '../server/http/router';
import type { AuthMiddleware } from './auth-middleware';
import { createBulkFilesRoute, type BulkRoutesDeps } from './bulk-routes';
import { createImageRoute, type ImageRouteDeps } from './image-route';

/** The routes to which callers send files. */
export const createUploadRoutes = ({
  auth,
  ...deps
}: ImageRouteDeps & BulkRoutesDeps & { readonly auth: AuthMiddleware }): Routes => ({
  '/images': { methods: ['POST'], handle: auth.route(createImageRoute(deps)) },
  '/bulk/files': { methods: ['POST'], handle: auth.route(createBulkFilesRoute(deps)) },
});
