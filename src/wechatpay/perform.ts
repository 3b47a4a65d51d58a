import type {
  Bucket,
  CacheRule,
  Call,
  Reply,
  Scope,
  Send,
  UpstreamRequest,
  WriteRule,
} from '../traffic/call';
import { interfaces, type InterfaceName } from './interfaces';
import { buildRequest, type UpstreamArguments } from './request';
import type { Route } from './settings';

/** What of a call depends on the route that was chosen for it. */
export interface RouteRules {
  readonly cache?: CacheRule;
  readonly writes?: WriteRule;
}

/** One call of one interface for the brand that `args.brand_id` names. Rejects with AppError. */
export type Perform = (
  name: InterfaceName,
  args: UpstreamArguments,
  scope: Scope,
  rules?: (route: Route) => RouteRules,
) => Promise<Reply>;

/** The same with a request of the caller's own making. */
export type Dispatch = (
  call: { readonly name: InterfaceName; readonly brandId: string; readonly scope: Scope },
  make: (route: Route) => RouteRules & { readonly request: UpstreamRequest },
) => Promise<Reply>;

export interface PerformParts {
  readonly send: Send;
  /** Whose key signs for the brand on one of these routes. Throws MISCONFIGURED where nobody's does. */
  readonly accountOf: (brandId: string, routes: readonly Route[]) => Call['account'];
  /** Calls per second of one interface on one route. */
  readonly limitOf: (name: InterfaceName, route: Route) => number;
}

export const createPerform = ({ send, accountOf, limitOf }: PerformParts) => {
  const bucketFor = (name: InterfaceName, account: Call['account']): Bucket => ({
    id: `${account.route === 'brand' ? 'brand' : 'mchid'}/${account.id}/${name}`,
    callsPerSecond: limitOf(name, account.route),
  });

  // Asynchronous, so that a brand without a credential rejects like every other failure.
  const dispatch: Dispatch = async ({ name, brandId, scope }, make) => {
    const account = accountOf(brandId, interfaces[name].routes);
    return send({
      ...scope,
      name,
      brandId,
      account,
      bucket: bucketFor(name, account),
      repeat: interfaces[name].repeat,
      ...make(account.route),
    });
  };

  const perform: Perform = (name, args, scope, rules) =>
    dispatch({ name, brandId: String(args.brand_id), scope }, (route) => ({
      request: buildRequest(name, route, args),
      ...rules?.(route),
    }));

  return {
    perform,
    dispatch,
    bucketOf: (name: InterfaceName, brandId: string): Bucket =>
      bucketFor(name, accountOf(brandId, interfaces[name].routes)),
  };
};
