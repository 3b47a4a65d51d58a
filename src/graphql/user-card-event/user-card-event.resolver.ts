import { Arg, Ctx, FieldResolver, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { LoggedEvent } from '../../events/event';
import { AppError } from '../../shared/errors';
import type { Context } from '../context';
import { UserCard, toUserCard } from '../user-card/user-card.type';
import { UserCardEvent } from './user-card-event.type';

interface Arguments {
  readonly brandId: string;
  readonly lastEventId?: string | null;
}

const start = ({ brandId, lastEventId }: Arguments, { cardEvents }: Context) => {
  if (!cardEvents.maySubscribe(brandId))
    throw new AppError('FORBIDDEN', 'the caller may not subscribe to this brand');
  return cardEvents.follow(brandId, lastEventId ?? undefined);
};

@Resolver(() => UserCardEvent)
export class UserCardEventResolver {
  @Subscription(() => UserCardEvent, {
    subscribe: async ({ args, context }) => start(args as Arguments, context as Context),
    description:
      'What happens to the cards of a brand, in order. With lastEventId it goes on behind that event, without a gap; ' +
      '"0" begins with the oldest one kept; absent, it begins now.',
  })
  userCardEvents(
    @Root() event: LoggedEvent,
    @Arg('brandId', () => ID) _brandId: string,
    @Arg('lastEventId', () => ID, { nullable: true }) _lastEventId: string | null,
  ): LoggedEvent {
    return event;
  }

  @FieldResolver(() => UserCard, {
    nullable: true,
    description: 'The card as it is now, read like any other.',
  })
  async userCard(
    @Root() { brandId, cardId, openid, userCardCode }: LoggedEvent,
    @Ctx() { brands, loaders }: Context,
  ) {
    if (userCardCode === undefined || brands.get(brandId) === undefined) return undefined;
    const read = await loaders.userCard({ brandId, cardId, openid, userCardCode });
    return read && toUserCard(read);
  }
}
