import { dirname, resolve } from 'node:path';
import type { Config } from './config';
import { members, problem, text, type Setting } from './reader';
import { secret, type SecretSource } from './secrets';

const rule = {
  pattern: /^postgres(ql)?:\/\//,
  as: 'postgres://USER:PASSWORD@HOST:PORT/DATABASE',
};

/** Reads where durable work is kept; absent without the section. The address is a secret if it contains a password. */
export const readDatabase = (setting: Setting, source: SecretSource): Pick<Config, 'database'> => {
  if (setting.value === undefined) return {};
  const { directory, url, urlFile, urlEnv } = members(setting, ['directory', 'url', 'urlFile', 'urlEnv']);
  const [given = directory, ...others] = [directory, url, urlFile, urlEnv].filter(
    ({ value }) => value !== undefined,
  );
  if (others.length > 0) {
    problem(given, 'write only one of directory, url, urlFile and urlEnv');
    return {};
  }
  if (given === directory) {
    const path = text(directory, { as: 'the path of a directory' });
    return path === undefined ? {} : { database: { directory: resolve(dirname(source.file), path) } };
  }
  const value = given === url ? text(url, rule) : secret({ byFile: urlFile, byEnv: urlEnv }, { source });
  const address = value === undefined ? undefined : addressOf({ ...given, value: value.trim() });
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

const isEncoded = ({ username, password, pathname }: URL): boolean => {
  try {
    decodeURIComponent(username + password + pathname);
    return true;
  } catch {
    return false;
  }
};
