import { maxReadBackPages } from '../../wechatpay/api/request-number';
import type { InterfaceName } from '../../wechatpay/api/interfaces';
import { pageSize } from '../../wechatpay/api/refs';
import { toSlice } from '../inputs/arguments';
import { withKeys } from '../inputs/object-ref';
import {
  lookUpOf,
  noCost,
  read,
  type FieldCost,
  type InterfaceOf,
  type Lookup,
  type LookUpOf,
  type PlannedCall,
  type PlannedObject,
} from './planned-call';
import type { FieldUse, PlanDeps } from './upstream';

/** Costs that several fields share. */

/** Brands cost no call. A brand that the caller may not read adds no child. */
export const brandsCost = (
  ids: readonly string[],
  { brands }: PlanDeps,
  certain = true,
): FieldCost<never> => ({
  calls: [],
  children: ids.flatMap((brandId) =>
    brands.get(brandId) === undefined ? [] : [{ kind: 'Brand' as const, brandId, certain }],
  ),
});

/** The brand of an object that comes from a response. */
export const ownBrandCost = ({ parent }: FieldUse<never>, deps: PlanDeps): FieldCost<never> =>
  brandsCost([parent.brandId], deps, false);

const kindOf = {
  cardTemplate: 'CardTemplate',
  userCard: 'UserCard',
  membershipActivity: 'MembershipActivity',
} as const;

type ObjectLookup = Extract<Lookup, { kind: keyof typeof kindOf }>;

/** One object by its key; costs nothing if the caller may not read its brand. */
export const objectCost = <L extends ObjectLookup>(
  lookup: L,
  { brands }: PlanDeps,
  certain = true,
): FieldCost<InterfaceOf<L>> => {
  const { kind, ref }: ObjectLookup = lookup;
  const { brandId } = ref;
  if (brands.get(brandId) === undefined) return noCost;
  const template =
    'cardId' in ref ? { cardId: ref.cardId } : { of: JSON.stringify([kind, ref.activityId]), max: 1 };
  return {
    calls: [read(lookup, certain)],
    children: [{ kind: kindOf[kind], brandId, certain: false, template }],
  };
};

/** The template of a card or an activity. */
export const ownTemplateCost = (
  { parent: { brandId, template } }: FieldUse<never>,
  deps: PlanDeps,
): FieldCost<'GET_CARD_TEMPLATE'> => {
  if (template === undefined) return noCost;
  if ('cardId' in template)
    return objectCost({ kind: 'cardTemplate', ref: { brandId, cardId: template.cardId } }, deps, false);
  const identity = JSON.stringify(['templates of', brandId, template.of]);
  return {
    calls: [{ interface: 'GET_CARD_TEMPLATE', brandId, identity, max: template.max, certain: false }],
    children: [{ kind: 'CardTemplate', brandId, certain: false, template }],
  };
};

/** The card that a mutation is about. */
export const ownCardCost = (
  { parent: { card } }: FieldUse<never>,
  deps: PlanDeps,
): FieldCost<'GET_USER_CARD'> =>
  card === undefined ? noCost : objectCost({ kind: 'userCard', ref: card }, deps, false);

export interface SliceArguments {
  readonly first?: number | null;
  readonly after?: string | null;
}

/** A connection: the upstream pages that its slice covers. Only the first is certain; its response says whether there are more. */
export const connectionCost = <L extends Lookup>(
  { parent: { brandId, certain }, args: { first: wanted, after } }: FieldUse<SliceArguments>,
  kind: PlannedObject['kind'],
  lookupAt: (offset: number) => L,
): FieldCost<InterfaceOf<L>> => {
  const { offset, first } = toSlice(wanted ?? pageSize, after);
  const start = offset - (offset % pageSize);
  const pages = Math.ceil((offset - start + first) / pageSize);
  const calls = Array.from({ length: pages }, (_, page) =>
    read(lookupAt(start + page * pageSize), certain && page === 0),
  );
  const template = { of: JSON.stringify([calls[0]?.identity, offset, first]), max: first };
  return { calls, children: [{ kind, brandId, certain: false, template }] };
};

export const sumOf = <N extends InterfaceName>(costs: readonly FieldCost<N>[]): FieldCost<N> => ({
  calls: costs.flatMap(({ calls }) => calls),
  children: costs.flatMap(({ children }) => children),
});

/** The cost of one entry of a list. If the entry breaks its rule, only that entry fails, and costs nothing. */
export const orNoCost = <C extends FieldCost>(plan: () => C): C | typeof noCost => {
  try {
    return plan();
  } catch {
    return noCost;
  }
};

const isList = (name: InterfaceName): boolean => name.startsWith('LIST_');

interface WriteArguments {
  readonly input: object;
}

/**
 * A write. Two uses under one response key are merged, so they count once. With `readsBack`, the interface that looks up the
 * write may be called after a refusal. The look-up after a lost response is not included: like retries, it has a budget of its
 * own.
 */
export const writeCost =
  <N extends InterfaceName>(name: N, { readsBack = false }: { readonly readsBack?: boolean } = {}) =>
  (
    { args, responseKey }: FieldUse<WriteArguments>,
    { brands, nodeIds }: PlanDeps,
  ): FieldCost<N | LookUpOf<N>> => {
    const { brandId, cardId, openid, userCardCode } = withKeys(args.input, nodeIds);
    // Refused before any call is made, in the same way as for a brand that does not exist.
    if (typeof brandId !== 'string' || !brands.isWritable(brandId)) return noCost;
    const call = <C extends InterfaceName>(called: C, certain: boolean, max = 1): PlannedCall<C> => ({
      interface: called,
      brandId,
      identity: JSON.stringify([called, responseKey]),
      max,
      certain,
    });
    const lookUp = readsBack ? lookUpOf(name) : undefined;
    const template = typeof cardId === 'string' ? { cardId } : { of: 'the payload', max: 1 };
    const card =
      typeof cardId === 'string' && typeof openid === 'string' && typeof userCardCode === 'string'
        ? { card: { brandId, cardId, openid, userCardCode } }
        : {};
    return {
      calls: [
        call(name, true),
        ...(lookUp === undefined ? [] : [call(lookUp, false, isList(lookUp) ? maxReadBackPages : 1)]),
      ],
      children: [{ kind: 'Payload', brandId, certain: false, template, ...card }],
    };
  };
