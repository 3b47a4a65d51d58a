import type { Caller } from '../../auth/caller';
import { AppError } from '../../shared/errors';
import type { CallerHandler } from '../http/authenticate';
import type { RequestCheck } from './documents/prepare-request';
import { notFound } from '../http/no-route';
import { lastingBody, sendBody, type Body } from '../http/send-body';
import { measure } from './limits/document-size';
import { refused } from './limits/refused';

/** Whether this caller may read the schema: everybody in development, otherwise holders of the scope `schema:read`. */
export type MaySeeSchema<C> = (context: C) => boolean;

/**
 * Allows introspection (`__schema`, `__type`) and the SDL for gateways (`_service`) only to callers that may read the schema;
 * `__typename` is always allowed.
 */
export const introspectionCheck =
  <C>(maySeeSchema: MaySeeSchema<C>): RequestCheck<C> =>
  ({ document, operation }, context) => {
    if (measure(document).get(operation)?.introspects === true && !maySeeSchema(context))
      throw refused(hidden(), 403);
  };

const hidden = (): AppError =>
  new AppError('FORBIDDEN', 'introspection without schema:read', {
    publicMessage: ['Introspection needs the scope schema:read.', '内省查询需要 schema:read 权限。'],
  });

export interface SchemaRouteOptions {
  /** Returns the schema in SDL, as in `schema/schema.graphql`. Called at most once, when it is first asked for. */
  readonly sdl: () => string;
  readonly maySee: (caller: Caller) => boolean;
}

/** Handles GET /schema.graphql. Callers that may not read the schema get the same 404 as for an unknown path. */
export const createSchemaRoute = ({ sdl, maySee }: SchemaRouteOptions): CallerHandler => {
  let body: Body | undefined;
  return (request, response, caller) => {
    if (!maySee(caller)) return notFound(request, response);
    request.resume();
    response.setHeader('content-type', 'application/graphql; charset=utf-8');
    response.setHeader('cache-control', 'private, no-store');
    return sendBody(response, (body ??= lastingBody(sdl())));
  };
};
