import { interfaceNames } from '../wechatpay/api/interfaces';
import type { WechatPaySettings } from '../wechatpay/settings';
import { isLoopback } from './exposure';
import { defaults } from './config';
import { members, numeric, problem, text, whole, type Setting } from './reader';

/**
 * Reads the address of WeChat Pay, of a sandbox on this machine, or of a relay in the deployment's network. Only a relay may be
 * reached by http from other machines, and only if the configuration says that it is one: openids and card codes then cross that
 * network in clear.
 */
export const readAddress = (
  setting: Setting,
  { fallback, relay }: { readonly fallback: string; readonly relay: boolean },
): string => {
  if (setting.value === undefined) {
    if (relay) problem(setting, 'is missing; with relay: true, write the address of the relay');
    return fallback;
  }
  const rule = { as: `an https address such as ${fallback}` };
  const value = text(setting, rule);
  if (value === undefined || !URL.canParse(value)) {
    if (value !== undefined) problem(setting, `must be ${rule.as}`);
    return fallback;
  }
  const { protocol, hostname, origin, username, password, search, hash } = new URL(value);
  const address = value.replace(/\/+$/, '');
  if (protocol !== 'https:' && !(protocol === 'http:' && (relay || isLoopback(hostname))))
    problem(
      setting,
      `must be ${rule.as}; http is for loopback, and for a relay in your own network with hosts.relay: true`,
    );
  if (username + password + search + hash !== '' || !/^(\/[\w.~-]+)*$/.test(address.slice(origin.length)))
    problem(setting, `must be ${rule.as}; only a relay's path may follow the host, without %, ? and #`);
  return address;
};

/** Reads how many calls may be under way. */
export const readConnections = (setting: Setting): WechatPaySettings['connections'] => {
  const own = members(setting, ['max', 'maxPerBrand']);
  const max = whole(own.max, { min: 2, max: 10_000, default: defaults.connections.max });
  const maxPerBrand = whole(own.maxPerBrand, {
    min: 1,
    max: 10_000,
    default: Math.min(defaults.connections.maxPerBrand, max),
  });
  if (maxPerBrand > max)
    problem(
      own.maxPerBrand,
      'must not be above connections.max: one brand would take the connections of all',
    );
  return { max, maxPerBrand };
};

/** Reads calls per second that differ from the documented limits. */
export const readLimits = (setting: Setting): WechatPaySettings['limits'] =>
  Object.fromEntries(
    Object.entries(members(setting, interfaceNames)).flatMap(([name, entry]) => {
      if (entry.value === undefined) return [];
      const { brand, partner } = members(entry, ['brand', 'partner']);
      return [[name, { ...limitOf('brand', brand), ...limitOf('partner', partner) }]];
    }),
  );

const limitOf = <Name extends string>(name: Name, setting: Setting): { [Key in Name]?: number } => {
  if (setting.value === undefined) return {};
  const value = numeric(setting) ?? 0;
  if (value > 0 && value <= 10_000) return { [name]: value } as { [Key in Name]?: number };
  problem(setting, 'must be a number of calls per second above 0');
  return {};
};
