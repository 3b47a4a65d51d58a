import { Field, ObjectType } from 'type-graphql';
import type { ReadResult } from '../../../wechatpay/api/reads';
import type { MembershipActivityRecord } from '../../../wechatpay/records/member-records';
import { connectionOf } from '../../relay/connection';
import { MembershipActivityChannelOrUnknown, MembershipActivityStateOrUnknown } from '../../values/enums';
import { EnumField } from '../../values/upstream-fields';
import { Fetched, UpstreamObject, type FetchedSource } from '../upstream-object.type';
import { Node, type NodeSource } from '../../relay/node.type';
import { DateTime, ID, SafeInt, toDateTime } from '../../values/scalars';

export interface MembershipActivitySource
  extends NodeSource, FetchedSource, Omit<MembershipActivityRecord, 'activityId' | 'productCouponStockList'> {
  readonly kind: 'MembershipActivity';
  readonly activityId: string;
  readonly productCouponStockList: readonly ProductCouponStock[];
}

export const toMembershipActivity = ({
  record,
  fetchedAt,
  stale,
}: ReadResult<MembershipActivityRecord>): MembershipActivitySource => ({
  ...record,
  kind: 'MembershipActivity',
  activityId: String(record.activityId),
  productCouponStockList: record.productCouponStockList ?? [],
  fetchedAt: toDateTime(fetchedAt),
  stale,
});

@ObjectType({ simpleResolvers: true, description: 'A stock of product coupons for new members.' })
export class ProductCouponStock {
  @Field(() => ID)
  readonly productCouponId!: string;
  @Field(() => ID)
  readonly stockId!: string;
}

@ObjectType({
  implements: [Node, Fetched],
  simpleResolvers: true,
  description: 'Coupons for new members, shown in the join component. On the partner route only.',
})
export class MembershipActivity extends UpstreamObject {
  @Field(() => ID)
  readonly brandId!: string;
  @Field(() => ID)
  readonly activityId!: string;
  @Field(() => ID)
  readonly cardId!: string;
  @Field(() => String)
  readonly outRequestNo!: string;
  @EnumField(() => MembershipActivityChannelOrUnknown, { nullable: true })
  readonly activityChannel?: MembershipActivityChannelOrUnknown | undefined;
  @Field(() => String)
  readonly title!: string;
  @Field(() => String)
  readonly subTitle!: string;
  @Field(() => DateTime, { nullable: true })
  readonly beginTime?: string | undefined;
  @Field(() => DateTime, { nullable: true })
  readonly endTime?: string | undefined;
  @Field(() => SafeInt, { description: 'How many users can join through it in total.' })
  readonly applyTotal!: number;
  @Field(() => SafeInt, { description: 'How many more users can join through it.' })
  readonly applyAvailable!: number;
  @Field(() => [ProductCouponStock])
  readonly productCouponStockList!: readonly ProductCouponStock[];
  @EnumField(() => MembershipActivityStateOrUnknown)
  readonly activityState!: MembershipActivityStateOrUnknown;
}

export const MembershipActivityConnection = connectionOf('MembershipActivity', () => MembershipActivity, {
  mayFail: true,
});
