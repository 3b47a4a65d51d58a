import { callsPerSecondOf, type Amount } from '../../shared/amount';
import { isBackground, type Attempt, type Bucket, type CeilingOf } from '../calls/call';

/** How a limit is divided. All amounts are of each limit: of every interface by itself. */
export interface BudgetSettings {
  /** Kept from the lanes bulk and refresh. Default: none. */
  readonly interactiveReserve?: Amount | undefined;
  /** The most that a brand, or a caller, may use unless it has a ceiling of its own. Default: the whole limit. */
  readonly brandCeiling?: Amount | undefined;
  readonly callerCeiling?: Amount | undefined;
  readonly brands: readonly BrandBudget[];
  readonly callers: readonly { readonly caller: string; readonly ceiling?: Amount | undefined }[];
}

export interface BrandBudget {
  readonly brandId: string;
  /** Kept for the brand from the others that share a partner's limit. Default: nothing. */
  readonly reserve?: Amount | undefined;
  readonly ceiling?: Amount | undefined;
  /** The account whose limit the brand's calls usually share; absent if its limit is its own, and a reserve has no effect. */
  readonly sharedWith?: string | undefined;
}

/** What a call must obtain before it may ask for a slot, each as a bucket of its own. */
export interface Allowances {
  /** Obtained one after the other. */
  readonly ceilings: readonly Ceiling[];
  /** The brand's reserve, used as long as it is not used up. */
  readonly reserve?: Bucket;
  /** What the reserves leave for all; for calls that have no reserve, or have used theirs up. */
  readonly unreserved?: Bucket;
}

export interface Ceiling {
  readonly of: CeilingOf;
  readonly bucket: Bucket;
}

export interface BudgetRules {
  of(call: Pick<Attempt, 'brandId' | 'caller' | 'lane' | 'account' | 'bucket'>): Allowances;
  /** As configured, for people; `undefined` where nothing is. */
  ofBrand(brandId: string): { readonly reserve: Amount | undefined; readonly ceiling: Amount | undefined };
  ofCaller(caller: string): { readonly ceiling: Amount | undefined };
  /** Applies from the next call on. */
  replace(settings: BudgetSettings): void;
}

/** What reserves leave at least, so that a limit that the upstream has lowered stops nobody for good. */
const minUnreservedShare = 0.1;

export const createBudgetRules = (initial: BudgetSettings): BudgetRules => {
  const index = (settings: BudgetSettings) => ({
    ...settings,
    byBrand: new Map(settings.brands.map((brand) => [brand.brandId, brand])),
    byCaller: new Map(settings.callers.map(({ caller, ceiling }) => [caller, ceiling])),
    reserves: settings.brands.flatMap(({ sharedWith, reserve }) =>
      sharedWith !== undefined && reserve !== undefined ? [{ sharedWith, reserve }] : [],
    ),
  });
  let held = index(initial);
  const ofBrand: BudgetRules['ofBrand'] = (brandId) => {
    const own = held.byBrand.get(brandId);
    return {
      reserve: own?.sharedWith === undefined ? undefined : own.reserve,
      ceiling: own?.ceiling ?? held.brandCeiling,
    };
  };
  const ofCaller: BudgetRules['ofCaller'] = (caller) => ({
    ceiling: held.byCaller.get(caller) ?? held.callerCeiling,
  });

  return {
    ofBrand,
    ofCaller,
    of({ brandId, caller, lane, account, bucket: { id, callsPerSecond: limit } }) {
      const part = (name: string, callsPerSecond: number): Bucket => ({
        id: `${name}/${id}`,
        callsPerSecond,
      });
      const ceiling = (of: CeilingOf, name: string, amount: Amount | undefined): readonly Ceiling[] =>
        amount === undefined ? [] : [{ of, bucket: part(name, callsPerSecondOf(amount, limit)) }];
      const { interactiveReserve } = held;
      const ceilings = [
        ...ceiling('caller', `caller/${caller}`, ofCaller(caller).ceiling),
        ...ceiling('brand', `of/${brandId}`, ofBrand(brandId).ceiling),
        ...(isBackground(lane) && interactiveReserve !== undefined
          ? ceiling('background', 'background', {
              callsPerSecond: limit - callsPerSecondOf(interactiveReserve, limit),
            })
          : []),
      ];
      const reserves = held.reserves.filter(({ sharedWith }) => sharedWith === account.id);
      if (account.route !== 'partner' || reserves.length === 0) return { ceilings };
      const reserved = reserves.reduce((sum, { reserve }) => sum + callsPerSecondOf(reserve, limit), 0);
      const { reserve } = ofBrand(brandId);
      return {
        ceilings,
        ...(reserve === undefined
          ? {}
          : { reserve: part(`reserve/${brandId}`, callsPerSecondOf(reserve, limit)) }),
        unreserved: part('unreserved', Math.max(limit * minUnreservedShare, limit - reserved)),
      };
    },
    replace(settings) {
      held = index(settings);
    },
  };
};
