import { Args, ArgsType, Ctx, Field, FieldResolver, Resolver, Root, Subscription } from 'type-graphql';
import { timeOf, type LoggedEvent } from '../../../events/event';
import { AppError } from '../../../shared/errors';
import { Access } from '../../access/access';
import { ownBrandCost } from '../../cost/field-costs';
import { noCost } from '../../cost/planned-call';
import { Upstream, type FieldUse } from '../../cost/upstream';
import type { Context } from '../../execution/context';
import { toBrand } from '../brand/brand.resolver';
import { Brand } from '../brand/brand.type';
import { UserCard, toUserCard } from '../user-card/user-card.type';
import { toEventFilter, UserCardEventFilter } from './user-card-event-filter.input';
import { UserCardEvent, toUserCardEvent } from './user-card-event.type';
import { ID } from '../../values/scalars';

@ArgsType()
class UserCardEventsArgs {
  @Field(() => ID)
  readonly brandId!: string;
  @Field(() => ID, { nullable: true })
  readonly lastEventId?: string | null;
  @Field(() => UserCardEventFilter, { nullable: true })
  readonly filter?: UserCardEventFilter | null;
}

/** Throws FORBIDDEN unless the caller may see the brand's events now. */
export const checkAllowed = (brandId: string, { cardEvents }: Context): void => {
  if (!cardEvents.maySubscribe(brandId))
    throw new AppError('FORBIDDEN', 'the caller may not subscribe to this brand');
};

const start = ({ brandId, lastEventId, filter }: UserCardEventsArgs, context: Context) => {
  checkAllowed(brandId, context);
  return context.cardEvents.follow(brandId, {
    lastEventId: lastEventId ?? undefined,
    filter: toEventFilter(filter, { brandId, nodeIds: context.nodeIds }),
  });
};

@Resolver(() => UserCardEvent)
export class UserCardEventResolver {
  // The cost of a subscription is that of one event.
  @Upstream([], ({ args: { brandId } }: FieldUse<UserCardEventsArgs>, { brands }) =>
    brands.get(brandId) === undefined
      ? noCost
      : { calls: [], children: [{ kind: 'UserCardEvent', brandId, certain: true }] },
  )
  @Access('read')
  @Subscription(() => UserCardEvent, {
    subscribe: async ({ args, context }) => start(args as UserCardEventsArgs, context as Context),
    description:
      'The events of the cards of a brand, in order. With lastEventId the subscription resumes after that event, without gaps. ' +
      '"0" starts with the oldest stored event. If lastEventId is absent, it starts now. With filter only the events that meet it arrive. A member receives their own events only.',
  })
  userCardEvents(
    @Root() event: LoggedEvent,
    @Args(() => UserCardEventsArgs) { brandId }: UserCardEventsArgs,
    @Ctx() context: Context,
  ) {
    // A permission can be revoked while the stream is open, so each event gets a new context.
    checkAllowed(brandId, context);
    return toUserCardEvent(event);
  }

  @Upstream([], ownBrandCost)
  @FieldResolver(() => Brand)
  brand(@Root() { brandId }: LoggedEvent, @Ctx() { brands }: Context) {
    return toBrand(brands.get(brandId));
  }

  // The card is known only from the event, but nearly every event causes its lookup, so the call is certain.
  // An event of a page has its page in place of a template: the page says how many there may be.
  @Upstream(['GET_USER_CARD'], ({ parent: { brandId, certain, template: page } }) => {
    const { of: identity, max } =
      page !== undefined && 'of' in page ? page : { of: `the card of an event ${brandId}`, max: 1 };
    return {
      calls: [{ interface: 'GET_USER_CARD', brandId, identity, max, certain }],
      children: [{ kind: 'UserCard', brandId, certain, template: { of: identity, max } }],
    };
  })
  @FieldResolver(() => UserCard, {
    nullable: true,
    description: 'The card as it is now. Nothing that was read before the event is served for it.',
  })
  async userCard(
    @Root() { eventId, brandId, cardId, openid, userCardCode }: LoggedEvent,
    @Ctx() { brands, loaders, now }: Context,
  ) {
    if (cardId === undefined || openid === undefined || userCardCode === undefined) return undefined;
    if (brands.get(brandId) === undefined) return undefined;
    // Another process may not know yet that the event invalidates its cached card.
    const maxAgeMs = Math.max(0, now() - timeOf(eventId));
    const read = await loaders.userCard({ brandId, cardId, openid, userCardCode, maxAgeMs });
    return read && toUserCard(read);
  }
}
