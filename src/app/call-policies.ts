import { createCallerLanes, type CallerLanes } from '../auth/caller-lanes';
import type { Config } from '../config/config';
import type { BudgetLedger, BudgetUseQuery } from '../operating/budget-ledger';
import { printAmount, type Amount } from '../shared/amount';
import { createBudgetRules, type BudgetRules, type BudgetSettings } from '../traffic/limiter/budget-rules';
import { createLimits, type Limits } from '../wechatpay/api/limits';

/** What the configuration says of calls and may change at run time: limits, their division, lanes of callers. */
export interface CallPolicies {
  readonly limits: Limits;
  readonly budgets: BudgetRules;
  readonly lanes: CallerLanes;
  /** Adds to those who used calls what they may use. */
  named(use: BudgetLedger['use']): BudgetLedger['use'];
  replace(config: PolicyConfig): void;
}

export type PolicyConfig = Pick<Config, 'wechatPay' | 'budgets' | 'callers'>;

export const createCallPolicies = (config: PolicyConfig): CallPolicies => {
  const limits = createLimits(config.wechatPay);
  const budgets = createBudgetRules(budgetSettingsOf(config));
  const lanes = createCallerLanes(config.callers);
  const printed = (amount: Amount | undefined) => amount && printAmount(amount);
  const partsOf = (id: string | undefined, by: BudgetUseQuery['by']) => {
    if (id === undefined) return {};
    if (by === 'CALLER') return { ceiling: printed(budgets.ofCaller(id).ceiling) };
    const { ceiling, reserve } = budgets.ofBrand(id);
    return { ceiling: printed(ceiling), reserve: printed(reserve) };
  };
  return {
    limits,
    budgets,
    lanes,
    named: (use) => (asked) => {
      const found = use(asked);
      return { ...found, users: found.users.map((user) => ({ ...user, ...partsOf(user.id, asked.by) })) };
    },
    replace(next) {
      limits.replace(next.wechatPay);
      budgets.replace(budgetSettingsOf(next));
      lanes.replace(next.callers);
    },
  };
};

const budgetSettingsOf = ({ wechatPay, budgets, callers }: PolicyConfig): BudgetSettings => {
  const withCredential = new Set(wechatPay.brandCredentials.map(({ brandId }) => brandId));
  return {
    ...budgets,
    callers,
    brands: wechatPay.brands.flatMap(({ brandId, route, partner = wechatPay.partner?.mchid, budget }) =>
      budget === undefined
        ? []
        : [
            {
              brandId,
              ...budget,
              sharedWith:
                route === 'partner' || (route === 'auto' && !withCredential.has(brandId))
                  ? partner
                  : undefined,
            },
          ],
    ),
  };
};
