import { InputType } from 'type-graphql';
import { InputOf, Optional, outRequestNo, Reference, Required } from '../../inputs/input-fields';
import { CardTemplateRef, MembershipActivityRef } from '../../inputs/refs.input';
import { MembershipActivityChannel } from '../../values/enums';
import { DateTime, ID, SafeInt } from '../../values/scalars';

/** The fields that an activity is created with and that an update can change. */
@InputType()
abstract class ActivityText {
  @Required(() => String)
  readonly title!: string;
  @Required(() => String)
  readonly subTitle!: string;
  @Required(() => DateTime)
  readonly beginTime!: string;
  @Required(() => DateTime)
  readonly endTime!: string;
}

@InputType()
export class ProductCouponStockInput {
  @Required(() => ID)
  readonly productCouponId!: string;
  @Required(() => ID)
  readonly stockId!: string;
}

@InputOf('CREATE_MEMBERSHIP_ACTIVITY')
export class CreateMembershipActivityInput extends ActivityText {
  @Optional(() => String, outRequestNo)
  readonly outRequestNo?: string | null;
  @Reference(() => CardTemplateRef)
  readonly cardTemplate!: CardTemplateRef;
  @Required(() => MembershipActivityChannel)
  readonly activityChannel!: MembershipActivityChannel;
  @Required(() => SafeInt, {
    description:
      'How many users can join through it. Must be less than what is left of its smallest coupon stock.',
  })
  readonly applyTotal!: number;
  @Required(() => [ProductCouponStockInput])
  readonly productCouponStockList!: readonly ProductCouponStockInput[];
}

/** Replaces all fields, because WeChat Pay requires every one. */
@InputOf('UPDATE_MEMBERSHIP_ACTIVITY')
export class UpdateMembershipActivityInput extends ActivityText {
  @Reference(() => MembershipActivityRef)
  readonly membershipActivity!: MembershipActivityRef;
}

@InputOf('TERMINATE_MEMBERSHIP_ACTIVITY')
export class TerminateMembershipActivityInput {
  @Reference(() => MembershipActivityRef)
  readonly membershipActivity!: MembershipActivityRef;
}
