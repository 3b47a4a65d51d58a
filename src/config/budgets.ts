import type { CallerSettings } from '../auth/settings';
import { callsPerSecondOf, type Amount } from '../shared/amount';
import { defined } from '../shared/defined';
import { interfaceNames } from '../wechatpay/api/interfaces';
import type { BrandSettings, WechatPaySettings } from '../wechatpay/settings';
import type { Config } from './config';
import { choice, entries, members, numeric, problem, text, unique, type Setting } from './reader';

/** Reads how limits are divided among lanes, brands and callers. */
export const readBudgets = (setting: Setting): Config['budgets'] => {
  const own = members(setting, ['interactiveReserve', 'brandCeiling', 'callerCeiling']);
  const interactiveReserve = readAmount(own.interactiveReserve);
  if (interactiveReserve !== undefined && !('share' in interactiveReserve))
    problem(own.interactiveReserve, 'must be a share such as 20%, because limits differ by route');
  else if (interactiveReserve !== undefined && interactiveReserve.share > maxReserved)
    problem(own.interactiveReserve, tooMuchReserved);
  return defined({
    interactiveReserve,
    brandCeiling: readAmount(own.brandCeiling),
    callerCeiling: readAmount(own.callerCeiling),
  });
};

/** A caller as in the log and in `budgetUse`. */
const callerRule = {
  pattern: /^(key|token|member):.{1,128}$|^local$/,
  as: 'a caller as in the log, e.g. key:crm or token:crm',
};

/** Reads what is said of single callers. */
export const readCallers = (setting: Setting): readonly CallerSettings[] => {
  const callers = entries(setting).map((entry) => members(entry, ['caller', 'lane', 'ceiling']));
  unique(
    callers.map(({ caller }) => caller),
    'caller',
  );
  return callers.flatMap(({ caller, lane, ceiling }) => {
    const id = text(caller, callerRule);
    if (id === undefined) return [];
    return [
      {
        caller: id,
        ...defined({
          lane: lane.value === undefined ? undefined : choice(lane, ['bulk']),
          ceiling: readAmount(ceiling),
        }),
      },
    ];
  });
};

/** Reads what a brand says of its own limits and of its part in shared ones. */
export const readBrandBudget = (
  own: Readonly<Record<'limits' | 'budget', Setting>>,
): Pick<BrandSettings, 'limits' | 'budget'> => {
  const { reserve, ceiling } = members(own.budget, ['reserve', 'ceiling']);
  const limits = Object.entries(members(own.limits, interfaceNames)).flatMap(([name, entry]) => {
    if (entry.value === undefined) return [];
    const value = numeric(entry) ?? 0;
    if (value > 0 && value <= 10_000) return [[name, value] as const];
    problem(entry, 'must be a number of calls per second above 0');
    return [];
  });
  const budget = defined({ reserve: readAmount(reserve), ceiling: readAmount(ceiling) });
  return {
    ...(limits.length === 0 ? {} : { limits: Object.fromEntries(limits) }),
    ...(Object.keys(budget).length === 0 ? {} : { budget }),
  };
};

/** What reserves may take of a limit together: the rest serves the brands without one. */
const maxReserved = 0.8;
const tooMuchReserved = 'must leave at least 20% of each limit for the others';

/** The least limit on the partner route for which reserves in calls per second are checked. */
const partnerLimitOf = (limits: WechatPaySettings['limits']): number =>
  Math.min(documentedPartnerLimit, ...Object.values(limits).flatMap(({ partner }) => partner ?? []));
const documentedPartnerLimit = 10;

/** Reports reserves of brands that together take too much of a limit. */
export const checkReserves = (
  setting: Setting,
  { brands, limits, partner: usual }: WechatPaySettings,
): void => {
  const limit = partnerLimitOf(limits);
  const byPartner = new Map<string | undefined, number>();
  for (const { budget, route, partner = usual?.mchid } of brands)
    if (route !== 'brand' && budget?.reserve !== undefined)
      byPartner.set(partner, (byPartner.get(partner) ?? 0) + callsPerSecondOf(budget.reserve, limit));
  if (Math.max(0, ...byPartner.values()) > limit * maxReserved + rounding)
    problem(setting, `the reserves of a partner's brands together ${tooMuchReserved}`);
};

/** Shares that add up to the bound exactly must not exceed it by a rounding error. */
const rounding = 1e-9;

const readAmount = (setting: Setting): Amount | undefined => {
  if (setting.value === undefined) return undefined;
  const written = typeof setting.value === 'string' ? setting.value : '';
  const [, percent] = /^(\d{1,3}(?:\.\d)?) ?%$/.exec(written) ?? [];
  const share = Number(percent) / 100;
  if (share > 0 && share <= 1) return { share };
  const callsPerSecond = numeric(setting) ?? 0;
  if (callsPerSecond > 0 && callsPerSecond <= 10_000) return { callsPerSecond };
  return problem(setting, 'must be calls per second above 0, or a share of the limit such as 50%');
};
