import type { OperationAudit } from '../audit/operation-audit';
import type { Caller } from '../auth/caller';
import type { CallerLanes } from '../auth/caller-lanes';
import { brandAccessOf } from '../auth/brand-access';
import type { Config } from '../config/config';
import type { Context } from '../graphql/execution/context';
import { createMasks } from '../graphql/access/masks';
import type { SharedState } from './state';
import { createPersonal } from '../graphql/access/personal';
import { createCallerLimit } from '../server/http/caller-limit';
import type { OperationStats } from '../server/graphql/operation-stats';
import type { Clock } from '../shared/clock';
import type { Lane, Scope } from '../traffic/calls/call';
import type { Accounts } from '../wechatpay/accounts/accounts';

export interface IdentityDeps {
  readonly config: Config;
  readonly clock: Clock;
  /** Where the fleet shares masks. */
  readonly masks: SharedState['masks'];
  readonly auditOf: (caller: string) => OperationAudit;
  readonly lanes: CallerLanes;
  readonly accounts: Accounts;
  /** Called for each personal field that is decrypted. */
  readonly onUnseal: () => void;
}

/** The parts of an operation's context that depend on the caller. */
export interface CallerIdentity {
  readonly scope: Pick<Scope, 'caller' | 'canAccess'>;
  /** The lane of a call that would have this one: bulk, if all calls of the caller are background work. */
  readonly laneOf: (usual: Lane) => Lane;
  readonly context: Pick<
    Context,
    'callerId' | 'permissions' | 'brands' | 'personal' | 'audit' | 'requestIds'
  > & {
    readonly holdsPersonalData: () => boolean;
  };
}

export const createIdentity = (deps: IdentityDeps) => {
  const { config, clock, auditOf, lanes, accounts, onUnseal } = deps;
  const masks = createMasks(deps.masks);
  const { maxDecryptions, maxDecryptionsPerSecond } = config;
  const takeDecryption = createCallerLimit({
    perSecond: maxDecryptionsPerSecond,
    // What one operation may decrypt is always possible after a pause.
    burst: Math.max(maxDecryptionsPerSecond, maxDecryptions),
    clock,
  });
  return ({ id: caller, permissions, ...rest }: Caller, stats: OperationStats): CallerIdentity => {
    const access = brandAccessOf(permissions, accounts.brands);
    const audit = auditOf(caller);
    const personal = createPersonal({
      unseal(brandId, sealed) {
        onUnseal();
        return accounts.unseal(brandId, sealed);
      },
      canReadPersonalData: access.canReadPersonalData,
      max: maxDecryptions,
      takeDecryption: () => takeDecryption(caller),
      masks,
      audit,
    });
    return {
      scope: { caller, canAccess: access.canAccess },
      laneOf: (usual) => (lanes.isBackground({ id: caller, ...rest }) ? 'bulk' : usual),
      context: {
        callerId: caller,
        permissions,
        brands: access.brands,
        personal,
        audit,
        requestIds: () => stats.requestIds(),
        holdsPersonalData: () => personal.isUsed(),
      },
    };
  };
};
