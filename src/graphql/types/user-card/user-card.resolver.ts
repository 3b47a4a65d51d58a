import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Int, Query, Resolver, Root } from 'type-graphql';
import { toBrand } from '../brand/brand.resolver';
import { Brand } from '../brand/brand.type';
import { CardTemplate, toCardTemplate } from '../card-template/card-template.type';
import { Access } from '../../access/access';
import { checkCount, toKey, toMaxAgeMs } from '../../inputs/arguments';
import { UserCardRef } from '../../inputs/refs.input';
import { objectCost, orNoCost, ownBrandCost, ownTemplateCost, sumOf } from '../../cost/field-costs';
import { noCost } from '../../cost/planned-call';
import { Upstream, type FieldUse, type PlanDeps } from '../../cost/upstream';
import { UserInformation } from '../../values/values.type';
import type { Context } from '../../execution/context';
import { answersOf, withAnswers } from './form-answers';
import { UserCard, toUserCard, type UserCardSource } from './user-card.type';
import { ID } from '../../values/scalars';
import { SemanticNonNull } from '../../values/semantic-non-null';

interface MaxAge {
  readonly maxAgeSeconds?: number | null;
}

const cardCost = (by: UserCardRef, maxAgeMs: number | undefined, deps: PlanDeps) => {
  const key = toKey('UserCard', by, deps);
  return key === undefined ? noCost : objectCost({ kind: 'userCard', ref: key, maxAgeMs }, deps);
};

@Resolver(() => UserCard)
export class UserCardResolver {
  @Upstream(['GET_USER_CARD'], ({ args }: FieldUse<{ by: UserCardRef } & MaxAge>, deps) =>
    cardCost(args.by, toMaxAgeMs(args.maxAgeSeconds), deps),
  )
  @Access('read')
  @Query(() => UserCard, {
    nullable: true,
    description: "A user's card. Null if it does not exist, or the caller may not read its brand.",
  })
  async userCard(
    @Arg('by', () => UserCardRef) by: UserCardRef,
    @Arg('maxAgeSeconds', () => Int, { nullable: true }) maxAgeSeconds: number | null,
    @Ctx() context: Context,
  ) {
    return loadCard(by, { maxAgeMs: toMaxAgeMs(maxAgeSeconds), context });
  }

  @Upstream(['GET_USER_CARD'], ({ args }: FieldUse<{ by: readonly UserCardRef[] } & MaxAge>, deps) => {
    const maxAgeMs = toMaxAgeMs(args.maxAgeSeconds);
    return sumOf(args.by.map((one) => orNoCost(() => cardCost(one, maxAgeMs, deps))));
  })
  @Access('read')
  @SemanticNonNull()
  @Query(() => [UserCard], {
    nullable: 'itemsAndList',
    description:
      'One entry per reference, in the same order. A card that cannot be read is null, with an error at its path; the others are still returned.',
  })
  userCards(
    @Arg('by', () => [UserCardRef]) by: UserCardRef[],
    @Arg('maxAgeSeconds', () => Int, { nullable: true }) maxAgeSeconds: number | null,
    @Ctx() context: Context,
  ) {
    checkCount('by', by);
    const maxAgeMs = toMaxAgeMs(maxAgeSeconds);
    // A list of promises, not one promise of a list: each entry fails alone.
    return by.map((one) => loadCard(one, { maxAgeMs, context }));
  }

  @Upstream()
  @FieldResolver(() => ID)
  id(@Root() { brandId, cardId, openid, userCardCode }: UserCardSource, @Ctx() { nodeIds }: Context) {
    return nodeIds.encode({ kind: 'UserCard', brandId, cardId, openid, userCardCode });
  }

  @Upstream([], ownBrandCost)
  @FieldResolver(() => Brand)
  brand(@Root() { brandId }: UserCardSource, @Ctx() { brands }: Context) {
    return toBrand(brands.get(brandId));
  }

  @Upstream(['GET_CARD_TEMPLATE'], ownTemplateCost)
  @FieldResolver(() => CardTemplate, { nullable: true })
  async cardTemplate(@Root() { brandId, cardId }: UserCardSource, @Ctx() { loaders }: Context) {
    const read = await loaders.cardTemplate({ brandId, cardId });
    return read && toCardTemplate(read);
  }

  @Upstream()
  @FieldResolver(() => String, {
    nullable: true,
    description:
      "The member's phone number in clear, decrypted on demand. For callers with the pii scope and for the member; for others it is null, with a FORBIDDEN error.",
  })
  async phoneNumber(
    @Root() card: UserCardSource,
    @Ctx() { personal }: Context,
    @Info() { operation }: GraphQLResolveInfo,
  ) {
    personal.check(card);
    const { phoneNumber } = card.personal;
    if (phoneNumber === undefined) return undefined;
    const values = [{ field: 'phoneNumber', sealed: phoneNumber.sealed }];
    const [clear] = await personal.reveal(card, values, nameOf(operation));
    // GraphQL throws an error that stands in the place of a value, at its path.
    return clear;
  }

  @Upstream()
  @FieldResolver(() => String, {
    nullable: true,
    description: 'The masked phone number, e.g. 138****5678. Needs no pii scope.',
  })
  async phoneNumberMasked(
    @Root() card: UserCardSource,
    @Ctx() { personal }: Context,
    @Info() { operation }: GraphQLResolveInfo,
  ) {
    const { phoneNumber } = card.personal;
    return phoneNumber && personal.maskedPhone(card, phoneNumber, nameOf(operation));
  }

  @Upstream()
  @FieldResolver(() => UserInformation, {
    nullable: true,
    description:
      'Form answers in clear, decrypted on demand. For callers with the pii scope and for the member. An answer that cannot be decrypted is null with an error at its path.',
  })
  async userInformation(
    @Root() card: UserCardSource,
    @Ctx() { personal }: Context,
    @Info() { operation }: GraphQLResolveInfo,
  ) {
    personal.check(card);
    const sealed = answersOf(card);
    const clear = await personal.reveal(card, sealed, nameOf(operation));
    const clearOf = new Map(sealed.map((value, index) => [value.sealed, clear[index] ?? '']));
    return withAnswers(card, (value) => clearOf.get(value.sealed) ?? '');
  }

  @Upstream()
  @FieldResolver(() => UserInformation, {
    nullable: true,
    description:
      'The questions that the member answered, with *** in place of every answer. Needs no pii scope.',
  })
  userInformationMasked(@Root() card: UserCardSource) {
    return withAnswers(card, () => '***');
  }
}

const nameOf = ({ name }: GraphQLResolveInfo['operation']): string => name?.value ?? 'anonymous';

const loadCard = async (
  by: UserCardRef,
  { maxAgeMs, context }: { readonly maxAgeMs: number | undefined; readonly context: Context },
): Promise<UserCardSource | undefined> => {
  const key = toKey('UserCard', by, context);
  const read = key && (await context.loaders.userCard({ ...key, maxAgeMs }));
  return read && toUserCard(read);
};
