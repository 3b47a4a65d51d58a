import { Field, ObjectType } from 'type-graphql';
import type { ReadResult } from '../../../wechatpay/api/reads';
import type { UserCardRecord } from '../../../wechatpay/records/records';
import { connectionOf } from '../../relay/connection';
import { CardTypeOrUnknown, UserCardStateOrUnknown } from '../../values/enums';
import { EnumField } from '../../values/upstream-fields';
import { Fetched, UpstreamObject, type FetchedSource } from '../upstream-object.type';
import { Node, type NodeSource } from '../../relay/node.type';
import { DateTime, ID, toDateTime } from '../../values/scalars';
import { Validity } from '../../values/validity.type';

/** The source of a card. Personal data stays encrypted in it; field resolvers decrypt it. */
export interface UserCardSource
  extends NodeSource, FetchedSource, Omit<UserCardRecord, 'phoneNumber' | 'userInformation'> {
  readonly kind: 'UserCard';
  readonly personal: Pick<UserCardRecord, 'phoneNumber' | 'userInformation'>;
}

export const toUserCard = ({ record, fetchedAt, stale }: ReadResult<UserCardRecord>): UserCardSource => ({
  ...plainOf(record),
  fetchedAt: toDateTime(fetchedAt),
  stale,
});

type Plain = Omit<UserCardSource, keyof FetchedSource>;
const plains = new WeakMap<UserCardRecord, Plain>();

/** A cached record is the same object at every read, so it is converted once. */
const plainOf = (record: UserCardRecord): Plain => {
  const known = plains.get(record);
  if (known !== undefined) return known;
  const { phoneNumber, userInformation, ...rest } = record;
  const plain: Plain = { ...rest, kind: 'UserCard', personal: { phoneNumber, userInformation } };
  plains.set(record, plain);
  return plain;
};

@ObjectType({ implements: [Node, Fetched], simpleResolvers: true })
export class UserCard extends UpstreamObject {
  @Field(() => ID)
  readonly brandId!: string;
  @Field(() => ID)
  readonly userCardCode!: string;
  @Field(() => ID)
  readonly cardId!: string;
  @Field(() => ID)
  readonly openid!: string;
  @EnumField(() => CardTypeOrUnknown, { nullable: true })
  readonly cardType?: CardTypeOrUnknown | undefined;
  @Field(() => String, { nullable: true })
  readonly cardColor?: string | undefined;
  @Field(() => String, { nullable: true })
  readonly cardPictureUrl?: string | undefined;
  @Field(() => String, { nullable: true })
  readonly level?: string | undefined;
  @Field(() => Validity, { nullable: true, description: 'Its validity. 有效期。' })
  readonly validDateInformation?: Validity | undefined;
  @Field(() => DateTime, { nullable: true })
  readonly pickupTime?: string | undefined;
  @Field(() => String, { nullable: true })
  readonly attach?: string | undefined;
  @EnumField(() => UserCardStateOrUnknown)
  readonly userCardState!: UserCardStateOrUnknown;
  @Field(() => String, { nullable: true })
  readonly invalidReason?: string | undefined;
  @Field(() => DateTime, { nullable: true })
  readonly invalidTime?: string | undefined;
}

export const UserCardConnection = connectionOf('UserCard', () => UserCard, { mayFail: true });
