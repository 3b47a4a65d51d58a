import type { Config } from './config/config';
import type { Accounts } from './wechatpay/accounts';
import type { Limits } from './wechatpay/limits';
import { planRotation } from './wechatpay/rotation';

/** What a changed configuration did. */
export interface Reloaded {
  /** Identities whose keys were replaced, and `limits`. */
  readonly applied: readonly string[];
  /** Sections that have changed and take hold at the next start only. */
  readonly atNextStart: readonly string[];
}

/** Why a changed configuration did nothing. */
export class ReloadRefused extends Error {
  override readonly name = 'ReloadRefused';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('; '));
  }
}

export interface ReloadParts {
  /** As at the start. */
  readonly config: Config;
  readonly accounts: Accounts;
  readonly limits: Limits;
  readonly onReload: (outcome: 'applied' | 'refused') => void;
}

export type Reload = (load: () => Promise<Config>) => Promise<Reloaded>;

/** Takes keys and limits of a configuration that is read anew, all or nothing. Rejects as `load` does, or with ReloadRefused. */
export const createReload = ({ config, accounts, limits, onReload }: ReloadParts): Reload => {
  let current = config;
  const take = (next: Config): Reloaded => {
    const rotation = planRotation(current.wechatPay, next.wechatPay);
    if (rotation.problems.length > 0) throw new ReloadRefused(rotation.problems);
    rotation.apply(accounts);
    const newLimits = JSON.stringify(next.wechatPay.limits) !== JSON.stringify(current.wechatPay.limits);
    limits.replace(next.wechatPay.limits);
    const reloaded = {
      applied: [...rotation.changed, ...(newLimits ? ['limits'] : [])],
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
      onReload('refused');
      throw error;
    }
  };
};

const fixedSections = (before: Config, after: Config): readonly string[] => {
  const sections = {
    server: ({ server }: Config) => server,
    hosts: ({ wechatPay }: Config) => wechatPay.hosts,
    timeouts: ({ wechatPay }: Config) => wechatPay.timeouts,
    brands: ({ wechatPay }: Config) => wechatPay.brands,
    brandCredentials: ({ wechatPay }: Config) => wechatPay.brandCredentials.map(({ brandId }) => brandId),
    partner: ({ wechatPay }: Config) => wechatPay.partner?.mchid,
    encryptionKeys: ({ encryptionKeys }: Config) =>
      encryptionKeys.map(({ id, key }) => [id, key.export().toString('hex')]),
    cache: ({ cache }: Config) => cache,
    redis: ({ redis }: Config) => redis,
    auth: ({ auth }: Config) => auth,
    mostDecryptions: ({ mostDecryptions }: Config) => mostDecryptions,
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
