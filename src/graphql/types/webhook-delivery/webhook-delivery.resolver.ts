import { Arg, Ctx, Int, Mutation, Query, Resolver } from 'type-graphql';
import { AppError } from '../../../shared/errors';
import { textIn } from '../../../shared/language';
import type { DeliveryState } from '../../../webhooks/delivery';
import { Access } from '../../access/access';
import { Upstream } from '../../cost/upstream';
import type { Context } from '../../execution/context';
import { toDeliveryCursor, toSlice } from '../../inputs/arguments';
import { pageOf } from '../../relay/connection';
import { SemanticNonNull } from '../../values/semantic-non-null';
import {
  RedeliverWebhookInput,
  RedeliverWebhookPayload,
  toWebhookDelivery,
  WebhookDelivery,
  WebhookDeliveryConnection,
  WebhookDeliveryState,
} from './webhook-delivery.type';

@Resolver(() => WebhookDelivery)
export class WebhookDeliveryResolver {
  @Upstream()
  @Access('admin')
  @SemanticNonNull()
  @Query(() => WebhookDeliveryConnection, {
    nullable: true,
    description:
      'Messages to the webhooks of the configuration, newest first; with state DEAD, those that were given up. Calls nothing upstream. For callers with the scope admin.',
  })
  async webhookDeliveries(
    @Arg('state', () => WebhookDeliveryState, { nullable: true }) state: DeliveryState | null,
    @Arg('first', () => Int, { defaultValue: 20, nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() context: Context,
  ): Promise<WebhookDeliveryConnection> {
    const { first: count } = toSlice(first ?? 20, undefined);
    const before = toDeliveryCursor(after ?? undefined);
    // One more than asked for tells whether there are more.
    const found = await deliveriesOf(context).list({ state: state ?? undefined, before, count: count + 1 });
    const edges = found
      .slice(0, count)
      .map((delivery) => ({ cursor: delivery.id, node: toWebhookDelivery(delivery) }));
    return pageOf(edges, { hasNextPage: found.length > count, hasPreviousPage: before !== undefined });
  }

  @Upstream()
  @Access('admin')
  @SemanticNonNull()
  @Mutation(() => RedeliverWebhookPayload, {
    nullable: true,
    description:
      'Attempts a delivery again that was given up or accepted, with the same message id. Calls nothing upstream. For callers with the scope admin.',
  })
  async redeliverWebhook(
    @Arg('input') { deliveryId }: RedeliverWebhookInput,
    @Ctx() context: Context,
  ): Promise<RedeliverWebhookPayload> {
    const deliveries = deliveriesOf(context);
    const refused = (): RedeliverWebhookPayload => ({
      userErrors: [
        { field: ['input', 'deliveryId'], code: 'NOT_FOUND', message: textIn(context.language, notFound) },
      ],
    });
    if (!/^[1-9]\d{0,14}$/.test(deliveryId)) return refused();
    await context.writeScope.recordIntent?.();
    const delivery = await deliveries.redeliver(Number(deliveryId));
    return delivery === undefined ? refused() : { delivery: toWebhookDelivery(delivery), userErrors: [] };
  }
}

const deliveriesOf = ({ webhookDeliveries }: Context): NonNullable<Context['webhookDeliveries']> => {
  if (webhookDeliveries === undefined)
    throw new AppError('MISCONFIGURED', 'there are no deliveries without the setting database', {
      publicMessage: [
        'There are no deliveries: the setting database is missing.',
        '没有投递记录：未配置 database。',
      ],
    });
  return webhookDeliveries;
};

const notFound = [
  'deliveryId names no delivery that has ended; one that waits is attempted by itself.',
  'deliveryId 不是已结束的投递；等待中的投递会自动重试。',
] as const;
