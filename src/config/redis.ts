import { givenAddress, isEncoded, onlyOneOf } from './address';
import type { Config } from './config';
import { members, problem, text, type Setting } from './reader';
import type { SecretSource } from './secrets';

const rule = { pattern: /^rediss?:\/\//, as: 'redis://HOST:PORT, or rediss:// for TLS' };

/** Reads the store of a fleet; absent without the section. If it contains a password, the address is a secret. */
export const readRedis = (setting: Setting, source: SecretSource): Pick<Config, 'redis'> => {
  if (setting.value === undefined) return {};
  const settings = members(setting, ['url', 'urlFile', 'urlEnv']);
  const given = onlyOneOf(settings);
  const found = given && givenAddress(settings, { given, rule, source });
  const address = found && addressOf(found);
  return address === undefined ? {} : { redis: { url: address } };
};

/** The address in the form the client accepts. Problems never contain any part of it. */
const addressOf = (setting: Setting): string | undefined => {
  const value = text(setting, rule);
  if (value === undefined) return undefined;
  const port = /:(\d+)(?:\/\d*)?$/.exec(value)?.[1];
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))
    return problem(setting, `must be ${rule.as}; a port is a number from 1 to 65535`);
  // The client ends an address at # and ?, so the rest of a password would be taken for something else.
  if (!URL.canParse(value) || /[\s#?]/.test(value) || !isEncoded(new URL(value)))
    return problem(
      setting,
      `must be ${rule.as}; percent-encode the user and the password (# is %23, / is %2F, ? is %3F, % is %25)`,
    );
  const { hostname, pathname } = new URL(value);
  return hostname !== '' && /^\/?\d*$/.test(pathname)
    ? value
    : problem(setting, `must be ${rule.as}; only the number of the database may follow the port`);
};
