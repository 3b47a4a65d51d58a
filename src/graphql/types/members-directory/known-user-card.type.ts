import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Coverage } from '../../../directory/directory';
import { knownCardSorts, type KnownCard, type KnownCardSort as Sort } from '../../../directory/read-cards';
import { PageInfo } from '../../relay/connection';
import { SemanticNonNull } from '../../values/semantic-non-null';
import { shownValue, UserCardStateOrUnknown } from '../../values/enums';
import { DateTime, ID, SafeInt, toDateTime } from '../../values/scalars';
import { EnumField } from '../../values/upstream-fields';

export const KnownUserCardSort = Object.fromEntries(knownCardSorts.map((name) => [name, name])) as {
  readonly [Name in Sort]: Name;
};
registerEnumType(KnownUserCardSort, {
  name: 'KnownUserCardSort',
  description: 'The order of known cards. Cards of the same moment have a fixed order.',
  valuesConfig: {
    LAST_SEEN_DESC: { description: 'The card that passed by last comes first.' },
    LAST_SEEN_ASC: { description: 'The card that has not passed by for the longest time comes first.' },
    FIRST_SEEN_DESC: { description: 'The newest card of the directory comes first.' },
    FIRST_SEEN_ASC: { description: 'The oldest card of the directory comes first.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description:
    "A user's card as it last passed by this server. It may have changed since then: read it with userCard to be sure. 会员目录中的会员卡。",
})
export class KnownUserCard {
  @Field(() => ID)
  readonly brandId!: string;
  @Field(() => ID)
  readonly cardId!: string;
  @Field(() => ID)
  readonly userCardCode!: string;
  @Field(() => ID, {
    nullable: true,
    description:
      "The user's id under the AppID of the card template. Null after an import by phone whose response was lost, until the card passes by again. WeChat Pay's openid.",
  })
  readonly openid?: string | undefined;
  @Field(() => ID, {
    nullable: true,
    description: 'The global id of the card, for node and userCard. Null as long as the openid is.',
  })
  readonly userCardId?: string | undefined;
  @EnumField(() => UserCardStateOrUnknown, {
    nullable: true,
    description:
      'Whether the card could be used when it was seen. From a file of members until WeChat Pay says it. Null if nobody said it.',
  })
  readonly userCardState?: UserCardStateOrUnknown | undefined;
  @Field(() => String, { nullable: true })
  readonly level?: string | undefined;
  @Field(() => SafeInt, {
    nullable: true,
    description:
      'The balance that this server sent to WeChat Pay last. Null if it sent none. Other systems may have sent another one since.',
  })
  readonly pointBalance?: number | undefined;
  @Field(() => DateTime, { nullable: true, description: 'When pointBalance was sent.' })
  readonly pointsSyncedAt?: string | undefined;
  @Field(() => DateTime, {
    nullable: true,
    description:
      'When this server last got the whole card from WeChat Pay. Null if it never did. 数据的获取时间。',
  })
  readonly fetchedAt?: string | undefined;
  @Field(() => DateTime, { description: 'When the card passed by for the first time.' })
  readonly firstSeenAt!: string;
  @Field(() => DateTime, { description: 'When the card passed by for the last time.' })
  readonly lastSeenAt!: string;
}

export const toKnownUserCard = (card: KnownCard, userCardId: string | undefined) => {
  const { state, fetchedAt, pointsSyncedAt, firstSeenAt, lastSeenAt } = card;
  const { brandId, cardId, userCardCode, openid, level, pointBalance } = card;
  return {
    ...{ brandId, cardId, userCardCode, openid, userCardId, level, pointBalance },
    userCardState: shownValue(UserCardStateOrUnknown, state),
    userCardStateRaw: state,
    fetchedAt: orNone(fetchedAt),
    pointsSyncedAt: orNone(pointsSyncedAt),
    firstSeenAt: toDateTime(firstSeenAt),
    lastSeenAt: toDateTime(lastSeenAt),
  };
};

const orNone = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : toDateTime(ms);

@ObjectType({
  simpleResolvers: true,
  description:
    "What a brand's directory can know. WeChat Pay has no list of members, so members who never passed by are never in it. 会员目录的覆盖范围。",
})
export class DirectoryCoverage {
  @Field(() => DateTime, {
    nullable: true,
    description: 'Since when the cards of the brand are recorded. Null if none was yet.',
  })
  readonly since?: string | undefined;
  @Field(() => Boolean, {
    description:
      'Whether everything that passed by since then is recorded, except what was erased. It does not mean that the directory has all members.',
  })
  readonly complete!: boolean;
  @Field(() => DateTime, {
    nullable: true,
    description: 'When entries were lost, or may have been lost, for the last time. Null if complete.',
  })
  readonly lostAt?: string | undefined;
}

export const toCoverage = ({ since, complete, lostAt }: Coverage): DirectoryCoverage => ({
  complete,
  since: orNone(since),
  lostAt: orNone(lostAt),
});

const failedElement =
  'Null, with an error at its path, if this element cannot be read. The others are still returned.';

@ObjectType({ simpleResolvers: true, description: 'A known card and its position.' })
export class KnownUserCardEdge {
  @Field(() => String)
  readonly cursor!: string;
  @Field(() => KnownUserCard, { nullable: true, description: failedElement })
  @SemanticNonNull([0])
  readonly node!: unknown;
}

@ObjectType({ simpleResolvers: true, description: "A page of the members' directory of a brand." })
export class KnownUserCardConnection {
  @Field(() => [KnownUserCardEdge])
  readonly edges!: readonly KnownUserCardEdge[];
  @Field(() => [KnownUserCard], { nullable: 'items', description: failedElement })
  @SemanticNonNull([1])
  readonly nodes!: readonly unknown[];
  @Field(() => PageInfo)
  readonly pageInfo!: PageInfo;
  @Field(() => Int, {
    description: 'How many cards of the directory agree with the filter. Counted when asked for.',
  })
  readonly knownCount!: number;
  @Field(() => DirectoryCoverage, { description: 'How much the directory can know.' })
  readonly coverage!: DirectoryCoverage;
}
