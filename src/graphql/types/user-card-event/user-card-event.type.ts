import { Field, Float, ObjectType, registerEnumType } from 'type-graphql';
import { userCardEventTypes, type UserCardEventType as EventType } from '../../../events/event';
import { DateTime, ID } from '../../values/scalars';
import { EnumField, ExtraField } from '../../values/upstream-fields';

export const UserCardEventType = Object.fromEntries(userCardEventTypes.map((name) => [name, name])) as {
  readonly [Name in EventType]: Name;
};
registerEnumType(UserCardEventType, {
  name: 'UserCardEventType',
  description: "WeChat Pay's event types without the route in front. Values may be added.",
  valuesConfig: {
    USER_CARD_CREATE: { description: 'A user opened a card; it waits for the merchant to confirm it.' },
    USER_CARD_DELETE: { description: 'A user deleted a card.' },
    POINT_EXCHANGE_COUPON: {
      description: 'A user wants to pay points for a coupon; it waits for the merchant to allow it.',
    },
    SYNC_USER_POINT: {
      description: "A user looks at a card whose points' balance WeChat Pay wants to know.",
    },
    UNKNOWN: {
      description:
        'A kind of notification that this version does not know, or one that lacks what its kind needs. eventTypeRaw names it, extra has what it says, and the card is read anew.',
    },
  },
});

@ObjectType({ simpleResolvers: true, description: '积分兑券' })
export class PointExchange {
  @Field(() => ID)
  readonly recordId!: string;
  @Field(() => ID)
  readonly exchangeCouponTemplateId!: string;
  @Field(() => Float, {
    nullable: true,
    description:
      'A whole number. Null if WeChat Pay did not say how many; extra has a number that cannot be shown here.',
  })
  readonly deductPoints?: number;
  @Field(() => String, { nullable: true })
  readonly appid?: string;
  @Field(() => ID, { nullable: true })
  readonly productCouponId?: string;
  @Field(() => String, { nullable: true })
  readonly productCouponStockType?: string;
  @Field(() => ID, { nullable: true })
  readonly stockId?: string;
}

@ObjectType({ simpleResolvers: true, description: "What WeChat Pay notified about a user's card." })
export class UserCardEvent {
  @Field(() => ID, {
    description: 'Grows within a brand. As lastEventId it lets a subscription go on behind it.',
  })
  readonly eventId!: string;
  @EnumField(() => UserCardEventType)
  readonly eventType!: EventType;
  @Field(() => ID)
  readonly brandId!: string;
  @Field(() => ID, { nullable: true, description: 'Null only if an UNKNOWN event names no card.' })
  readonly cardId?: string;
  @Field(() => ID, { nullable: true, description: 'Null only if an UNKNOWN event names no user.' })
  readonly openid?: string;
  @Field(() => ID, {
    nullable: true,
    description: 'Null where a card was opened whose code the merchant allocates on confirming it.',
  })
  readonly userCardCode?: string;
  @Field(() => DateTime, { nullable: true, description: 'When WeChat Pay made the notification.' })
  readonly createTime?: string;
  @Field(() => PointExchange, { nullable: true, description: 'With POINT_EXCHANGE_COUPON.' })
  readonly pointExchange?: PointExchange;
  @ExtraField()
  readonly extra?: Readonly<Record<string, unknown>>;
}
