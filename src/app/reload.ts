import type { KeyObject } from 'node:crypto';
import type { Config } from '../config/config';
import { ConfigError } from '../config/reader';
import type { KeyRing, NamedKey } from '../shared/key-ring';
import type { EffectiveRules } from '../graphql/inputs/rules/effective-rules';
import type { Accounts } from '../wechatpay/accounts/accounts';
import type { Limits } from '../wechatpay/api/limits';
import { planRotation } from '../wechatpay/accounts/rotation';

/** The effect of a changed configuration. */
export interface Reloaded {
  /** The replaced identities' keys, `encryptionKeys`, `audit key`, `limits` and `rules`. */
  readonly applied: readonly string[];
  /** Changed sections that apply only after a restart. */
  readonly atNextStart: readonly string[];
}

/** Why a changed configuration was not applied. */
export class ReloadRefused extends Error {
  override readonly name = 'ReloadRefused';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('; '));
  }
}

export interface ReloadDeps {
  /** The configuration at the start. */
  readonly config: Config;
  readonly accounts: Accounts;
  readonly limits: Limits;
  readonly rules: EffectiveRules;
  readonly keys: KeyRing;
  /** Returns false if the key is already in use. Throws if no file can be created with it; nothing has changed then. */
  readonly replaceAuditKey: (key: KeyObject) => boolean;
  /** Called after every reload; `problems` are why it was refused. */
  readonly onReload: (outcome: 'applied' | 'refused', problems?: readonly string[]) => void;
}

export type Reload = (load: () => Promise<Config>) => Promise<Reloaded>;

/** Applies keys, limits and rules of a newly read configuration, all or nothing. Rejects as `load` does, or with ReloadRefused. */
export const createReload = ({ config, onReload, ...deps }: ReloadDeps): Reload => {
  const { accounts, limits, rules, keys, replaceAuditKey } = deps;
  let current = config;
  const take = (next: Config): Reloaded => {
    const rotation = planRotation(current.wechatPay, next.wechatPay);
    const problems = [...rotation.problems, ...reusedIds(current.encryptionKeys, next.encryptionKeys)];
    if (problems.length > 0) throw new ReloadRefused(problems);
    // First, because no other step can fail.
    const newAuditKey = next.audit !== undefined && beginAudit(next.audit.key, replaceAuditKey);
    rotation.apply(accounts);
    const newKeys = !areSame(current.encryptionKeys, next.encryptionKeys);
    if (newKeys) keys.replace(next.encryptionKeys);
    const differ = (of: (config: Config) => unknown): boolean =>
      JSON.stringify(of(next)) !== JSON.stringify(of(current));
    const newLimits = differ(({ wechatPay }) => wechatPay.limits);
    limits.replace(next.wechatPay.limits);
    const newRules = differ((one) => one.rules);
    rules.replace(next.rules);
    const reloaded = {
      applied: [
        ...rotation.changed,
        ...(newKeys ? ['encryptionKeys'] : []),
        ...(newAuditKey ? ['audit key'] : []),
        ...(newLimits ? ['limits'] : []),
        ...(newRules ? ['rules'] : []),
      ],
      atNextStart: fixedSections(config, next),
    };
    current = next;
    return reloaded;
  };
  return async (load) => {
    try {
      const reloaded = take(await load());
      onReload('applied');
      return reloaded;
    } catch (error) {
      onReload('refused', problemsOf(error));
      throw error;
    }
  };
};

export const problemsOf = (error: unknown): readonly string[] =>
  error instanceof ConfigError || error instanceof ReloadRefused
    ? error.problems
    : [error instanceof Error ? error.name : 'unknown'];

/** A key id that now names another key: everything encrypted under the id would become unreadable. */
const reusedIds = (before: readonly NamedKey[], after: readonly NamedKey[]): readonly string[] =>
  after
    .filter(({ id, key }) => before.some((known) => known.id === id && !known.key.equals(key)))
    .map(
      ({ id }) =>
        `encryptionKeys: ${id} names another key than before; give the new key a new id and keep the old key in the list`,
    );

const areSame = (before: readonly NamedKey[], after: readonly NamedKey[]): boolean =>
  before.length === after.length &&
  before.every(({ id, key }, index) => after[index]?.id === id && after[index].key.equals(key));

const beginAudit = (key: KeyObject, replace: ReloadDeps['replaceAuditKey']): boolean => {
  try {
    return replace(key);
  } catch {
    throw new ReloadRefused([
      'audit: no file can be begun under the new key; free disk space, or give the process permission to write',
    ]);
  }
};

const fixedSections = (before: Config, after: Config): readonly string[] => {
  const sections = {
    server: ({ server }: Config) => server,
    hosts: ({ wechatPay }: Config) => wechatPay.hosts,
    timeouts: ({ wechatPay }: Config) => wechatPay.timeouts,
    brands: ({ wechatPay }: Config) => wechatPay.brands,
    brandCredentials: ({ wechatPay }: Config) => wechatPay.brandCredentials.map(({ brandId }) => brandId),
    partner: ({ wechatPay }: Config) => wechatPay.partner?.mchid,
    cache: ({ cache }: Config) => cache,
    redis: ({ redis }: Config) => redis,
    auth: ({ auth }: Config) => auth,
    maxDecryptions: ({ maxDecryptions }: Config) => maxDecryptions,
    maxDecryptionsPerSecond: ({ maxDecryptionsPerSecond }: Config) => maxDecryptionsPerSecond,
    notifications: ({ notifications }: Config) => notifications,
    subscriptions: ({ subscriptions }: Config) => subscriptions,
    http: ({ http }: Config) => http,
    metrics: ({ metrics }: Config) => metrics,
    audit: ({ audit }: Config) => audit?.directory,
  };
  return Object.entries(sections)
    .filter(([, read]) => JSON.stringify(read(before)) !== JSON.stringify(read(after)))
    .map(([name]) => name);
};
