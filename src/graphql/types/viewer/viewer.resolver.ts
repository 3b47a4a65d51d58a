import { Arg, Ctx, FieldResolver, Int, Query, Resolver } from 'type-graphql';
import { AppError } from '../../../shared/errors';
import { Access } from '../../access/access';
import { brandsCost, connectionCost, type SliceArguments } from '../../cost/field-costs';
import { noCost } from '../../cost/planned-call';
import { Upstream, type FieldUse } from '../../cost/upstream';
import type { Context } from '../../execution/context';
import { toSlice } from '../../inputs/arguments';
import { showEach, toConnection } from '../../relay/connection';
import { UserCardState } from '../../values/enums';
import { ID } from '../../values/scalars';
import { toBrand } from '../brand/brand.resolver';
import { BrandConnection } from '../brand/brand.type';
import { toUserCard, UserCardConnection } from '../user-card/user-card.type';
import { Viewer } from './viewer.type';

interface OwnCards extends SliceArguments {
  readonly brandId?: string | null;
  readonly state?: string | null;
}

/** The brand and openid of the caller's own cards. Throws if the caller has none, or several and named no brand. */
const ownKeyOf = (
  brandId: string | null | undefined,
  { permissions: { member } }: { readonly permissions: Pick<Context['permissions'], 'member'> },
): { readonly brandId: string; readonly openid: string } => {
  if (member === undefined)
    throw new AppError('FORBIDDEN', 'staff asks for its own cards', { publicMessage: onlyMembers });
  const [only, ...others] = member.openids.keys();
  const own = brandId ?? (others.length === 0 ? only : undefined);
  if (own === undefined)
    throw new AppError('BAD_USER_INPUT', 'a member of several brands named none', {
      publicMessage: nameBrand,
    });
  const openid = member.openids.get(own);
  if (openid === undefined) throw new AppError('NOT_FOUND', 'the member has no openid in the brand');
  return { brandId: own, openid };
};

const onlyMembers = [
  "Only members have cards of their own; with this credential, read a user's cards with brand.userCards.",
  '仅会员拥有本人的会员卡；使用该身份凭证时，请通过 brand.userCards 查询用户的会员卡。',
] as const;

const nameBrand = [
  'brandId is needed, because the credential is that of a member of several brands.',
  '该身份凭证对应多个品牌的会员，须填写 brandId。',
] as const;

@Resolver(() => Viewer)
export class ViewerResolver {
  @Upstream([], () => ({ calls: [], children: [{ kind: 'Viewer', brandId: '', certain: true }] }))
  @Access('anyone')
  @Query(() => Viewer, { description: 'The caller of this operation.' })
  viewer(@Ctx() { callerId, permissions: { member, scopes } }: Context): Viewer {
    return { callerId, isMember: member !== undefined, scopes };
  }

  @Upstream([], ({ args: { first, after } }: FieldUse<SliceArguments>, deps) => {
    const slice = toSlice(first ?? 20, after);
    const ids = deps.brands.all().map(({ brandId }) => brandId);
    return brandsCost(ids.slice(slice.offset, slice.offset + slice.first), deps);
  })
  @FieldResolver(() => BrandConnection, {
    description: 'The brands that the caller may read, or whose member the caller is.',
  })
  brands(
    @Arg('first', () => Int, { defaultValue: 20, nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() { brands }: Context,
  ) {
    const slice = toSlice(first ?? 20, after);
    const all = brands.all();
    const items = all.slice(slice.offset, slice.offset + slice.first).map(toBrand);
    return toConnection({ items, offset: slice.offset, totalCount: all.length });
  }

  @Upstream(['LIST_USER_CARDS'], (use: FieldUse<OwnCards>, deps) => {
    const { args, parent } = use;
    const own = ownKeyOf(args.brandId, deps);
    if (deps.brands.get(own.brandId) === undefined) return noCost;
    const filter = { ...own, state: args.state ?? undefined };
    return connectionCost({ ...use, parent: { ...parent, brandId: own.brandId } }, 'UserCard', (offset) => ({
      kind: 'userCards',
      ref: { ...filter, offset },
    }));
  })
  @FieldResolver(() => UserCardConnection, {
    nullable: true,
    description:
      "The caller's own cards in one brand (one upstream list call for 20 cards). For members; for staff it is null, with a FORBIDDEN error. " +
      'brandId: needed if the token is that of a member of several brands. Null, with an error, if the call fails.',
  })
  async userCards(
    @Arg('brandId', () => ID, { nullable: true }) brandId: string | null,
    @Arg('state', () => UserCardState, { nullable: true }) state: UserCardState | null,
    @Arg('first', () => Int, { defaultValue: 20, nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() context: Context,
  ) {
    const own = ownKeyOf(brandId, context);
    const slice = toSlice(first ?? 20, after);
    const { items, totalCount } = await context.loaders.userCards(
      { ...own, state: state ?? undefined },
      slice,
    );
    return toConnection({ items: showEach(items, toUserCard), offset: slice.offset, totalCount });
  }
}
