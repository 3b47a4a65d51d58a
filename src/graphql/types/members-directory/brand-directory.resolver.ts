import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Int, Resolver, Root } from 'type-graphql';
import type { Directory } from '../../../directory/directory';
import type { KnownCardFilter, KnownCardSort } from '../../../directory/read-cards';
import { AppError } from '../../../shared/errors';
import { Upstream, type FieldUse } from '../../cost/upstream';
import type { Context } from '../../execution/context';
import { checkCardId, toFirst } from '../../inputs/arguments';
import { ID } from '../../values/scalars';
import { pageOf } from '../../relay/connection';
import { SemanticNonNull } from '../../values/semantic-non-null';
import { Brand, type BrandSource } from '../brand/brand.type';
import { UserCard, toUserCard } from '../user-card/user-card.type';
import { FindUserCardBy, KnownUserCardFilter, toKnownCardFilter, toMemberName } from './directory.input';
import {
  DirectoryCoverage,
  KnownUserCardConnection,
  KnownUserCardSort,
  toCoverage,
  toKnownUserCard,
} from './known-user-card.type';
import { decodePosition, encodePosition } from './position-cursor';

interface FindArguments {
  readonly by: FindUserCardBy;
  readonly cardId?: string | null;
}

interface ConnectionSource {
  readonly brandId: string;
  readonly filter: KnownCardFilter;
}

/** The directory of the brand. Throws MISCONFIGURED if none is configured for it. */
export const directoryOf = (brandId: string, { directory }: Pick<Context, 'directory'>): Directory => {
  const opened = directory();
  if (opened?.covers(brandId) === true) return opened;
  throw new AppError('MISCONFIGURED', "the brand has no members' directory", {
    publicMessage: [
      "The members' directory of this brand is off. An operator turns it on with the settings database and directory.",
      '该品牌未启用会员目录。运维人员可通过 database 与 directory 设置启用。',
    ],
    hint: [
      'directory.brands: add the brand, or write all; the section needs database',
      'directory.brands：加入该品牌，或写 all；须同时配置 database',
    ],
  });
};

@Resolver(() => Brand)
export class BrandDirectoryResolver {
  @Upstream(['GET_USER_CARD'], ({ parent: { brandId }, args }: FieldUse<FindArguments>) => {
    const identity = JSON.stringify(['find', brandId, args.by, args.cardId ?? null]);
    return {
      calls: [{ interface: 'GET_USER_CARD', brandId, identity, max: 1, certain: false }],
      children: [{ kind: 'UserCard', brandId, certain: false, template: { of: identity, max: 1 } }],
    };
  })
  @FieldResolver(() => UserCard, {
    nullable: true,
    description:
      "The card of a member of whom only the code or the phone number is known: found in the members' directory, then read like any card (at most one call). Of several cards a valid one, then the one seen last. Ended and deleted cards are found too, with their state. Null: no such card has passed by this server; that does not prove that there is none (see coverage of knownUserCards). 仅凭会员码或手机号查找会员卡。",
  })
  async findUserCard(
    @Root() { brandId }: BrandSource,
    @Arg('by', () => FindUserCardBy) by: FindUserCardBy,
    @Arg('cardId', () => ID, { nullable: true }) cardId: string | null,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ) {
    const directory = directoryOf(brandId, context);
    const name = toMemberName(brandId, by, context);
    if (typeof cardId === 'string') checkCardId(cardId);
    if ('phoneNumber' in name)
      // Before the answer: what cannot be recorded is not looked up.
      context.audit.record({
        kind: 'LOOKUP',
        brandId,
        operation: info.operation.name?.value ?? 'anonymous',
        target: ['phoneNumber', name.phoneNumber],
        fields: ['phoneNumber'],
        outcome: 'OK',
      });
    const known = await directory.find(brandId, name, cardId ?? undefined);
    if (known === undefined) return undefined;
    const { openid } = known;
    if (openid === undefined) throw openidUnknown();
    const read = await context.loaders.userCard({
      ...{ brandId, cardId: known.cardId, openid, userCardCode: known.userCardCode },
    });
    return read && toUserCard(read);
  }

  @Upstream()
  @SemanticNonNull()
  @FieldResolver(() => KnownUserCardConnection, {
    nullable: true,
    description:
      "The members' cards that passed by this server: imports, reads, lists, writes and notifications. Calls nothing upstream; fetchedAt says how old each is. Null, with an error, if the directory cannot be read. 会员目录。",
  })
  async knownUserCards(
    @Root() { brandId }: BrandSource,
    @Arg('first', () => Int, { defaultValue: 20, nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('filter', () => KnownUserCardFilter, { nullable: true }) given: KnownUserCardFilter | null,
    @Arg('sort', () => KnownUserCardSort, { nullable: true, defaultValue: 'LAST_SEEN_DESC' })
    sort: KnownCardSort | null,
    @Ctx() context: Context,
  ) {
    const directory = directoryOf(brandId, context);
    const filter = toKnownCardFilter(given);
    const order = sort ?? 'LAST_SEEN_DESC';
    const { cards, hasMore } = await directory.list({
      ...{ brandId, filter, sort: order },
      first: toFirst(first ?? 20),
      after: typeof after === 'string' ? decodePosition(order, after) : undefined,
    });
    const edges = cards.map(({ position, card }) => ({
      cursor: encodePosition(order, position),
      node: card instanceof AppError ? card : toKnownUserCard(card, idOf(card, context)),
    }));
    return {
      ...({ brandId, filter } satisfies ConnectionSource),
      ...pageOf(edges, { hasNextPage: hasMore, hasPreviousPage: typeof after === 'string' }),
    };
  }
}

const idOf = (
  {
    brandId,
    cardId,
    openid,
    userCardCode,
  }: { brandId: string; cardId: string; openid?: string; userCardCode: string },
  { nodeIds }: Pick<Context, 'nodeIds'>,
): string | undefined =>
  openid === undefined
    ? undefined
    : nodeIds.encode({ kind: 'UserCard', brandId, cardId, openid, userCardCode });

const openidUnknown = (): AppError =>
  new AppError('NOT_FOUND', 'the openid of a known card is not known yet', {
    publicMessage: [
      'The card was imported, but the response with its openid was lost, and no card can be read without the openid. It is found as soon as the card passes by again, e.g. when the member opens your mini program.',
      '该会员卡已导入，但返回 openid 的应答已丢失，没有 openid 无法查询会员卡。会员卡再次经过本服务（例如会员打开您的小程序）后即可查到。',
    ],
  });

@Resolver(() => KnownUserCardConnection)
export class KnownUserCardConnectionResolver {
  @Upstream()
  @FieldResolver(() => Int)
  knownCount(@Root() { brandId, filter }: ConnectionSource, @Ctx() context: Context) {
    return directoryOf(brandId, context).count({ brandId, filter });
  }

  @Upstream()
  @FieldResolver(() => DirectoryCoverage)
  async coverage(@Root() { brandId }: ConnectionSource, @Ctx() context: Context) {
    return toCoverage(await directoryOf(brandId, context).coverage(brandId));
  }
}
