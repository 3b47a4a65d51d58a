import type { Bucket, CacheRule, Call, Reply, Scope, Send, WriteRule } from '../traffic/call';
import { interfaces, type InterfaceName } from './interfaces';
import { buildRequest, type UpstreamArguments } from './request';
import type { Route } from './settings';

/** What of a call depends on the route that was chosen for it. */
export type Rules = (route: Route) => { readonly cache?: CacheRule; readonly writes?: WriteRule };

/** One call of one interface for the brand that `args.brand_id` names. Rejects with AppError. */
export type Perform = (
  name: InterfaceName,
  args: UpstreamArguments,
  scope: Scope,
  rules?: Rules,
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
  const perform: Perform = async (name, args, scope, rules) => {
    const brandId = String(args.brand_id);
    const account = accountOf(brandId, interfaces[name].routes);
    return send({
      ...scope,
      name,
      brandId,
      account,
      bucket: bucketFor(name, account),
      repeat: interfaces[name].repeat,
      request: buildRequest(name, account.route, args),
      ...rules?.(account.route),
    });
  };

  return {
    perform,
    bucketOf: (name: InterfaceName, brandId: string): Bucket =>
      bucketFor(name, accountOf(brandId, interfaces[name].routes)),
  };
};
