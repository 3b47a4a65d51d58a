import { pageSize } from '../../wechatpay/refs';
import {
  checkActivityId,
  checkCardId,
  checkOpenid,
  checkUserCardKey,
  toMaxAgeMs,
  toSlice,
} from '../common/arguments';
import type { Brands } from '../context';
import type { FieldPlan, PlanParts } from './field-plan';
import { mutationPlans } from './mutation-plans';
import { nothing, read, type Foreseen, type Lookup, type Step } from './planned-call';

/** Asks nobody: what is selected below is asked of the same object. */
const free: FieldPlan = ({ parent }) => ({ calls: [], below: [parent] });

/**
 * What every field with a resolver of its own does upstream, worst case: nothing is kept, every list is full. An argument
 * that breaks its rule makes the resolver refuse before it asks; here the same rule throws, and the field costs nothing.
 */
export const fieldPlans: Readonly<Record<string, FieldPlan>> = {
  'Query.brand': ({ args }, { brands }) => ({ calls: [], below: brandsOf([text(args.brandId)], brands) }),
  'Query.brands': ({ args }, { brands }) => {
    const { offset, first } = sliceOf(args);
    const ids = brands.all().map(({ brandId }) => brandId);
    return { calls: [], below: brandsOf(ids.slice(offset, offset + first), brands) };
  },
  'Query.cardTemplate': ({ args }, parts) => {
    const ref = { brandId: text(args.brandId), cardId: text(args.cardId) };
    checkCardId(ref.cardId);
    return single({ kind: 'cardTemplate', ref, maxAgeMs: maxAgeOf(args) }, true, parts);
  },
  'Query.userCard': ({ args }, parts) => cardStep(args, maxAgeOf(args), parts),
  'Query.userCards': ({ args }, parts) => {
    const maxAgeMs = maxAgeOf(args);
    return together(list(args.keys).map((key) => orNothing(() => cardStep(key as Args, maxAgeMs, parts))));
  },
  'Query.node': ({ args }, parts) => nodeStep(text(args.id), parts),
  'Query.nodes': ({ args }, parts) => together(list(args.ids).map((id) => nodeStep(text(id), parts))),

  'Query.membershipActivity': ({ args }, parts) => {
    const activityId = text(args.activityId);
    checkActivityId(activityId);
    return activityStep({ brandId: text(args.brandId), activityId }, maxAgeOf(args), parts);
  },

  'Brand.id': free,
  'Brand.throttle': free,
  'Brand.cardTemplate': ({ parent, args }, parts) => {
    const ref = { brandId: parent.brandId, cardId: text(args.cardId) };
    checkCardId(ref.cardId);
    return single({ kind: 'cardTemplate', ref }, parent.certain, parts);
  },
  'Brand.cardTemplates': ({ parent: { brandId, certain }, args }) => {
    const state = optional(args.state);
    return {
      calls: pagesOf(args).map((offset, page) =>
        read({ kind: 'cardTemplates', ref: { brandId, state, offset } }, certain && page === 0),
      ),
      below: [{ kind: 'CardTemplate', brandId, certain: false }],
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
      below: [{ kind: 'UserCard', brandId, certain: false, template: { of, most: first } }],
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
      below: [{ kind: 'MembershipActivity', brandId, certain: false, template: { of, most: first } }],
    };
  },

  'CardTemplate.id': free,
  'CardTemplate.brand': ({ parent }, { brands }) => ({
    calls: [],
    below: brandsOf([parent.brandId], brands, false),
  }),

  'UserCard.id': free,
  'UserCard.brand': ({ parent }, { brands }) => ({
    calls: [],
    below: brandsOf([parent.brandId], brands, false),
  }),
  'UserCard.cardTemplate': (use, parts) => templateStep(use.parent, parts),
  // Each event's look-up comes when the event does, paced by the limiter: no operation waits for it.
  'UserCardEvent.userCard': ({ parent: { brandId } }) => ({
    calls: [],
    below: [{ kind: 'UserCard', brandId, certain: false }],
  }),
  'UserCard.phoneNumber': free,
  'UserCard.phoneNumberMasked': free,
  'UserCard.userInformation': free,
  'UserCard.userInformationMasked': free,

  'MembershipActivity.id': free,
  'MembershipActivity.brand': ({ parent }, { brands }) => ({
    calls: [],
    below: brandsOf([parent.brandId], brands, false),
  }),
  'MembershipActivity.cardTemplate': (use, parts) => templateStep(use.parent, parts),

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

const brandsOf = (ids: readonly string[], brands: Brands, certain = true): readonly Foreseen[] =>
  ids.flatMap((brandId) =>
    brands.get(brandId) === undefined ? [] : [{ kind: 'Brand' as const, brandId, certain }],
  );

const single = (
  lookup: Lookup & { kind: 'cardTemplate' | 'userCard' },
  certain: boolean,
  { brands }: PlanParts,
): Step => {
  const { brandId, cardId } = lookup.ref;
  if (brands.get(brandId) === undefined) return nothing;
  const kind = lookup.kind === 'userCard' ? 'UserCard' : 'CardTemplate';
  return { calls: [read(lookup, certain)], below: [{ kind, brandId, certain: false, template: { cardId } }] };
};

const cardStep = (key: Args, maxAgeMs: number | undefined, parts: PlanParts): Step => {
  const ref = {
    brandId: text(key.brandId),
    cardId: text(key.cardId),
    openid: text(key.openid),
    userCardCode: text(key.userCardCode),
  };
  checkUserCardKey(ref);
  return single({ kind: 'userCard', ref, maxAgeMs }, true, parts);
};

const nodeStep = (id: string, parts: PlanParts): Step => {
  const ref = parts.nodeIds.decode(id);
  if (ref === undefined) return nothing;
  switch (ref.kind) {
    case 'Brand':
      return { calls: [], below: brandsOf([ref.brandId], parts.brands) };
    case 'CardTemplate': {
      const { kind: _, ...key } = ref;
      return single({ kind: 'cardTemplate', ref: key }, true, parts);
    }
    case 'UserCard': {
      const { kind: _, ...key } = ref;
      return single({ kind: 'userCard', ref: key }, true, parts);
    }
    case 'MembershipActivity': {
      const { kind: _, ...key } = ref;
      return activityStep(key, undefined, parts);
    }
  }
};

const activityStep = (
  ref: { readonly brandId: string; readonly activityId: string },
  maxAgeMs: number | undefined,
  { brands }: PlanParts,
): Step => {
  const { brandId, activityId } = ref;
  if (brands.get(brandId) === undefined) return nothing;
  const template = { of: JSON.stringify(['activity', activityId]), most: 1 };
  return {
    calls: [read({ kind: 'membershipActivity', ref, maxAgeMs }, true)],
    below: [{ kind: 'MembershipActivity', brandId, certain: false, template }],
  };
};

const templateStep = ({ brandId, template }: Foreseen, parts: PlanParts): Step => {
  if (template === undefined) return nothing;
  if ('cardId' in template)
    return single({ kind: 'cardTemplate', ref: { brandId, cardId: template.cardId } }, false, parts);
  const identity = JSON.stringify(['templates of', brandId, template.of]);
  return {
    calls: [{ interface: 'GET_CARD_TEMPLATE', brandId, identity, most: template.most, certain: false }],
    below: [{ kind: 'CardTemplate', brandId, certain: false }],
  };
};

const together = (steps: readonly Step[]): Step => ({
  calls: steps.flatMap(({ calls }) => calls),
  below: steps.flatMap(({ below }) => below),
});

/** One entry of a list that breaks its rule fails alone. */
const orNothing = (plan: () => Step): Step => {
  try {
    return plan();
  } catch {
    return nothing;
  }
};
