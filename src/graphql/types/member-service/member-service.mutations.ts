import { Arg, Ctx, Resolver } from 'type-graphql';
import type { Context } from '../../execution/context';
import { mutate, numbered } from '../../execution/mutate';
import { WriteMutation } from '../write-mutation';
import { aboutCardTemplate, aboutUserCard } from './about-object';
import {
  ConfirmPointExchangeCouponInput,
  CreatePreAuthTokenInput,
  CreateUserFeedInput,
  SyncUserPointsInput,
} from './member-service.input';
import { PointExchangeCoupon, PreAuthToken, UserFeed, UserPoints } from './member-service.type';

const preAuthToken = {
  field: 'preAuthToken',
  type: () => PreAuthToken,
  show: (done: PreAuthToken) => done,
  // The user has no card of the template yet.
  about: aboutCardTemplate,
} as const;
const userFeed = {
  field: 'userFeed',
  type: () => UserFeed,
  show: (done: UserFeed) => done,
  about: aboutUserCard,
} as const;
const userPoints = {
  field: 'userPoints',
  type: () => UserPoints,
  show: (done: UserPoints) => done,
  about: aboutUserCard,
} as const;
const pointExchangeCoupon = {
  field: 'pointExchangeCoupon',
  type: () => PointExchangeCoupon,
  show: (done: PointExchangeCoupon) => done,
  about: aboutUserCard,
} as const;

/** Services for members beside their cards. */
@Resolver()
export class MemberServiceMutations {
  @WriteMutation(preAuthToken, {
    upstream: 'CREATE_PRE_AUTH_TOKEN',
    description:
      "Creates the token with which a mini program or a web page opens WeChat's join component for a user. The user must not have a card of the template yet.",
  })
  createPreAuthToken(@Arg('input') input: CreatePreAuthTokenInput, @Ctx() context: Context) {
    return mutate({ context, input, returns: preAuthToken }, (args, scope) =>
      context.members.createPreAuthToken(args, scope),
    );
  }

  @WriteMutation(userFeed, {
    upstream: 'CREATE_USER_FEED',
    description: 'Informs a member of something that happened outside WeChat Pay, e.g. a purchase in a shop.',
  })
  createUserFeed(@Arg('input') input: CreateUserFeedInput, @Ctx() context: Context) {
    return mutate({ context, input, returns: userFeed }, (args, scope) =>
      context.members.createUserFeed(numbered(args, context), scope),
    );
  }

  @WriteMutation(userPoints, {
    upstream: 'SYNC_USER_POINTS',
    description: 'Sets the points balance that WeChat shows to the member.',
  })
  syncUserPoints(@Arg('input') input: SyncUserPointsInput, @Ctx() context: Context) {
    return mutate({ context, input, returns: userPoints }, (args, scope) =>
      context.members.syncUserPoints(numbered(args, context), scope),
    );
  }

  @WriteMutation(pointExchangeCoupon, {
    upstream: 'CONFIRM_POINT_EXCHANGE_COUPON',
    description:
      "Accepts or refuses a member's request to exchange points for a coupon. The server never repeats it: an unknown outcome is the error OUTCOME_UNKNOWN.",
  })
  confirmPointExchangeCoupon(@Arg('input') input: ConfirmPointExchangeCouponInput, @Ctx() context: Context) {
    return mutate({ context, input, returns: pointExchangeCoupon }, (args, scope) =>
      context.members.confirmPointExchangeCoupon(args, scope),
    );
  }
}
