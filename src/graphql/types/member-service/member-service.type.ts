import { Field, ObjectType } from 'type-graphql';
import { PointExchangeCouponState, ProductCouponStockType } from '../../values/enums';
import { DateTime, ID, SafeInt } from '../../values/scalars';
import { EnumField, ExtraField } from '../../values/upstream-fields';
import type { Extra } from '../../../wechatpay/records/extra';

@ObjectType({
  simpleResolvers: true,
  description: "Opens WeChat's join component for one user, in a mini program or a page.",
})
export class PreAuthToken {
  @Field(() => String, {
    description: 'Anyone who has it can open the component for the user: keep it secret.',
  })
  readonly token!: string;
  @Field(() => DateTime, { nullable: true, description: 'One hour after the token was created.' })
  readonly expireTime?: string | undefined;
  @ExtraField()
  readonly extra?: Extra | undefined;
}

@ObjectType({
  simpleResolvers: true,
  description: 'A message to a member about something that happened outside WeChat Pay.',
})
export class UserFeed {
  @Field(() => ID)
  readonly cardId!: string;
  @Field(() => ID)
  readonly userCardCode!: string;
  @Field(() => String)
  readonly outRequestNo!: string;
  @Field(() => String)
  readonly cell!: string;
  @ExtraField()
  readonly extra?: Extra | undefined;
}

@ObjectType({ simpleResolvers: true, description: "A member's points balance as WeChat shows it." })
export class UserPoints {
  @Field(() => ID)
  readonly cardId!: string;
  @Field(() => ID)
  readonly openid!: string;
  @Field(() => ID)
  readonly userCardCode!: string;
  @Field(() => String)
  readonly outRequestNo!: string;
  @Field(() => SafeInt)
  readonly pointBalance!: number;
  @ExtraField()
  readonly extra?: Extra | undefined;
}

@ObjectType({
  simpleResolvers: true,
  description: 'The result of a request to exchange points for a coupon.',
})
export class PointExchangeCoupon {
  @Field(() => ID)
  readonly recordId!: string;
  @Field(() => ID)
  readonly exchangeCouponTemplateId!: string;
  @Field(() => ID)
  readonly cardId!: string;
  @Field(() => ID)
  readonly openid!: string;
  @Field(() => ID)
  readonly userCardCode!: string;
  @EnumField(() => PointExchangeCouponState)
  readonly state!: PointExchangeCouponState;
  @Field(() => ID, { nullable: true })
  readonly productCouponId?: string | undefined;
  @EnumField(() => ProductCouponStockType, { nullable: true })
  readonly productCouponStockType?: ProductCouponStockType | undefined;
  @Field(() => ID, { nullable: true })
  readonly stockId?: string | undefined;
  @Field(() => String, { nullable: true, description: 'The coupon that the member got.' })
  readonly couponCode?: string | undefined;
  @Field(() => String, { nullable: true })
  readonly rejectReason?: string | undefined;
  @ExtraField()
  readonly extra?: Extra | undefined;
}
