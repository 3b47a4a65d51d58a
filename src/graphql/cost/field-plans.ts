import { pageSize } from '../../wechatpay/api/refs';
import {
  checkActivityId,
  checkCardId,
  checkOpenid,
  checkUserCardKey,
  toMaxAgeMs,
  toSlice,
} from '../inputs/arguments';
import type { Brands } from '../execution/context';
import type { FieldPlan, PlanDeps } from './field-plan';
import { mutationPlans } from './mutation-plans';
import { noCost, read, type PlannedObject, type Lookup, type FieldCost } from './planned-call';

/** Asks nobody: what is selected below is asked of the same object. */
const free: FieldPlan = ({ parent }) => ({ calls: [], children: [parent] });

/**
 * What every field with a resolver of its own does upstream, worst case: nothing is kept, every list is full. An argument
 * that breaks its rule makes the resolver refuse before it asks; here the same rule throws, and the field costs nothing.
 */
export const fieldPlans: Readonly<Record<string, FieldPlan>> = {
  'Query.brand': ({ args }, { brands }) => ({ calls: [], children: brandsOf([text(args.brandId)], brands) }),
  'Query.brands': ({ args }, { brands }) => {
    const { offset, first } = sliceOf(args);
    const ids = brands.all().map(({ brandId }) => brandId);
    return { calls: [], children: brandsOf(ids.slice(offset, offset + first), brands) };
  },
  'Query.cardTemplate': ({ args }, deps) => {
    const ref = { brandId: text(args.brandId), cardId: text(args.cardId) };
    checkCardId(ref.cardId);
    return single({ kind: 'cardTemplate', ref, maxAgeMs: maxAgeOf(args) }, true, deps);
  },
  'Query.userCard': ({ args }, deps) => cardCost(args, maxAgeOf(args), deps),
  'Query.userCards': ({ args }, deps) => {
    const maxAgeMs = maxAgeOf(args);
    return sumOf(list(args.keys).map((key) => orNoCost(() => cardCost(key as Args, maxAgeMs, deps))));
  },
  'Query.node': ({ args }, deps) => nodeCost(text(args.id), deps),
  'Query.nodes': ({ args }, deps) => sumOf(list(args.ids).map((id) => nodeCost(text(id), deps))),

  'Query.membershipActivity': ({ args }, deps) => {
    const activityId = text(args.activityId);
    checkActivityId(activityId);
    return activityCost({ brandId: text(args.brandId), activityId }, maxAgeOf(args), deps);
  },

  'Brand.id': free,
  'Brand.throttle': free,
  'Brand.cardTemplate': ({ parent, args }, deps) => {
    const ref = { brandId: parent.brandId, cardId: text(args.cardId) };
    checkCardId(ref.cardId);
    return single({ kind: 'cardTemplate', ref }, parent.certain, deps);
  },
  'Brand.cardTemplates': ({ parent: { brandId, certain }, args }) => {
    const state = optional(args.state);
    return {
      calls: pagesOf(args).map((offset, page) =>
        read({ kind: 'cardTemplates', ref: { brandId, state, offset } }, certain && page === 0),
      ),
      children: [{ kind: 'CardTemplate', brandId, certain: false }],
    };
  },
  'Brand.userCards': ({ parent: { brandId, certain }, args }) => {
    const openid = text(args.openid);
    checkOpenid(openid);
    const state = optional(args.state);
    const { offset, first } = sliceOf(args);
    const of = JSON.stringify([openid, state ?? null, offset, first]);
    return {
      calls: pagesOf(args).map((at, page) =>
        read({ kind: 'userCards', ref: { brandId, openid, state, offset: at } }, certain && page === 0),
      ),
      children: [{ kind: 'UserCard', brandId, certain: false, template: { of, max: first } }],
    };
  },

  'Brand.membershipActivities': ({ parent: { brandId, certain }, args }) => {
    const cardId = optional(args.cardId);
    if (cardId !== undefined) checkCardId(cardId);
    const state = optional(args.state);
    const { offset, first } = sliceOf(args);
    const of = JSON.stringify(['activities', cardId ?? null, state ?? null, offset, first]);
    return {
      calls: pagesOf(args).map((at, page) =>
        read(
          { kind: 'membershipActivities', ref: { brandId, cardId, state, offset: at } },
          certain && page === 0,
        ),
      ),
      children: [{ kind: 'MembershipActivity', brandId, certain: false, template: { of, max: first } }],
    };
  },

  'CardTemplate.id': free,
  'CardTemplate.brand': ({ parent }, { brands }) => ({
    calls: [],
    children: brandsOf([parent.brandId], brands, false),
  }),

  'UserCard.id': free,
  'UserCard.brand': ({ parent }, { brands }) => ({
    calls: [],
    children: brandsOf([parent.brandId], brands, false),
  }),
  'UserCard.cardTemplate': (use, deps) => templateCost(use.parent, deps),
  // Each event's look-up comes when the event does, paced by the limiter: no operation waits for it.
  'UserCardEvent.userCard': ({ parent: { brandId } }) => ({
    calls: [],
    children: [{ kind: 'UserCard', brandId, certain: false }],
  }),
  'UserCard.phoneNumber': free,
  'UserCard.phoneNumberMasked': free,
  'UserCard.userInformation': free,
  'UserCard.userInformationMasked': free,

  'MembershipActivity.id': free,
  'MembershipActivity.brand': ({ parent }, { brands }) => ({
    calls: [],
    children: brandsOf([parent.brandId], brands, false),
  }),
  'MembershipActivity.cardTemplate': (use, deps) => templateCost(use.parent, deps),

  ...mutationPlans,
};

type Args = Readonly<Record<string, unknown>>;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const optional = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const maxAgeOf = ({ maxAgeSeconds }: Args): number | undefined =>
  toMaxAgeMs(maxAgeSeconds as number | null | undefined);
const sliceOf = ({ first, after }: Args) =>
  toSlice((first as number | null | undefined) ?? pageSize, after as string | null | undefined);

/** The offsets of the upstream pages that a slice touches. */
const pagesOf = (args: Args): readonly number[] => {
  const { offset, first } = sliceOf(args);
  const from = offset - (offset % pageSize);
  return Array.from(
    { length: Math.ceil((offset - from + first) / pageSize) },
    (_, page) => from + page * pageSize,
  );
};

const brandsOf = (ids: readonly string[], brands: Brands, certain = true): readonly PlannedObject[] =>
  ids.flatMap((brandId) =>
    brands.get(brandId) === undefined ? [] : [{ kind: 'Brand' as const, brandId, certain }],
  );

const single = (
  lookup: Lookup & { kind: 'cardTemplate' | 'userCard' },
  certain: boolean,
  { brands }: PlanDeps,
): FieldCost => {
  const { brandId, cardId } = lookup.ref;
  if (brands.get(brandId) === undefined) return noCost;
  const kind = lookup.kind === 'userCard' ? 'UserCard' : 'CardTemplate';
  return {
    calls: [read(lookup, certain)],
    children: [{ kind, brandId, certain: false, template: { cardId } }],
  };
};

const cardCost = (key: Args, maxAgeMs: number | undefined, deps: PlanDeps): FieldCost => {
  const ref = {
    brandId: text(key.brandId),
    cardId: text(key.cardId),
    openid: text(key.openid),
    userCardCode: text(key.userCardCode),
  };
  checkUserCardKey(ref);
  return single({ kind: 'userCard', ref, maxAgeMs }, true, deps);
};

const nodeCost = (id: string, deps: PlanDeps): FieldCost => {
  const ref = deps.nodeIds.decode(id);
  if (ref === undefined) return noCost;
  switch (ref.kind) {
    case 'Brand':
      return { calls: [], children: brandsOf([ref.brandId], deps.brands) };
    case 'CardTemplate': {
      const { kind: _, ...key } = ref;
      return single({ kind: 'cardTemplate', ref: key }, true, deps);
    }
    case 'UserCard': {
      const { kind: _, ...key } = ref;
      return single({ kind: 'userCard', ref: key }, true, deps);
    }
    case 'MembershipActivity': {
      const { kind: _, ...key } = ref;
      return activityCost(key, undefined, deps);
    }
  }
};

const activityCost = (
  ref: { readonly brandId: string; readonly activityId: string },
  maxAgeMs: number | undefined,
  { brands }: PlanDeps,
): FieldCost => {
  const { brandId, activityId } = ref;
  if (brands.get(brandId) === undefined) return noCost;
  const template = { of: JSON.stringify(['activity', activityId]), max: 1 };
  return {
    calls: [read({ kind: 'membershipActivity', ref, maxAgeMs }, true)],
    children: [{ kind: 'MembershipActivity', brandId, certain: false, template }],
  };
};

const templateCost = ({ brandId, template }: PlannedObject, deps: PlanDeps): FieldCost => {
  if (template === undefined) return noCost;
  if ('cardId' in template)
    return single({ kind: 'cardTemplate', ref: { brandId, cardId: template.cardId } }, false, deps);
  const identity = JSON.stringify(['templates of', brandId, template.of]);
  return {
    calls: [{ interface: 'GET_CARD_TEMPLATE', brandId, identity, max: template.max, certain: false }],
    children: [{ kind: 'CardTemplate', brandId, certain: false }],
  };
};

const sumOf = (costs: readonly FieldCost[]): FieldCost => ({
  calls: costs.flatMap(({ calls }) => calls),
  children: costs.flatMap(({ children }) => children),
});

/** One entry of a list that breaks its rule fails alone. */
const orNoCost = (plan: () => FieldCost): FieldCost => {
  try {
    return plan();
  } catch {
    return noCost;
  }
};
