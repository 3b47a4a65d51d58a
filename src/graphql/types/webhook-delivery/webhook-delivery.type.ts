import { Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { deliveryStates, type Delivery, type DeliveryState } from '../../../webhooks/delivery';
import { webhookKinds, type WebhookKind } from '../../../webhooks/settings';
import { userErrorTypeOf } from '../../inputs/user-error.type';
import { PageInfo } from '../../relay/connection';
import { DateTime, ID, toDateTime } from '../../values/scalars';

const states = Object.fromEntries(deliveryStates.map((state) => [state, state]));
registerEnumType(states, {
  name: 'WebhookDeliveryState',
  description: 'Whether a message has reached its webhook.',
  valuesConfig: {
    WAITING: { description: 'It was not accepted yet, and is attempted at `nextAttemptAt`.' },
    DELIVERED: { description: 'The receiver has accepted it. It is removed after 7 days.' },
    DEAD: {
      description:
        'It was given up, and is attempted no more unless somebody asks. It is removed after 30 days.',
    },
  },
});
export const WebhookDeliveryState = states;

const kinds = Object.fromEntries(webhookKinds.map((kind) => [kind, kind]));
registerEnumType(kinds, {
  name: 'WebhookKind',
  description: 'What a message is about.',
  valuesConfig: {
    USER_CARD_CREATE: { description: 'A user opened a card. 用户开卡。' },
    USER_CARD_DELETE: { description: 'A user deleted a card. 用户删卡。' },
    POINT_EXCHANGE_COUPON: { description: 'A user exchanges points for a coupon. 积分兑券。' },
    SYNC_USER_POINT: { description: 'WeChat Pay asks for the points of a user. 同步用户积分。' },
    UNKNOWN: { description: 'An event of a kind that this version does not know.' },
    BULK_OPERATION_ENDED: { description: 'A bulk operation has ended.' },
  },
});

@ObjectType({
  simpleResolvers: true,
  description: 'A message to a webhook of the configuration, without its content.',
})
export class WebhookDelivery {
  @Field(() => ID, { description: 'Names the delivery in `redeliverWebhook`. No global id.' })
  readonly deliveryId!: string;
  @Field(() => String, { description: 'The `id` of the webhook in the configuration.' })
  readonly webhook!: string;
  @Field(() => String, {
    description: 'The header `webhook-id`: the same at every attempt, and for every webhook.',
  })
  readonly messageId!: string;
  @Field(() => ID, { description: 'The brand that the message is about.' })
  readonly brandId!: string;
  @Field(() => kinds, { description: 'What the message is about.' })
  readonly kind!: WebhookKind;
  @Field(() => states, { description: 'Whether it has reached the webhook.' })
  readonly state!: DeliveryState;
  @Field(() => Int, { description: 'Attempts so far, including one under way.' })
  readonly attempts!: number;
  @Field(() => DateTime, { description: 'When the message was queued.' })
  readonly createdAt!: string;
  @Field(() => DateTime, { nullable: true, description: 'The next attempt; null unless the message waits.' })
  readonly nextAttemptAt?: string | undefined;
  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was delivered or given up; null while it waits.',
  })
  readonly endedAt?: string | undefined;
  @Field(() => String, {
    nullable: true,
    description:
      'The result of the last attempt: HTTP_ and the status, a code of the system such as ECONNREFUSED, TIMEOUT, PRIVATE_ADDRESS, PROXY_ and a status, UNREADABLE, NOT_CONFIGURED or FAILED. Null before the first attempt has ended.',
  })
  readonly lastResult?: string | undefined;
}

export const toWebhookDelivery = ({
  id,
  createdAt,
  nextAt,
  endedAt,
  ...rest
}: Delivery): WebhookDelivery => ({
  ...rest,
  deliveryId: id,
  createdAt: toDateTime(createdAt),
  nextAttemptAt: nextAt === undefined ? undefined : toDateTime(nextAt),
  endedAt: endedAt === undefined ? undefined : toDateTime(endedAt),
});

@ObjectType({ simpleResolvers: true, description: 'A delivery and its position.' })
export class WebhookDeliveryEdge {
  @Field(() => String, { description: 'The position of the delivery, for `after`.' })
  readonly cursor!: string;
  @Field(() => WebhookDelivery, { description: 'The delivery.' })
  readonly node!: WebhookDelivery;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'A page of deliveries, newest first. Has no totalCount: counting them all would read them all.',
})
export class WebhookDeliveryConnection {
  @Field(() => [WebhookDeliveryEdge], { description: 'The deliveries with their positions.' })
  readonly edges!: readonly WebhookDeliveryEdge[];
  @Field(() => [WebhookDelivery], { description: 'The deliveries.' })
  readonly nodes!: readonly WebhookDelivery[];
  @Field(() => PageInfo, { description: 'The place of the page in the list.' })
  readonly pageInfo!: PageInfo;
}

@InputType()
export class RedeliverWebhookInput {
  @Field(() => ID, { description: 'The `deliveryId` of a delivery that has ended.' })
  readonly deliveryId!: string;
}

const RedeliverWebhookUserError = userErrorTypeOf('RedeliverWebhook', ['NOT_FOUND']);

@ObjectType({ simpleResolvers: true })
export class RedeliverWebhookPayload {
  @Field(() => WebhookDelivery, {
    nullable: true,
    description: 'The delivery, which waits again. Null if userErrors says why not.',
  })
  readonly delivery?: WebhookDelivery | undefined;
  @Field(() => [RedeliverWebhookUserError])
  readonly userErrors!: readonly unknown[];
}
