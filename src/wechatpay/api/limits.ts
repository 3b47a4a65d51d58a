import { interfaces, type InterfaceName } from './interfaces';
import type { Route, WechatPaySettings } from '../settings';

/** Calls per second by interface and route: the configured limit. Default: the documented one. May change at run time. */
export interface Limits {
  readonly of: (name: InterfaceName, route: Route) => number;
  /** Applies from the next call on. The rate rises to a higher limit step by step, as after a refusal. */
  replace(overrides: WechatPaySettings['limits']): void;
}

export const createLimits = (initial: WechatPaySettings['limits']): Limits => {
  let overrides = initial;
  return {
    of: (name, route) => overrides[name]?.[route] ?? interfaces[name].callsPerSecond[route],
    replace(next) {
      overrides = next;
    },
  };
};
