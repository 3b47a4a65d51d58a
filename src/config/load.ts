import { createSecretKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Clock } from '../shared/clock';
import { systemCode } from '../shared/system-code';
import { readAuth } from './auth';
import { checkAuthFiles } from './auth-files';
import { defaults, type Config } from './config';
import { readNotifications, readSubscriptions } from './notifications';
import { checkReserves, readBudgets, readCallers } from './budgets';
import { readBrandFiles } from './brand-files';
import { parseFile } from './document';
import { exposureProblems } from './exposure';
import type { NamedFile } from './file-rights';
import { readQueryLimits } from './query-limits';
import { readHttp } from './http';
import { readRules } from './rules';
import { readNetwork } from './network';
import { readRedis } from './redis';
import { readDatabase } from './database';
import { readBulk } from './bulk';
import { readDirectory } from './directory';
import { readWebhooks } from './webhooks';
import { readAudit, readMetrics } from './operators';
import { ConfigError, entries, flag, members, text, unique, whole, type Setting } from './reader';
import { encryptionKeyOf, secret, type SecretSource } from './secrets';
import { readTracing } from './tracing';
import { readTrustedDocuments } from './trusted-documents';
import { readWechatPay } from './wechat-pay';
import { defined } from '../shared/defined';

export interface ConfigSource {
  /** Path of a YAML or JSON file. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Called for each file that is read, so that it can be watched. */
  readonly onRead?: (path: string) => void;
}

/** Reads and validates the configuration. Rejects with ConfigError, which lists all problems. */
export const loadConfig = async ({ file, env, clock, onRead }: ConfigSource): Promise<Config> => {
  onRead?.(resolve(file));
  const root: Setting = { path: '', value: await readDocument(file), problems: [] };
  const files: NamedFile[] = [{ setting: 'the configuration', file: resolve(file), isPublic: true }];
  const source: SecretSource = {
    file: resolve(file),
    env,
    onFile: (named) => files.push(named),
    ...defined({ onRead }),
  };
  const {
    server,
    auth: authSetting,
    maxDecryptions,
    maxDecryptionsPerSecond,
    brandsDirectory,
    ids,
    encryptionKeys,
    cache,
    notifications,
    subscriptions,
    redis,
    database,
    bulk,
    directory,
    webhooks,
    queryLimits,
    rules: ruleSettings,
    budgets,
    callers,
    trustedDocuments,
    http,
    network,
    metrics,
    tracing,
    audit,
    ...own
  } = members(root, [
    'server',
    'auth',
    'maxDecryptions',
    'maxDecryptionsPerSecond',
    'brands',
    'brandCredentials',
    'brandsDirectory',
    'partner',
    'partners',
    'hosts',
    'timeouts',
    'connections',
    'limits',
    'budgets',
    'callers',
    'rules',
    'ids',
    'encryptionKeys',
    'cache',
    'notifications',
    'subscriptions',
    'redis',
    'database',
    'bulk',
    'directory',
    'webhooks',
    'queryLimits',
    'trustedDocuments',
    'http',
    'network',
    'metrics',
    'tracing',
    'audit',
  ]);
  const wechatPay = readWechatPay(own, {
    source,
    now: clock.wallNow(),
    brandFiles: await readBrandFiles(brandsDirectory, source),
  });
  const brandIds = wechatPay.brands.map(({ brandId }) => brandId);
  checkReserves(own.brands, wechatPay);
  const auth = readAuth(authSetting, { source, brandIds });
  checkAuthFiles(auth, { setting: authSetting, source });
  const limits = readQueryLimits(queryLimits);
  const rules = readRules(ruleSettings, limits);
  const httpSettings = readHttp(http);
  const config: Config = {
    server: readServer(server),
    wechatPay,
    ...defined({ auth }),
    budgets: readBudgets(budgets),
    callers: readCallers(callers),
    maxDecryptions: whole(maxDecryptions, {
      min: 1,
      max: 10_000,
      default: defaults.maxDecryptions,
    }),
    maxDecryptionsPerSecond: whole(maxDecryptionsPerSecond, {
      min: 1,
      max: 100_000,
      default: defaults.maxDecryptionsPerSecond,
    }),
    ids: readIds(ids, source),
    encryptionKeys: readEncryptionKeys(encryptionKeys, source),
    cache: {
      maxBytes: whole(members(cache, ['maxBytes']).maxBytes, {
        min: 1_048_576,
        max: 17_179_869_184,
        default: defaults.cache.maxBytes,
      }),
    },
    notifications: readNotifications(notifications, { brandIds, rules, basePath: httpSettings.basePath }),
    subscriptions: readSubscriptions(subscriptions),
    queryLimits: limits,
    rules,
    trustedDocuments: readTrustedDocuments(trustedDocuments, source),
    ...readRedis(redis, source),
    ...readDatabase(database, source),
    bulk: readBulk(bulk, { hasDatabase: database.value !== undefined }),
    ...readDirectory(directory, { brandIds, hasDatabase: database.value !== undefined }),
    webhooks: readWebhooks(webhooks, { source, brandIds, hasDatabase: database.value !== undefined }),
    http: httpSettings,
    network: readNetwork(network, source),
    ...readMetrics(metrics),
    ...readTracing(tracing, source),
    ...readAudit(audit, source),
    files,
  };
  root.problems.push(...exposureProblems(config));
  if (root.problems.length > 0) throw new ConfigError(root.problems);
  return frozen(config);
};

const readDocument = async (file: string): Promise<unknown> => {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigError([`The configuration file ${file} cannot be read (${reasonOf(error)}).`]);
  }
  const parsed = parseFile(content);
  if ('problem' in parsed) throw new ConfigError([`The configuration file ${parsed.problem}.`]);
  return parsed.value;
};

const reasonOf = (error: unknown): string => {
  const code = systemCode(error);
  if (code === 'ENOENT') return 'it does not exist';
  return code === 'EACCES' ? "the server's user may not read it" : (code ?? 'unknown reason');
};

const readServer = (setting: Setting): Config['server'] => {
  const own = members(setting, [
    'host',
    'port',
    'development',
    'queryDeadlineMs',
    'mutationDeadlineMs',
    'drainMs',
  ]);
  const ms = (one: Setting, fallback: number) => whole(one, { min: 1, max: 120_000, default: fallback });
  return {
    host:
      own.host.value === undefined
        ? defaults.server.host
        : (text(own.host, { as: 'an address to listen on' }) ?? ''),
    port: whole(own.port, { min: 0, max: 65_535, default: defaults.server.port }),
    development: flag(own.development, defaults.server.development),
    queryDeadlineMs: ms(own.queryDeadlineMs, defaults.server.queryDeadlineMs),
    mutationDeadlineMs: ms(own.mutationDeadlineMs, defaults.server.mutationDeadlineMs),
    drainMs: ms(own.drainMs, defaults.server.drainMs),
  };
};

const readIds = (setting: Setting, source: SecretSource): Config['ids'] => {
  const { keyFile, keyEnv } = members(setting, ['keyFile', 'keyEnv']);
  const key = encryptionKeyOf(keyFile, secret({ byFile: keyFile, byEnv: keyEnv }, { source }));
  // Without a key there is a problem, and the configuration is not used.
  return { key: key ?? createSecretKey(Buffer.alloc(32)) };
};

const readEncryptionKeys = (setting: Setting, source: SecretSource): Config['encryptionKeys'] => {
  const listed = entries(setting, 'one key (id and file or env); make one with: openssl rand -base64 32').map(
    (entry) => members(entry, ['id', 'file', 'env']),
  );
  unique(
    listed.map(({ id }) => id),
    'key',
  );
  return listed.flatMap(({ id, file, env }) => {
    const name = text(id, { pattern: /^[0-9A-Za-z]{1,8}$/, as: 'a name of 1 to 8 letters or digits' });
    const key = encryptionKeyOf(file, secret({ byFile: file, byEnv: env }, { source }));
    return name === undefined || key === undefined ? [] : [{ id: name, key }];
  });
};

/** Freezes lists and plain objects; keys and their bytes stay as they are. */
const frozen = <T>(value: T): T => {
  if (Array.isArray(value) || isRecord(value)) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
};

const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
