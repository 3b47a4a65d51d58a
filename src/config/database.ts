import { dirname, resolve } from 'node:path';
import { givenAddress, isEncoded, onlyOneOf } from './address';
import type { Config } from './config';
import { members, problem, text, type Setting } from './reader';
import type { SecretSource } from './secrets';

const rule = {
  pattern: /^postgres(ql)?:\/\//,
  as: 'postgres://USER:PASSWORD@HOST:PORT/DATABASE',
};

/** Reads where durable work is kept; absent without the section. The address is a secret if it contains a password. */
export const readDatabase = (setting: Setting, source: SecretSource): Pick<Config, 'database'> => {
  if (setting.value === undefined) return {};
  const settings = members(setting, ['directory', 'url', 'urlFile', 'urlEnv']);
  const { directory } = settings;
  const given = onlyOneOf(settings);
  if (given === undefined) return {};
  if (given === directory) {
    const path = text(directory, { as: 'the path of a directory' });
    return path === undefined ? {} : { database: { directory: resolve(dirname(source.file), path) } };
  }
  const found = givenAddress(settings, { given, rule, source });
  const address = found && addressOf(found);
  return address === undefined ? {} : { database: { url: address } };
};

/** The address in the form the client accepts. Problems never contain any part of it. */
const addressOf = (setting: Setting): string | undefined => {
  const value = text(setting, rule);
  if (value === undefined) return undefined;
  if (/\s|#/.test(value) || !URL.canParse(value) || !isEncoded(new URL(value)))
    return problem(
      setting,
      `must be ${rule.as}; percent-encode the user and the password (# is %23, / is %2F, ? is %3F, % is %25)`,
    );
  const { hostname, pathname } = new URL(value);
  return hostname !== '' && /^\/[^/]+$/.test(pathname)
    ? value
    : problem(setting, `must be ${rule.as}; the name of the database follows the host`);
};
