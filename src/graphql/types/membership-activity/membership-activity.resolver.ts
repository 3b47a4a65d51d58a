import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { Brand, type BrandSource } from '../brand/brand.type';
import { toBrand } from '../brand/brand.resolver';
import { CardTemplate, toCardTemplate, type CardTemplateSource } from '../card-template/card-template.type';
import { Access } from '../../access/access';
import { checkCardId, toKey, toMaxAgeMs, toSlice, type ReferenceDeps } from '../../inputs/arguments';
import { MembershipActivityRef } from '../../inputs/refs.input';
import { showEach, toConnection } from '../../relay/connection';
import { MembershipActivityState } from '../../values/enums';
import {
  connectionCost,
  objectCost,
  ownBrandCost,
  ownTemplateCost,
  type SliceArguments,
} from '../../cost/field-costs';
import { noCost } from '../../cost/planned-call';
import { Upstream, type FieldUse } from '../../cost/upstream';
import type { Context } from '../../execution/context';
import {
  MembershipActivity,
  MembershipActivityConnection,
  toMembershipActivity,
  type MembershipActivitySource,
} from './membership-activity.type';
import { ID } from '../../values/scalars';
import { SemanticNonNull } from '../../values/semantic-non-null';

interface ActivityArguments {
  readonly by: MembershipActivityRef;
  readonly maxAgeSeconds?: number | null;
}

const lookupOf = ({ by, maxAgeSeconds }: ActivityArguments, deps: ReferenceDeps) => ({
  key: toKey('MembershipActivity', by, deps),
  maxAgeMs: toMaxAgeMs(maxAgeSeconds),
});

interface ActivityFilter {
  readonly cardId?: string | null;
  readonly state?: string | null;
}

const filterOf = (brandId: string, { cardId, state }: ActivityFilter) => {
  // In GraphQL, null means absent.
  if (typeof cardId === 'string') checkCardId(cardId);
  return { brandId, cardId: cardId ?? undefined, state: state ?? undefined };
};

/** If the template comes from a list, only a response has its id: then every template of the list is counted. */
const templateActivitiesCost = (use: FieldUse<ActivityFilter & SliceArguments>) => {
  const { brandId, template } = use.parent;
  if (template === undefined) return noCost;
  const cardId = 'cardId' in template ? template.cardId : undefined;
  const { calls, children } = connectionCost(use, 'MembershipActivity', (offset) => ({
    kind: 'membershipActivities',
    ref: { brandId, cardId, state: use.args.state ?? undefined, offset },
  }));
  return {
    calls:
      'cardId' in template
        ? calls
        : calls.map(({ lookup: _, ...call }) => ({
            ...call,
            identity: JSON.stringify([call.identity, template.of]),
            max: template.max,
            certain: false,
          })),
    children: children.map((child) => ({ ...child, template })),
  };
};

@Resolver(() => MembershipActivity)
export class MembershipActivityResolver {
  @Access('read')
  @Upstream(['GET_MEMBERSHIP_ACTIVITY'], ({ args }: FieldUse<ActivityArguments>, deps) => {
    const { key, maxAgeMs } = lookupOf(args, deps);
    return key === undefined ? noCost : objectCost({ kind: 'membershipActivity', ref: key, maxAgeMs }, deps);
  })
  @Query(() => MembershipActivity, {
    nullable: true,
    description:
      'An activity. Null if there is none with this key, or the caller may not read its brand. On the partner route only.',
  })
  async membershipActivity(
    @Arg('by', () => MembershipActivityRef) by: MembershipActivityRef,
    @Arg('maxAgeSeconds', () => Int, { nullable: true }) maxAgeSeconds: number | null,
    @Ctx() context: Context,
  ) {
    const { key, maxAgeMs } = lookupOf({ by, maxAgeSeconds }, context);
    const read = key && (await context.loaders.membershipActivity({ ...key, maxAgeMs }));
    return read && toMembershipActivity(read);
  }

  @Upstream()
  @FieldResolver(() => ID)
  id(@Root() { brandId, activityId }: MembershipActivitySource, @Ctx() { nodeIds }: Context) {
    return nodeIds.encode({ kind: 'MembershipActivity', brandId, activityId });
  }

  @Upstream([], ownBrandCost)
  @FieldResolver(() => Brand)
  brand(@Root() { brandId }: MembershipActivitySource, @Ctx() { brands }: Context) {
    return toBrand(brands.get(brandId));
  }

  @Upstream(['GET_CARD_TEMPLATE'], ownTemplateCost)
  @FieldResolver(() => CardTemplate, { nullable: true })
  async cardTemplate(@Root() { brandId, cardId }: MembershipActivitySource, @Ctx() { loaders }: Context) {
    const read = await loaders.cardTemplate({ brandId, cardId });
    return read && toCardTemplate(read);
  }
}

@Resolver(() => Brand)
export class BrandActivitiesResolver {
  @Upstream(['LIST_MEMBERSHIP_ACTIVITIES'], (use: FieldUse<ActivityFilter & SliceArguments>) => {
    const filter = filterOf(use.parent.brandId, use.args);
    return connectionCost(use, 'MembershipActivity', (offset) => ({
      kind: 'membershipActivities',
      ref: { ...filter, offset },
    }));
  })
  @SemanticNonNull()
  @FieldResolver(() => MembershipActivityConnection, {
    nullable: true,
    description:
      'The activities of the brand, of one template or all (upstream list call, pages of at most 20). On the partner route only. Null, with an error, if the call fails.',
  })
  async membershipActivities(
    @Root() { brandId }: BrandSource,
    @Arg('cardId', () => ID, { nullable: true }) cardId: string | null,
    @Arg('state', () => MembershipActivityState, { nullable: true }) state: MembershipActivityState | null,
    @Arg('first', () => Int, { defaultValue: 20, nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { loaders }: Context,
  ) {
    return activities(filterOf(brandId, { cardId, state }), toSlice(first ?? 20, after), loaders);
  }
}

@Resolver(() => CardTemplate)
export class TemplateActivitiesResolver {
  @Upstream(['LIST_MEMBERSHIP_ACTIVITIES'], templateActivitiesCost)
  @SemanticNonNull()
  @FieldResolver(() => MembershipActivityConnection, {
    nullable: true,
    description:
      'The activities of the template. The same call as Brand.membershipActivities with its cardId; one for each template of a list. On the partner route only. Null, with an error, if the call fails.',
  })
  async membershipActivities(
    @Root() { brandId, cardId }: CardTemplateSource,
    @Arg('state', () => MembershipActivityState, { nullable: true }) state: MembershipActivityState | null,
    @Arg('first', () => Int, { defaultValue: 20, nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { loaders }: Context,
  ) {
    return activities(filterOf(brandId, { cardId, state }), toSlice(first ?? 20, after), loaders);
  }
}

const activities = async (
  filter: ReturnType<typeof filterOf>,
  slice: ReturnType<typeof toSlice>,
  loaders: Context['loaders'],
) => {
  const { items, totalCount } = await loaders.membershipActivities(filter, slice);
  return toConnection({ items: showEach(items, toMembershipActivity), offset: slice.offset, totalCount });
};
