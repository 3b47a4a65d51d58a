import { defaults, type Config } from './config';
import { entries, flag, members, problem, text, whole, type Setting } from './reader';

/** Reads the limits of the public port, and the origins whose pages may call it. */
export const readHttp = (setting: Setting): Config['http'] => {
  const own = members(setting, [
    'basePath',
    'console',
    'corsOrigins',
    'corsHeaders',
    'headersTimeoutMs',
    'requestTimeoutMs',
    'idleTimeoutMs',
    'maxConnections',
    'maxConnectionsPerAddress',
    'drainDelayMs',
  ]);
  const ms = (one: Setting, fallback: number) => whole(one, { min: 10, max: 600_000, default: fallback });
  return {
    basePath: readBasePath(own.basePath),
    console: flag(own.console, defaults.http.console),
    corsOrigins: entries(own.corsOrigins).flatMap((entry) => readOrigin(entry) ?? []),
    corsHeaders: entries(own.corsHeaders).flatMap((entry) => readHeaderName(entry) ?? []),
    headersTimeoutMs: ms(own.headersTimeoutMs, defaults.http.headersTimeoutMs),
    requestTimeoutMs: ms(own.requestTimeoutMs, defaults.http.requestTimeoutMs),
    idleTimeoutMs: ms(own.idleTimeoutMs, defaults.http.idleTimeoutMs),
    maxConnections: whole(own.maxConnections, {
      min: 1,
      max: 1_000_000,
      default: defaults.http.maxConnections,
    }),
    maxConnectionsPerAddress: whole(own.maxConnectionsPerAddress, {
      min: 1,
      max: 1_000_000,
      default: defaults.http.maxConnectionsPerAddress,
    }),
    drainDelayMs: whole(own.drainDelayMs, {
      min: 0,
      max: 120_000,
      default: defaults.http.drainDelayMs,
    }),
  };
};

const readBasePath = (setting: Setting): string => {
  if (setting.value === undefined || setting.value === '/') return defaults.http.basePath;
  const path = text(setting, {
    pattern: /^(\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+$/,
    as: 'a path such as /member-cards, which begins with a slash and does not end with one',
  });
  return path ?? defaults.http.basePath;
};

const readOrigin = (setting: Setting): string | undefined => {
  const value = text(setting, { as: 'an origin such as https://shop.example.com' });
  if (value === undefined) return undefined;
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) && new URL(value).origin === value)
    return value;
  return problem(
    setting,
    'must be an origin such as https://shop.example.com, without a path; * is not accepted',
  );
};

const readHeaderName = (setting: Setting): string | undefined => {
  const value = text(setting, { as: 'the name of a request header such as x-shop-version' });
  if (value === undefined) return undefined;
  const name = value.toLowerCase();
  if (/^[\w!#$%&'+.^`|~-]+$/.test(name) && name !== 'cookie') return name;
  return problem(
    setting,
    'must be the name of a request header such as x-shop-version; * and cookie are not accepted',
  );
};
