import { givenAddress, onlyOneOf } from './address';
import type { Config } from './config';
import { members, problem, text, whole, type Setting } from './reader';
import type { SecretSource } from './secrets';

const rule = {
  pattern: /^https?:\/\//,
  as: 'the address of an OTLP/HTTP receiver, such as http://HOST:4318/v1/traces',
};
const defaultServiceName = 'member-card-graphql';

/** Reads where traces go; absent without the section. If it contains a token, the address is a secret. */
export const readTracing = (setting: Setting, source: SecretSource): Pick<Config, 'tracing'> => {
  if (setting.value === undefined) return {};
  const { samplePercent, serviceName, ...settings } = members(setting, [
    'url',
    'urlFile',
    'urlEnv',
    'samplePercent',
    'serviceName',
  ]);
  const given = onlyOneOf(settings);
  const found = given && givenAddress(settings, { given, rule, source });
  const url = found && addressOf(found);
  const percent = whole(samplePercent, { min: 0, max: 100, default: 100 });
  const name =
    serviceName.value === undefined
      ? defaultServiceName
      : text(serviceName, {
          pattern: /^[\w.-]{1,64}$/,
          as: 'a name of 1 to 64 letters, digits, dots and hyphens',
        });
  return url === undefined || name === undefined
    ? {}
    : { tracing: { url, sampleRatio: percent / 100, serviceName: name } };
};

/** Problems never contain any part of the address. */
const addressOf = (setting: Setting & { readonly value: string }): string | undefined => {
  const { value } = setting;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url === undefined || !/^https?:$/.test(url.protocol) || url.username + url.password + url.hash !== ''
    ? problem(setting, `must be ${rule.as}, without user, password and #`)
    : url.href;
};
