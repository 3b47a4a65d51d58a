import { Field, ObjectType, registerEnumType } from 'type-graphql';
import {
  userCardEventTypes,
  type LoggedEvent,
  type UserCardEventType as EventType,
} from '../../../events/event';
import {
  ProductCouponStockType,
  shownValue,
  type ProductCouponStockType as StockType,
} from '../../values/enums';
import { DateTime, ID, SafeInt } from '../../values/scalars';
import { EnumField, ExtraField } from '../../values/upstream-fields';

export const UserCardEventType = Object.fromEntries(userCardEventTypes.map((name) => [name, name])) as {
  readonly [Name in EventType]: Name;
};
registerEnumType(UserCardEventType, {
  name: 'UserCardEventType',
  description: "WeChat Pay's event types without the prefix of the route. Values may be added.",
  valuesConfig: {
    USER_CARD_CREATE: { description: 'A user opened a card; it waits for the merchant to confirm it.' },
    USER_CARD_DELETE: { description: 'A user deleted a card.' },
    POINT_EXCHANGE_COUPON: {
      description: 'A user asked to exchange points for a coupon; the merchant has to accept or refuse.',
    },
    SYNC_USER_POINT: {
      description: 'A user opened a card, and WeChat Pay asks for its points balance.',
    },
    UNKNOWN: {
      description:
        'A type of notification that this version does not know, or one without the members that its type needs. eventTypeRaw is its name, extra its content. The card is read again.',
    },
  },
});

@ObjectType({ simpleResolvers: true, description: '积分兑券' })
export class PointExchange {
  @Field(() => ID)
  readonly recordId!: string;
  @Field(() => ID)
  readonly exchangeCouponTemplateId!: string;
  @Field(() => SafeInt, {
    nullable: true,
    description: 'Null if WeChat Pay did not say how many; extra has a number that cannot be shown here.',
  })
  readonly deductPoints?: number;
  @Field(() => String, { nullable: true })
  readonly appid?: string;
  @Field(() => ID, { nullable: true })
  readonly productCouponId?: string;
  @EnumField(() => ProductCouponStockType, { nullable: true })
  readonly productCouponStockType?: StockType | undefined;
  @Field(() => ID, { nullable: true })
  readonly stockId?: string;
}

@ObjectType({ simpleResolvers: true, description: "A notification of WeChat Pay about a user's card." })
export class UserCardEvent {
  @Field(() => ID, {
    description:
      'Increases within a brand. Pass it as lastEventId to resume a subscription after this event.',
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
    description: 'Null if a user opened a card whose code the merchant allocates when confirming it.',
  })
  readonly userCardCode?: string;
  @Field(() => DateTime, { nullable: true, description: 'When WeChat Pay created the notification.' })
  readonly createTime?: string;
  @Field(() => PointExchange, { nullable: true, description: 'Present in POINT_EXCHANGE_COUPON events.' })
  readonly pointExchange?: PointExchange;
  @ExtraField()
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** The log stores WeChat Pay's text, because events of other versions are in it too. */
export const toUserCardEvent = (event: LoggedEvent) => {
  const { pointExchange } = event;
  if (pointExchange === undefined) return event;
  const { productCouponStockType: raw, ...exchange } = pointExchange;
  return {
    ...event,
    pointExchange: {
      ...exchange,
      productCouponStockType: shownValue(ProductCouponStockType, raw),
      productCouponStockTypeRaw: raw,
    },
  };
};
