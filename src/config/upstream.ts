import { interfaceNames } from '../wechatpay/api/interfaces';
import type { WechatPaySettings } from '../wechatpay/settings';
import { isLoopback } from './exposure';
import { members, numeric, problem, text, type Setting } from './reader';

/** Reads an origin of WeChat Pay, or of a sandbox on this machine. */
export const readOrigin = (setting: Setting, fallback: string): string => {
  if (setting.value === undefined) return fallback;
  const rule = { as: `an https origin such as ${fallback}` };
  const value = text(setting, rule);
  if (value === undefined || !URL.canParse(value)) {
    if (value !== undefined) problem(setting, `must be ${rule.as}`);
    return fallback;
  }
  const { protocol, hostname, origin } = new URL(value);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(hostname)))
    problem(setting, `must be ${rule.as}; http is for loopback only`);
  if (value.replace(/\/$/, '') !== origin) problem(setting, `must be ${rule.as}, without a path`);
  return origin;
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
