import { hkdfSync } from 'node:crypto';
import type { Config } from './config/config';
import type { Clock } from './shared/clock';
import type { SharedState } from './shared-state';
import { createHosts } from './traffic/attempts/hosts';
import { createRetryBudget } from './traffic/attempts/retry-budget';
import { createLimiter, type Limiter } from './traffic/limiter/limiter';
import type { CallObserver } from './traffic/observe';
import { pipeline } from './traffic/pipeline';
import { createAccounts, type Accounts } from './wechatpay/accounts';
import { createCertificateRefresh, type CertificateRefresh } from './wechatpay/certificates';
import { interfaces } from './wechatpay/interfaces';
import { createMemberCards, type MemberCards } from './wechatpay/member-cards';
import { createNames } from './wechatpay/names';
import { createWire, type Wire } from './wechatpay/wire';

export interface UpstreamParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: () => number;
  readonly state: SharedState;
  readonly observeCall: CallObserver;
}

/** WeChat Pay with every policy in front of it. */
export interface Upstream {
  readonly members: MemberCards;
  readonly limiter: Limiter;
  readonly accounts: Accounts;
  readonly certificates: CertificateRefresh;
  readonly wire: Wire;
}

export const createUpstream = ({ config, clock, random, state, observeCall }: UpstreamParts): Upstream => {
  const { wechatPay, encryptionKeys, cache } = config;
  const accounts = createAccounts(wechatPay, clock);
  const certificates = createCertificateRefresh({ accounts, settings: wechatPay, clock });
  const wire = createWire({ settings: wechatPay, accounts, clock, onUnknownSerial: certificates.refresh });
  const limiter = createLimiter({ slots: state.slots, clock, random, prepare: wire.prepare });
  const send = pipeline(
    {
      clock,
      random,
      observer: observeCall,
      cache: {
        register: state.register,
        mostBytes: cache.maxBytes,
        ...(state.entries === undefined ? {} : { shared: state.entries }),
      },
      hosts: createHosts(clock),
      budget: createRetryBudget(),
      limiter,
    },
    wire.send,
  );
  const members = createMemberCards({
    send,
    names: createNames(nameSecret(encryptionKeys)),
    accountOf: (brandId, routes) => accounts.of(brandId, routes),
    avoid: (account) => {
      accounts.avoid(account);
    },
    limitOf: (name, route) => wechatPay.limits[name]?.[route] ?? interfaces[name].callsPerSecond[route],
  });
  return { members, limiter, accounts, certificates, wire };
};

const nameSecret = (keys: Config['encryptionKeys']): Buffer =>
  Buffer.from(hkdfSync('sha256', keys[0]?.key ?? Buffer.alloc(0), '', 'cache names', 32));
