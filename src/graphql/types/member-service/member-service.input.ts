import { Allow } from 'class-validator';
import { Field, InputType } from 'type-graphql';
import { ValidatedUserCardKey } from '../../inputs/user-card-key.input';
import { PointExchangeCouponResult } from '../../values/enums';
import { Between } from '../../inputs/rules/amounts';
import { FeedCell, Identifier, Openid, RequestNo, ShortRequestNo } from '../../inputs/rules/identifiers';
import { NeededWhen, RefusedWhen } from '../../inputs/rules/rule';
import { Text } from '../../inputs/rules/text';
import { ID, SafeInt } from '../../values/scalars';

@InputType()
export class CreatePreAuthTokenInput {
  @Field(() => ID)
  @Identifier()
  readonly brandId!: string;

  @Field(() => ID)
  @Identifier()
  readonly cardId!: string;

  @Field(() => ID)
  @Openid()
  readonly openid!: string;
}

@InputType()
export class CreateUserFeedInput extends ValidatedUserCardKey {
  @Field(() => String, {
    nullable: true,
    description:
      "The caller's idempotency key: letters, digits, - and _, at most 64. Generated where absent.",
  })
  @ShortRequestNo()
  readonly outRequestNo?: string | null;

  @Field(() => String, {
    description: 'Number of the feed template and its variables, joined by _, e.g. 15_1200_1.',
  })
  @FeedCell()
  readonly cell!: string;
}

@InputType()
export class SyncUserPointsInput extends ValidatedUserCardKey {
  @Field(() => String, {
    nullable: true,
    description:
      "The caller's idempotency key: letters, digits, - and _, at most 128. Generated where absent.",
  })
  @RequestNo()
  readonly outRequestNo?: string | null;

  @Field(() => SafeInt, { description: 'The balance, not a change of it.' })
  @Between(0, Number.MAX_SAFE_INTEGER)
  readonly pointBalance!: number;
}

const isRejected = ({ result }: ConfirmPointExchangeCouponInput): boolean =>
  result === 'POINT_EXCHANGE_COUPON_REJECT';

@InputType()
export class ConfirmPointExchangeCouponInput extends ValidatedUserCardKey {
  @Field(() => ID, { description: 'From the notification of the wish.' })
  @Text(64)
  readonly recordId!: string;

  @Field(() => ID, { description: 'From the notification of the wish.' })
  @Text(32)
  readonly exchangeCouponTemplateId!: string;

  @Field(() => PointExchangeCouponResult)
  @Allow()
  readonly result!: PointExchangeCouponResult;

  @Field(() => String, { nullable: true })
  @Text(32)
  @NeededWhen(isRejected, {
    en: 'is needed for POINT_EXCHANGE_COUPON_REJECT',
    zh: '在 POINT_EXCHANGE_COUPON_REJECT 时必填',
  })
  @RefusedWhen((input: ConfirmPointExchangeCouponInput) => !isRejected(input), {
    en: 'is for POINT_EXCHANGE_COUPON_REJECT only',
    zh: '仅用于 POINT_EXCHANGE_COUPON_REJECT',
  })
  readonly rejectReason?: string | null;
}
