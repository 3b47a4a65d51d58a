import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { Brand, type BrandSource } from '../brand/brand.type';
import { toBrand } from '../brand/brand.resolver';
import { CardTemplate, toCardTemplate } from '../card-template/card-template.type';
import { Access } from '../../access/access';
import { checkActivityId, checkCardId, toMaxAgeMs, toSlice } from '../../inputs/arguments';
import { showEach, toConnection } from '../../relay/connection';
import { MembershipActivityState } from '../../values/enums';
import {
  connectionCost,
  objectCost,
  ownBrandCost,
  ownTemplateCost,
  type SliceArguments,
} from '../../cost/field-costs';
import { Upstream, type FieldUse } from '../../cost/upstream';
import type { Context } from '../../execution/context';
import {
  MembershipActivity,
  MembershipActivityConnection,
  toMembershipActivity,
  type MembershipActivitySource,
} from './membership-activity.type';
import { ID } from '../../values/scalars';

interface ActivityArguments {
  readonly brandId: string;
  readonly activityId: string;
  readonly maxAgeSeconds?: number | null;
}

const keyOf = ({ brandId, activityId, maxAgeSeconds }: ActivityArguments) => {
  checkActivityId(activityId);
  return { brandId, activityId, maxAgeMs: toMaxAgeMs(maxAgeSeconds) };
};

interface ActivityFilter {
  readonly cardId?: string | null;
  readonly state?: string | null;
}

const filterOf = (brandId: string, { cardId, state }: ActivityFilter) => {
  // In GraphQL, null means absent.
  if (typeof cardId === 'string') checkCardId(cardId);
  return { brandId, cardId: cardId ?? undefined, state: state ?? undefined };
};

@Resolver(() => MembershipActivity)
export class MembershipActivityResolver {
  @Access('read')
  @Upstream(['GET_MEMBERSHIP_ACTIVITY'], ({ args }: FieldUse<ActivityArguments>, deps) => {
    const { maxAgeMs, ...ref } = keyOf(args);
    return objectCost({ kind: 'membershipActivity', ref, maxAgeMs }, deps);
  })
  @Query(() => MembershipActivity, {
    nullable: true,
    description: 'An activity by its number, which WeChat Pay assigns. On the partner route only.',
  })
  async membershipActivity(
    @Arg('brandId', () => ID) brandId: string,
    @Arg('activityId', () => ID) activityId: string,
    @Arg('maxAgeSeconds', () => Int, { nullable: true }) maxAgeSeconds: number | null,
    @Ctx() { brands, loaders }: Context,
  ) {
    const key = keyOf({ brandId, activityId, maxAgeSeconds });
    if (brands.get(brandId) === undefined) return undefined;
    const read = await loaders.membershipActivity(key);
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
    const filter = filterOf(brandId, { cardId, state });
    const slice = toSlice(first ?? 20, after);
    const { items, totalCount } = await loaders.membershipActivities(filter, slice);
    return toConnection({ items: showEach(items, toMembershipActivity), offset: slice.offset, totalCount });
  }
}
