import { Allow, ValidateNested } from 'class-validator';
import { Field, InputType } from 'type-graphql';
import { MembershipActivityChannel } from '../../values/enums';
import { Between, Count } from '../../inputs/rules/amounts';
import { isRfc3339, Rfc3339 } from '../../inputs/rules/date-time';
import { ActivityId, Identifier, RequestNo } from '../../inputs/rules/identifiers';
import { Agreement } from '../../inputs/rules/rule';
import { Text } from '../../inputs/rules/text';
import { DateTime, ID, SafeInt } from '../../values/scalars';

/** What an activity has and may be given anew. */
@InputType()
abstract class ActivityText {
  @Field(() => ID)
  @Identifier()
  readonly brandId!: string;

  @Field(() => String)
  @Text(128)
  readonly title!: string;

  @Field(() => String)
  @Text(128)
  readonly subTitle!: string;

  @Field(() => DateTime)
  @Rfc3339()
  readonly beginTime!: string;

  @Field(() => DateTime)
  @Rfc3339()
  @Agreement(
    { code: 'INVALID', en: 'must be after beginTime', zh: '必须晚于 beginTime' },
    ({ beginTime, endTime }: ActivityText) =>
      !isRfc3339(beginTime) || !isRfc3339(endTime) || Date.parse(beginTime) < Date.parse(endTime),
  )
  readonly endTime!: string;
}

@InputType()
export class ProductCouponStockInput {
  @Field(() => ID)
  @Text(128)
  readonly productCouponId!: string;
  @Field(() => ID)
  @Text(128)
  readonly stockId!: string;
}

@InputType()
export class CreateMembershipActivityInput extends ActivityText {
  @Field(() => String, {
    nullable: true,
    description:
      "The caller's idempotency key: letters, digits, - and _, at most 128. Generated where absent.",
  })
  @RequestNo()
  readonly outRequestNo?: string | null;

  @Field(() => ID)
  @Identifier()
  readonly cardId!: string;

  @Field(() => MembershipActivityChannel)
  @Allow()
  readonly activityChannel!: MembershipActivityChannel;

  @Field(() => SafeInt, {
    description: 'How many may join by it; less than the smallest stock of its coupons has left.',
  })
  @Between(1, Number.MAX_SAFE_INTEGER)
  readonly applyTotal!: number;

  @Field(() => [ProductCouponStockInput])
  @Count(1, 200)
  @ValidateNested()
  readonly productCouponStockList!: readonly ProductCouponStockInput[];
}

/** All of it is replaced: WeChat Pay needs every field. */
@InputType()
export class UpdateMembershipActivityInput extends ActivityText {
  @Field(() => ID)
  @ActivityId()
  readonly activityId!: string;
}

@InputType()
export class TerminateMembershipActivityInput {
  @Field(() => ID)
  @Identifier()
  readonly brandId!: string;

  @Field(() => ID)
  @ActivityId()
  readonly activityId!: string;
}
