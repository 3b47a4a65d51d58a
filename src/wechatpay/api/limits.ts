import { interfaces, type InterfaceName } from './interfaces';
import type { Call } from '../../traffic/calls/call';
import type { WechatPaySettings } from '../settings';

export type LimitSettings = Pick<WechatPaySettings, 'limits' | 'brands'>;

/**
 * Calls per second of an interface by the account that signs: what WeChat Pay granted the brand, or else the configured limit of
 * the route. Default: the documented one. May change at run time.
 */
export interface Limits {
  readonly of: (name: InterfaceName, account: Call['account']) => number;
  /** Applies from the next call on. The rate rises to a higher limit step by step, as after a refusal. */
  replace(settings: LimitSettings): void;
}

export const createLimits = (initial: LimitSettings): Limits => {
  const index = ({ limits, brands }: LimitSettings) => ({
    limits,
    ofBrands: new Map(brands.map(({ brandId, limits: own = {} }) => [brandId, own])),
  });
  let held = index(initial);
  return {
    of(name, { route, id }) {
      const own = route === 'brand' ? held.ofBrands.get(id)?.[name] : undefined;
      return own ?? held.limits[name]?.[route] ?? interfaces[name].callsPerSecond[route];
    },
    replace(next) {
      held = index(next);
    },
  };
};
