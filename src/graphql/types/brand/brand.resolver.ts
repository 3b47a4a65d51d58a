import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { interfaceNames } from '../../../wechatpay/api/interfaces';
import { CardTemplate, CardTemplateConnection, toCardTemplate } from '../card-template/card-template.type';
import { Access } from '../../access/access';
import { checkCardId, checkOpenid, toSlice } from '../../inputs/arguments';
import { showEach, toConnection } from '../../relay/connection';
import { CardState, UserCardState } from '../../values/enums';
import { brandsCost, connectionCost, objectCost, type SliceArguments } from '../../cost/field-costs';
import { reachableBucket } from '../../cost/reachable-bucket';
import { Upstream, type FieldUse } from '../../cost/upstream';
import { UserCardConnection, toUserCard } from '../user-card/user-card.type';
import type { Context } from '../../execution/context';
import { Brand, BrandConnection, ThrottleStatus, type BrandSource } from './brand.type';
import { ID } from '../../values/scalars';
import { SemanticNonNull } from '../../values/semantic-non-null';

@Resolver(() => Brand)
export class BrandResolver {
  @Upstream([], ({ args: { brandId } }: FieldUse<{ brandId: string }>, deps) => brandsCost([brandId], deps))
  @Access('read')
  @Query(() => Brand, { nullable: true, description: 'A brand that this caller may read; null otherwise.' })
  brand(@Arg('brandId', () => ID) brandId: string, @Ctx() { brands }: Context) {
    return toBrand(brands.get(brandId));
  }

  @Upstream([], ({ args: { first, after } }: FieldUse<SliceArguments>, deps) => {
    const slice = toSlice(first ?? 20, after);
    const ids = deps.brands.all().map(({ brandId }) => brandId);
    return brandsCost(ids.slice(slice.offset, slice.offset + slice.first), deps);
  })
  @Access('read')
  @SemanticNonNull()
  @Query(() => BrandConnection, { nullable: true, description: 'The brands that this caller may read.' })
  brands(
    @Arg('first', () => Int, { defaultValue: 20, nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() context: Context,
  ) {
    const slice = toSlice(first ?? 20, after);
    const all = context.brands.all();
    const items = all.slice(slice.offset, slice.offset + slice.first).map(toBrand);
    return toConnection({ items, offset: slice.offset, totalCount: all.length });
  }

  @Upstream()
  @FieldResolver(() => ID)
  id(@Root() { brandId }: BrandSource, @Ctx() { nodeIds }: Context) {
    return nodeIds.encode({ kind: 'Brand', brandId });
  }

  @Upstream(
    ['GET_CARD_TEMPLATE'],
    ({ parent: { brandId, certain }, args: { cardId } }: FieldUse<{ cardId: string }>, deps) => {
      checkCardId(cardId);
      return objectCost({ kind: 'cardTemplate', ref: { brandId, cardId } }, deps, certain);
    },
  )
  @FieldResolver(() => CardTemplate, { nullable: true })
  async cardTemplate(
    @Root() { brandId }: BrandSource,
    @Arg('cardId', () => ID) cardId: string,
    @Ctx() { loaders }: Context,
  ) {
    checkCardId(cardId);
    const read = await loaders.cardTemplate({ brandId, cardId });
    return read && toCardTemplate(read);
  }

  @Upstream(['LIST_CARD_TEMPLATES'], (use: FieldUse<{ state?: string | null } & SliceArguments>) => {
    const filter = { brandId: use.parent.brandId, state: use.args.state ?? undefined };
    return connectionCost(use, 'CardTemplate', (offset) => ({
      kind: 'cardTemplates',
      ref: { ...filter, offset },
    }));
  })
  @SemanticNonNull()
  @FieldResolver(() => CardTemplateConnection, {
    nullable: true,
    description:
      'All templates of the brand (upstream list call, pages of at most 20). Null, with an error, if the call fails.',
  })
  async cardTemplates(
    @Root() { brandId }: BrandSource,
    @Arg('state', () => CardState, { nullable: true }) state: CardState | null,
    @Arg('first', () => Int, { defaultValue: 20, nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { loaders }: Context,
  ) {
    const slice = toSlice(first ?? 20, after);
    const { items, totalCount } = await loaders.cardTemplates({ brandId, state: state ?? undefined }, slice);
    return toConnection({ items: showEach(items, toCardTemplate), offset: slice.offset, totalCount });
  }

  @Upstream(
    ['LIST_USER_CARDS'],
    (use: FieldUse<{ openid: string; state?: string | null } & SliceArguments>) => {
      const { openid, state } = use.args;
      checkOpenid(openid);
      const filter = { brandId: use.parent.brandId, openid, state: state ?? undefined };
      return connectionCost(use, 'UserCard', (offset) => ({ kind: 'userCards', ref: { ...filter, offset } }));
    },
  )
  @SemanticNonNull()
  @FieldResolver(() => UserCardConnection, {
    nullable: true,
    description:
      'All cards that one user holds in this brand (one upstream list call; fills the single-card cache). Null, with an error, if the call fails.',
  })
  async userCards(
    @Root() { brandId }: BrandSource,
    @Arg('openid', () => ID) openid: string,
    @Arg('state', () => UserCardState, { nullable: true }) state: UserCardState | null,
    @Arg('first', () => Int, { defaultValue: 20, nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { loaders }: Context,
  ) {
    checkOpenid(openid);
    const slice = toSlice(first ?? 20, after);
    const { items, totalCount } = await loaders.userCards(
      { brandId, openid, state: state ?? undefined },
      slice,
    );
    return toConnection({ items: showEach(items, toUserCard), offset: slice.offset, totalCount });
  }

  @Upstream()
  @FieldResolver(() => [ThrottleStatus], {
    description: 'The upstream call budget of this brand, per interface, as this server sees it now.',
  })
  throttle(@Root() { brandId }: BrandSource, @Ctx() { members, throttle }: Context): ThrottleStatus[] {
    return interfaceNames.flatMap((name) => {
      const bucket = reachableBucket(members, name, brandId);
      if (bucket === undefined) return [];
      return [{ interface: name, limitPerSecond: bucket.callsPerSecond, ...throttle(bucket) }];
    });
  }
}

export const toBrand = <T extends { readonly brandId: string; readonly name: string } | undefined>(
  brand: T,
) => brand && { kind: 'Brand' as const, ...brand };
