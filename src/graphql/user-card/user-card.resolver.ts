import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { Sealed } from '../../wechatpay/decode';
import { toBrand } from '../brand/brand.resolver';
import { Brand } from '../brand/brand.type';
import { CardTemplate, toCardTemplate } from '../card-template/card-template.type';
import { checkCount, checkUserCardKey, toMaxAgeMs } from '../common/arguments';
import { Upstream } from '../common/upstream';
import { UserInformation } from '../common/values.type';
import type { Context } from '../context';
import { maskPhone } from './mask-phone';
import { UserCardKey } from './user-card.input';
import { UserCard, toUserCard, type UserCardSource } from './user-card.type';

@Resolver(() => UserCard)
export class UserCardResolver {
  @Upstream('GET_USER_CARD')
  @Query(() => UserCard, {
    nullable: true,
    description:
      "maxAgeSeconds: accept an answer that is at most this old; 0 asks the upstream. Default: the server's freshness policy.",
  })
  async userCard(
    @Arg('brandId', () => ID) brandId: string,
    @Arg('cardId', () => ID) cardId: string,
    @Arg('openid', () => ID) openid: string,
    @Arg('userCardCode', () => ID) userCardCode: string,
    @Arg('maxAgeSeconds', () => Int, { nullable: true }) maxAgeSeconds: number | null,
    @Ctx() context: Context,
  ) {
    return loadCard(
      { brandId, cardId, openid, userCardCode },
      { maxAgeMs: toMaxAgeMs(maxAgeSeconds), context },
    );
  }

  @Upstream('GET_USER_CARD')
  @Query(() => [UserCard], {
    nullable: 'items',
    description:
      'One entry per key in the same order. A card that failed is null with an error at its path; the others still arrive.',
  })
  userCards(
    @Arg('keys', () => [UserCardKey]) keys: UserCardKey[],
    @Arg('maxAgeSeconds', () => Int, { nullable: true }) maxAgeSeconds: number | null,
    @Ctx() context: Context,
  ) {
    checkCount('keys', keys);
    const maxAgeMs = toMaxAgeMs(maxAgeSeconds);
    // Promises in the list, not one promise of the list: each entry fails alone.
    return keys.map(({ brandId, cardId, openid, userCardCode }) =>
      loadCard({ brandId, cardId, openid, userCardCode }, { maxAgeMs, context }),
    );
  }

  @FieldResolver(() => ID)
  id(@Root() { brandId, cardId, openid, userCardCode }: UserCardSource, @Ctx() { nodeIds }: Context) {
    return nodeIds.encode({ kind: 'UserCard', brandId, cardId, openid, userCardCode });
  }

  @FieldResolver(() => Brand)
  brand(@Root() { brandId }: UserCardSource, @Ctx() { brands }: Context) {
    return toBrand(brands.get(brandId));
  }

  @FieldResolver(() => CardTemplate, { nullable: true })
  async cardTemplate(@Root() { brandId, cardId }: UserCardSource, @Ctx() { loaders }: Context) {
    const read = await loaders.cardTemplate({ brandId, cardId });
    return read && toCardTemplate(read);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      "The member's phone number in clear. Decrypted on demand; needs the pii scope, else null with a FORBIDDEN error.",
  })
  phoneNumber(@Root() card: UserCardSource, @Ctx() context: Context) {
    return open(card, card.personal.phoneNumber, context);
  }

  @FieldResolver(() => String, { nullable: true, description: 'e.g. 138****5678; free of the pii scope.' })
  phoneNumberMasked(@Root() card: UserCardSource, @Ctx() context: Context) {
    const phone = open(card, card.personal.phoneNumber, context);
    return phone && maskPhone(phone);
  }

  @FieldResolver(() => UserInformation, {
    nullable: true,
    description: 'Form answers; decrypted on demand, needs the pii scope.',
  })
  userInformation(@Root() card: UserCardSource, @Ctx() context: Context) {
    const { commonFieldList, customFieldList } = card.personal.userInformation ?? {};
    if (commonFieldList === undefined && customFieldList === undefined) return undefined;
    const clear = ({ sealed }: Sealed): string => context.unseal(card.brandId, sealed);
    return {
      commonFieldList: commonFieldList?.map(({ name, value }) => ({ name, value: clear(value) })),
      customFieldList: customFieldList?.map(({ name, userChosenValues }) => ({
        name,
        userChosenValues: userChosenValues.map(clear),
      })),
    };
  }
}

const loadCard = async (
  key: UserCardKey,
  { maxAgeMs, context }: { readonly maxAgeMs: number | undefined; readonly context: Context },
): Promise<UserCardSource | undefined> => {
  checkUserCardKey(key);
  if (context.brands.get(key.brandId) === undefined) return undefined;
  const read = await context.loaders.userCard({ ...key, maxAgeMs });
  return read && toUserCard(read);
};

const open = (
  { brandId }: UserCardSource,
  value: Sealed | undefined,
  { unseal }: Context,
): string | undefined => value && unseal(brandId, value.sealed);
