import { givenAddress, isEncoded, onlyOneOf } from './address';
import { readAuthorities } from './authorities';
import type { Config } from './config';
import { entries, members, problem, text, unique, whole, type Setting } from './reader';
import type { SecretSource } from './secrets';
import { defined } from '../shared/defined';

/** No braces, which choose the node of a cluster, and nothing that a pattern of keys in an ACL gives a meaning to. */
const prefixRule = { pattern: /^[A-Za-z0-9][\w.:-]{0,63}$/, as: 'letters, digits and _ . : -, at most 64' };
const rule = { pattern: /^rediss?:\/\//, as: 'redis://HOST:PORT, or rediss:// for TLS' };

/** Reads the store of a fleet; absent without the section. If it contains a password, the address is a secret. */
export const readRedis = (setting: Setting, source: SecretSource): Pick<Config, 'redis'> => {
  if (setting.value === undefined) return {};
  const { sentinels, prefix, caFile, maxInstances, ...settings } = members(setting, [
    'sentinels',
    'url',
    'urlFile',
    'urlEnv',
    'prefix',
    'caFile',
    'maxInstances',
  ]);
  const given = onlyOneOf(settings);
  const found = given && givenAddress(settings, { given, rule, source });
  const address = found && addressOf(found);
  const optional = defined({
    sentinels: sentinels.value === undefined ? undefined : readSentinels(sentinels),
    prefix: prefix.value === undefined ? undefined : text(prefix, prefixRule),
    authorities: caFile.value === undefined ? undefined : readAuthorities(caFile, source),
    maxInstances:
      maxInstances.value === undefined ? undefined : whole(maxInstances, { min: 1, max: 1_000, default: 8 }),
  });
  if (address === undefined) return {};
  if (optional.authorities !== undefined && !address.startsWith('rediss:'))
    problem(caFile, 'needs an address with rediss://: without TLS there is no certificate to trust');
  return { redis: { url: address, ...optional } };
};

const sentinelRule = { ...rule, as: 'redis://HOST:PORT of a Sentinel, or rediss:// for TLS' };

const readSentinels = (setting: Setting): readonly string[] => {
  const listed = entries(setting, 'one address of a Sentinel');
  unique(listed, 'Sentinel');
  return listed.flatMap((entry) => {
    const value = text(entry, sentinelRule);
    return (value === undefined ? undefined : addressOf({ ...entry, value })) ?? [];
  });
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
