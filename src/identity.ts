import type { OperationAudit } from './audit/operation-audit';
import type { Caller } from './auth/caller';
import { reachOf } from './auth/reach';
import type { Config } from './config/config';
import type { Context } from './graphql/context';
import { createPersonal } from './graphql/personal';
import type { OperationTally } from './server/tally';
import type { Scope } from './traffic/call';
import type { Accounts } from './wechatpay/accounts';

export interface IdentityParts {
  readonly config: Config;
  readonly auditOf: (caller: string) => OperationAudit;
  readonly accounts: Accounts;
  /** Told of each personal field that is opened. */
  readonly onUnseal: () => void;
}

/** What an operation's context holds because of who asks. */
export interface Identity {
  readonly scope: Pick<Scope, 'caller' | 'mayReach'>;
  readonly context: Pick<Context, 'permissions' | 'brands' | 'personal' | 'audit' | 'requestIds'> & {
    readonly holdsPersonalData: () => boolean;
  };
}

export const createIdentity = ({ config, auditOf, accounts, onUnseal }: IdentityParts) => {
  const { wechatPay, mostDecryptions } = config;
  const brands = new Map(wechatPay.brands.map(({ brandId, name }) => [brandId, { brandId, name }]));
  return ({ id: caller, permissions }: Caller, tally: OperationTally): Identity => {
    const reach = reachOf(permissions, brands);
    const audit = auditOf(caller);
    const personal = createPersonal({
      unseal(brandId, sealed) {
        onUnseal();
        return accounts.unseal(brandId, sealed);
      },
      maySee: reach.maySee,
      most: mostDecryptions,
      audit,
    });
    return {
      scope: { caller, mayReach: reach.mayReach },
      context: {
        permissions,
        brands: reach.brands,
        personal,
        audit,
        requestIds: () => tally.requestIds(),
        holdsPersonalData: () => personal.opened() > 0,
      },
    };
  };
};
