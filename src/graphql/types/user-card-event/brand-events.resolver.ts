import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { Brand, type BrandSource } from '../brand/brand.type';
import type { SliceArguments } from '../../cost/field-costs';
import { Upstream, type FieldUse } from '../../cost/upstream';
import type { Context } from '../../execution/context';
import { toSlice } from '../../inputs/arguments';
import { ID } from '../../values/scalars';
import { SemanticNonNull } from '../../values/semantic-non-null';
import { checkAllowed } from './user-card-event.resolver';
import { toEventConnection, UserCardEventConnection } from './user-card-event-connection.type';
import { toEventFilter, UserCardEventFilter } from './user-card-event-filter.input';

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
}
