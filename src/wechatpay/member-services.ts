import type { Scope } from '../traffic/call';
import type { Decoder } from './decode';
import {
  pointExchangeCoupon,
  preAuthToken,
  userFeed,
  userPoints,
  type PointExchangeCouponRecord,
  type PreAuthTokenRecord,
  type UserFeedRecord,
  type UserPointsRecord,
} from './member-records';
import type { Names } from './names';
import type { Perform } from './perform';
import type { UpstreamArguments } from './request';
import { orFound } from './unknown-outcome';

/** What a merchant does for its members beside their cards. Nothing of it can be read back, so nothing is kept. */
export interface MemberServices {
  /** A token of one hour with which a mini program or page opens the join component for a user. */
  createPreAuthToken(args: UpstreamArguments, scope: Scope): Promise<PreAuthTokenRecord>;
  /** Tells a member of something that happened outside WeChat Pay. */
  createUserFeed(args: UpstreamArguments, scope: Scope): Promise<UserFeedRecord>;
  /** Sets the balance that WeChat shows. */
  syncUserPoints(args: UpstreamArguments, scope: Scope): Promise<UserPointsRecord>;
  /** Answers a member who wants a coupon for points. Where the state is FAIL, the merchant gives the points back. */
  confirmPointExchangeCoupon(args: UpstreamArguments, scope: Scope): Promise<PointExchangeCouponRecord>;
}

export const createMemberServices = (perform: Perform, names: Names): MemberServices => {
  const decoded = async <T>(reply: ReturnType<Perform>, decode: Decoder<T>): Promise<T> =>
    decode((await reply).data, 'body');

  return {
    createPreAuthToken: (args, scope) => decoded(perform('CREATE_PRE_AUTH_TOKEN', args, scope), preAuthToken),

    createUserFeed: (args, scope) =>
      orFound(decoded(perform('CREATE_USER_FEED', args, scope), userFeed), ({ upstream }) =>
        // After an attempt without an answer this says that the number arrived; the answer is the request's own fields.
        Promise.resolve(
          upstream?.verified === true && upstream.wechatCode === 'ALREADY_EXISTS'
            ? userFeed(args, 'request')
            : undefined,
        ),
      ),

    syncUserPoints: (args, scope) =>
      decoded(
        perform('SYNC_USER_POINTS', args, scope, () => ({
          writes: {
            // A late repeat of an older balance must not replace a newer one.
            subjects: () =>
              names.aliasesOfPoints(String(args.brand_id), {
                cardId: String(args.card_id),
                openid: String(args.openid),
                userCardCode: String(args.user_card_code),
              }),
            parts: () => [],
          },
        })),
        userPoints,
      ),

    confirmPointExchangeCoupon: (args, scope) =>
      decoded(perform('CONFIRM_POINT_EXCHANGE_COUPON', args, scope), pointExchangeCoupon),
  };
};
