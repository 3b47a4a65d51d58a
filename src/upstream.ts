import type { Config } from './config/config';
import type { Clock } from './shared/clock';
import type { KeyRing } from './shared/key-ring';
import type { SharedState } from './shared-state';
import { createHosts } from './traffic/attempts/hosts';
import { createRetryBudget } from './traffic/attempts/retry-budget';
import { createLimiter, type Limiter } from './traffic/limiter/limiter';
import type { Host } from './traffic/call';
import type { Meter } from './traffic/meter';
import type { CallObserver } from './traffic/observe';
import { pipeline } from './traffic/pipeline';
import type { Accounts } from './wechatpay/accounts';
import { createCertificateRefresh, type CertificateRefresh } from './wechatpay/certificates';
import type { Limits } from './wechatpay/limits';
import { createMemberCards, type MemberCards } from './wechatpay/member-cards';
import { createNames, type Names } from './wechatpay/names';
import type { UpstreamClock } from './wechatpay/upstream-clock';
import { createWire, type Wire } from './wechatpay/wire';

export interface UpstreamParts {
  readonly config: Config;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly random: () => number;
  readonly state: SharedState;
  readonly accounts: Accounts;
  readonly limits: Limits;
  readonly observeCall: CallObserver;
  readonly meter: Meter;
  readonly upstreamClock: UpstreamClock;
  readonly onHostChange: (to: Host) => void;
}

/** WeChat Pay with every policy in front of it. */
export interface Upstream {
  readonly members: MemberCards;
  readonly limiter: Limiter;
  readonly accounts: Accounts;
  readonly names: Names;
  readonly certificates: CertificateRefresh;
  readonly wire: Wire;
}

export const createUpstream = (parts: UpstreamParts): Upstream => {
  const { config, keys, clock, random, state, accounts, limits, observeCall, meter } = parts;
  const { upstreamClock, onHostChange } = parts;
  const { wechatPay, cache } = config;
  const certificates = createCertificateRefresh({ accounts, settings: wechatPay, clock, upstreamClock });
  const wire = createWire({
    settings: wechatPay,
    accounts,
    clock,
    upstreamClock,
    onUnknownSerial: certificates.refresh,
  });
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
      hosts: createHosts(clock, onHostChange),
      budget: createRetryBudget(),
      limiter,
      meter,
    },
    wire.send,
  );
  const names = createNames(keys);
  const members = createMemberCards({
    send,
    names,
    accountOf: (brandId, routes) => accounts.of(brandId, routes),
    avoid: (account) => {
      accounts.avoid(account);
    },
    isOurs: (brandId) => wechatPay.brands.some((brand) => brand.brandId === brandId),
    limitOf: limits.of,
  });
  return { members, limiter, accounts, names, certificates, wire };
};
