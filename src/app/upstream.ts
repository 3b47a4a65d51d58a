import type { Config } from '../config/config';
import type { Clock } from '../shared/clock';
import type { KeyRing } from '../shared/key-ring';
import type { CallPolicies } from './call-policies';
import type { SharedState } from './state';
import { createHosts } from '../traffic/retry/hosts';
import { createRetryBudget } from '../traffic/retry/retry-budget';
import { budgets } from '../traffic/limiter/budgets';
import { createLimiter, type Limiter } from '../traffic/limiter/limiter';
import type { Host } from '../traffic/calls/call';
import type { TrafficHooks, CallObserver } from '../traffic/calls/hooks';
import { pipeline } from '../traffic/pipeline';
import type { Accounts } from '../wechatpay/accounts/accounts';
import {
  createCertificateRefresh,
  type CertificateRefresh,
} from '../wechatpay/transport/certificate-refresh';
import { createMemberCards, type MemberCards } from '../wechatpay/api/member-cards';
import { createCardNotes, type CardNotes } from '../wechatpay/api/card-notes';
import type { ObserveCard } from '../wechatpay/api/card-sightings';
import { createCacheKeys, type CacheKeys } from '../wechatpay/api/cache-keys';
import type { UpstreamClock } from '../wechatpay/crypto/upstream-clock';
import { createTransport, type Transport } from '../wechatpay/transport/transport';
import { defined } from '../shared/defined';

export interface UpstreamDeps {
  readonly config: Config;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly random: () => number;
  readonly state: SharedState;
  readonly accounts: Accounts;
  readonly policies: Pick<CallPolicies, 'limits' | 'budgets'>;
  readonly observeCall: CallObserver;
  readonly hooks: TrafficHooks;
  readonly upstreamClock: UpstreamClock;
  readonly onHostChange: (to: Host) => void;
  /** Called with every card that a response or a notification names. Default: none. */
  readonly onCardSeen?: ObserveCard | undefined;
}

/** The WeChat Pay API with every policy in front of it. */
export interface Upstream {
  readonly members: MemberCards;
  readonly limiter: Limiter;
  readonly accounts: Accounts;
  readonly cacheKeys: CacheKeys;
  readonly cardNotes: CardNotes;
  /** To be called with every card that a notification names; the responses of calls are observed here. */
  readonly observeCard: ObserveCard;
  readonly certificates: CertificateRefresh;
  readonly transport: Transport;
}

export const createUpstream = (deps: UpstreamDeps): Upstream => {
  const { config, keys, clock, random, state, accounts, policies, observeCall, hooks } = deps;
  const { upstreamClock, onHostChange, onCardSeen } = deps;
  const { wechatPay, cache } = config;
  const transport = createTransport({
    settings: wechatPay,
    network: config.network,
    accounts,
    clock,
    upstreamClock,
    onUnknownSerial: (account, serial) => certificates.refresh(account, serial),
  });
  const limiter = createLimiter({
    slots: state.slots,
    clock,
    random,
    prepare: transport.prepare,
    signAhead: transport.signAhead,
    connections: wechatPay.connections,
  });
  const send = pipeline(
    {
      clock,
      random,
      observer: observeCall,
      cache: {
        writeEpochs: state.writeEpochs,
        maxBytes: cache.maxBytes,
        ...defined({ shared: state.entries }),
      },
      hosts: createHosts(clock, {
        onSwitch: onHostChange,
        isSingle: wechatPay.hosts.main === wechatPay.hosts.backup,
      }),
      budget: createRetryBudget(),
      budgets: budgets({
        slots: state.slots,
        clock,
        random,
        rules: policies.budgets,
        hooks,
      }),
      limiter,
      hooks,
      roundTrips: state.roundTrips,
    },
    transport.send,
  );
  const certificates = createCertificateRefresh({ accounts, clock, send });
  const cacheKeys = createCacheKeys(keys);
  const cardNotes = createCardNotes(state.notes, cacheKeys);
  const observeCard: ObserveCard = (sighting) => {
    const { brandId, cardId, userCardCode, openid } = sighting;
    if (openid !== undefined) cardNotes.saw({ brandId, cardId, userCardCode, openid });
    onCardSeen?.(sighting);
  };
  const members = createMemberCards({
    send,
    cacheKeys,
    notes: cardNotes,
    accountOf: (brandId, routes) => accounts.of(brandId, routes),
    avoid: (account) => {
      accounts.avoid(account);
    },
    isOurs: (brandId) => accounts.brands.has(brandId),
    limitOf: policies.limits.of,
    observeCard,
  });
  return { members, limiter, accounts, cacheKeys, cardNotes, observeCard, certificates, transport };
};
