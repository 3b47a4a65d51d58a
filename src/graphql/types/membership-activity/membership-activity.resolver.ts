import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { Brand, type BrandSource } from '../brand/brand.type';
import { toBrand } from '../brand/brand.resolver';
import { CardTemplate, toCardTemplate } from '../card-template/card-template.type';
import { Access } from '../../access/access';
import { checkActivityId, checkCardId, toMaxAgeMs, toSlice } from '../../inputs/arguments';
import { toConnection } from '../../relay/connection';
import { MembershipActivityState } from '../../values/enums';
import { Upstream } from '../../execution/upstream';
import type { Context } from '../../execution/context';
import {
  MembershipActivity,
  MembershipActivityConnection,
  toMembershipActivity,
  type MembershipActivitySource,
} from './membership-activity.type';
import { ID } from '../../values/scalars';

@Resolver(() => MembershipActivity)
export class MembershipActivityResolver {
  @Access('read')
  @Upstream('GET_MEMBERSHIP_ACTIVITY')
  @Query(() => MembershipActivity, {
    nullable: true,
    description: 'An activity by the number that WeChat Pay gave it. On the partner route only.',
  })
  async membershipActivity(
    @Arg('brandId', () => ID) brandId: string,
    @Arg('activityId', () => ID) activityId: string,
    @Arg('maxAgeSeconds', () => Int, { nullable: true }) maxAgeSeconds: number | null,
    @Ctx() { brands, loaders }: Context,
  ) {
    checkActivityId(activityId);
    const maxAgeMs = toMaxAgeMs(maxAgeSeconds);
    if (brands.get(brandId) === undefined) return undefined;
    const read = await loaders.membershipActivity({ brandId, activityId, maxAgeMs });
    return read && toMembershipActivity(read);
  }

  @FieldResolver(() => ID)
  id(@Root() { brandId, activityId }: MembershipActivitySource, @Ctx() { nodeIds }: Context) {
    return nodeIds.encode({ kind: 'MembershipActivity', brandId, activityId });
  }

  @FieldResolver(() => Brand)
  brand(@Root() { brandId }: MembershipActivitySource, @Ctx() { brands }: Context) {
    return toBrand(brands.get(brandId));
  }

  @FieldResolver(() => CardTemplate, { nullable: true })
  async cardTemplate(@Root() { brandId, cardId }: MembershipActivitySource, @Ctx() { loaders }: Context) {
    const read = await loaders.cardTemplate({ brandId, cardId });
    return read && toCardTemplate(read);
  }
}

@Resolver(() => Brand)
export class BrandActivitiesResolver {
  @Upstream('LIST_MEMBERSHIP_ACTIVITIES')
  @FieldResolver(() => MembershipActivityConnection, {
    description:
      'The activities of the brand, of one template or all (upstream list call, pages of at most 20). On the partner route only.',
  })
  async membershipActivities(
    @Root() { brandId }: BrandSource,
    @Arg('cardId', () => ID, { nullable: true }) cardId: string | null,
    @Arg('state', () => MembershipActivityState, { nullable: true }) state: MembershipActivityState | null,
    @Arg('first', () => Int, { defaultValue: 20, nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { loaders }: Context,
  ) {
    // Null stands for absent in GraphQL.
    if (typeof cardId === 'string') checkCardId(cardId);
    const slice = toSlice(first ?? 20, after);
    const { items, totalCount } = await loaders.membershipActivities(
      { brandId, cardId: cardId ?? undefined, state: state ?? undefined },
      slice,
    );
    return toConnection({ items: items.map(toMembershipActivity), offset: slice.offset, totalCount });
  }
}
