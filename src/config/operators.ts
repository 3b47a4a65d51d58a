import { dirname, resolve } from 'node:path';
import { type Config, defaults } from './config';
import { members, text, whole, type Setting } from './reader';
import { encryptionKeyOf, secret, type SecretSource } from './secrets';

/** Reads the operators' port; absent without the section. */
export const readMetrics = (setting: Setting): Pick<Config, 'metrics'> => {
  if (setting.value === undefined) return {};
  const { host, port } = members(setting, ['host', 'port']);
  return {
    metrics: {
      host:
        host.value === undefined
          ? defaults.metrics.host
          : (text(host, { as: 'an address to listen on' }) ?? ''),
      port: whole(port, { min: 0, max: 65_535, default: defaults.metrics.port }),
    },
  };
};

/** Reads the audit log's directory and key; absent without the section. */
export const readAudit = (setting: Setting, source: SecretSource): Pick<Config, 'audit'> => {
  if (setting.value === undefined) return {};
  const { directory, keyFile, keyEnv } = members(setting, ['directory', 'keyFile', 'keyEnv']);
  const path = text(directory, { as: 'the path of a directory' });
  const key = encryptionKeyOf(keyFile, secret({ byFile: keyFile, byEnv: keyEnv }, { source }));
  if (path === undefined || key === undefined) return {};
  return { audit: { directory: resolve(dirname(source.file), path), key } };
};
