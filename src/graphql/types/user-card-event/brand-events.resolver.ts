import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { Brand, type BrandSource } from '../brand/brand.type';
import type { SliceArguments } from '../../cost/field-costs';
import { Upstream, type FieldUse } from '../../cost/upstream';
import type { Context } from '../../execution/context';
import { toFirst, toSlice } from '../../inputs/arguments';
import { pageOf } from '../../relay/connection';
import { ID } from '../../values/scalars';
import { SemanticNonNull } from '../../values/semantic-non-null';
import { checkAllowed } from './user-card-event.resolver';
import { toEventConnection, UserCardEventConnection } from './user-card-event-connection.type';
import { toEventFilter, UserCardEventFilter } from './user-card-event-filter.input';
import { toWaitingOpening, WaitingOpeningConnection } from './waiting-opening.type';

@Resolver(() => Brand)
export class BrandEventsResolver {
  // Each event of the page can cause the lookup of its card.
  @Upstream([], ({ parent: { brandId }, args }: FieldUse<SliceArguments>) => {
    const { first: max } = toSlice(args.first ?? 20, undefined);
    return {
      calls: [],
      children: [
        {
          kind: 'UserCardEvent',
          brandId,
          certain: false,
          template: { of: JSON.stringify(['the cards of events', brandId, args]), max },
        },
      ],
    };
  })
  @SemanticNonNull()
  @FieldResolver(() => UserCardEventConnection, {
    nullable: true,
    description:
      "The stored events of the brand's cards, for clients that poll instead of subscribing. Oldest first; after is an eventId, the same as lastEventId of the subscription. Ask again with endCursor. Without after it starts with the oldest stored event. The server keeps the latest events of a brand (setting subscriptions.keptEvents); if events after that position were dropped, the field is null with NOT_FOUND. 供轮询使用的事件列表。",
  })
  async userCardEvents(
    @Root() { brandId }: BrandSource,
    @Arg('first', () => Int, { defaultValue: 20, nullable: true }) first: number | null,
    @Arg('after', () => ID, { nullable: true }) after: string | null,
    @Arg('filter', () => UserCardEventFilter, { nullable: true }) filter: UserCardEventFilter | null,
    @Ctx() context: Context,
  ) {
    checkAllowed(brandId, context);
    const { first: count } = toSlice(first ?? 20, undefined);
    const position = after ?? undefined;
    const page = await context.cardEvents.read(brandId, {
      after: position,
      first: count,
      filter: toEventFilter(filter, { brandId, nodeIds: context.nodeIds }),
    });
    return toEventConnection(page, position);
  }

  @Upstream()
  @SemanticNonNull()
  @FieldResolver(() => WaitingOpeningConnection, {
    nullable: true,
    description:
      'Cards that users opened and that wait for confirmation, as far as this server knows: first those that somebody has to confirm with confirmUserCard, then those that the server confirms; each oldest first. An opening leaves the list when its card is seen in another state: by a confirmation, a read or a notification. Whoever confirms past this server leaves it here until then, or for 30 days. Calls nothing upstream. WeChat Pay names no deadline for a confirmation. 待确认开卡列表。',
  })
  async waitingOpenings(
    @Root() { brandId }: BrandSource,
    @Arg('first', () => Int, { defaultValue: 20, nullable: true }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Ctx() context: Context,
  ) {
    checkAllowed(brandId, context);
    const page = { first: toFirst(first ?? 20), after: after ?? undefined };
    const { openings, hasMore } = await context.cardEvents.openings(brandId, page);
    const edges = openings.map((opening) => ({ cursor: opening.cursor, node: toWaitingOpening(opening) }));
    return pageOf(edges, { hasNextPage: hasMore, hasPreviousPage: page.after !== undefined });
  }
}
