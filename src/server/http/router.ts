import type { IncomingMessage, ServerResponse } from 'node:http';

/** Handles one request. Whatever it throws becomes a 500 without details. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** HEAD is not a method of its own: what GET serves, HEAD serves without a body. */
export type Method = 'GET' | 'POST';

export interface Route {
  /** All other methods are refused with 405 before the handler is called. */
  readonly methods: readonly Method[];
  readonly handle: Handler;
  /** A file may take as long as it needs, as long as it moves: `requestTimeoutMs` does not apply. Default: false. */
  readonly isLong?: boolean;
}

/** By exact path, without a slash at the end; a name that ends in `/` matches every path below it. */
export type Routes = Readonly<Record<string, Route>>;

export interface RouterOptions<T> {
  /** Routes below the base path. */
  readonly routes: Readonly<Record<string, T>>;
  /** Routes that have the same path whatever the base path is. Default: none. */
  readonly rootRoutes?: Readonly<Record<string, T>> | undefined;
  /** E.g. `/member-cards`. Default: empty. */
  readonly basePath?: string | undefined;
}

export interface Match<T> {
  /** As the server names the route. */
  readonly name: string;
  readonly route: T;
  /** The request's target without base path and without a slash at the end of its path. */
  readonly target: string;
}

/** Finds the route of a request target such as `/graphql/?query=…`; `undefined` if there is none. */
export type Router<T> = (target: string) => Match<T> | undefined;

export const createRouter = <T>({ routes, rootRoutes = {}, basePath = '' }: RouterOptions<T>): Router<T> => {
  const inRoot = finderOf(rootRoutes);
  const inBase = finderOf(routes);
  return (target) => {
    const mark = target.indexOf('?');
    const path = withoutSlash(mark === -1 ? target : target.slice(0, mark));
    const search = mark === -1 ? '' : target.slice(mark);
    const below = belowBase(path, basePath);
    return inRoot(path, search) ?? (below === undefined ? undefined : inBase(below, search));
  };
};

const finderOf = <T>(
  routes: Readonly<Record<string, T>>,
): ((path: string, search: string) => Match<T> | undefined) => {
  const exact = new Map(Object.entries(routes));
  const prefixes = [...exact.keys()].filter((name) => name.endsWith('/') && name !== '/');
  return (path, search) => {
    const name = exact.has(path) ? path : prefixes.find((prefix) => path.startsWith(prefix));
    const route = name === undefined ? undefined : exact.get(name);
    return name === undefined || route === undefined ? undefined : { name, route, target: path + search };
  };
};

const withoutSlash = (path: string): string =>
  path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;

const belowBase = (path: string, basePath: string): string | undefined => {
  if (basePath === '') return path;
  if (path === basePath) return '/';
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : undefined;
};
