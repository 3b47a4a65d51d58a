import type { Scope } from '../../traffic/calls/call';
import {
  pointExchangeCoupon,
  preAuthToken,
  userFeed,
  userPoints,
  type PointExchangeCouponRecord,
  type PreAuthTokenRecord,
  type UserFeedRecord,
  type UserPointsRecord,
} from '../records/member-records';
import type { CacheKeys } from './cache-keys';
import type { CallInterface } from './call-interface';
import type { UpstreamArguments } from './request';
import { outcomeOfWrite } from './write-outcome';

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

export const createMemberServices = (callInterface: CallInterface, cacheKeys: CacheKeys): MemberServices => {
  return {
    // Nothing lasts of a token that cannot be read: another one is as good.
    async createPreAuthToken(args, scope) {
      const { data } = await callInterface('CREATE_PRE_AUTH_TOKEN', args, scope);
      return preAuthToken(data, 'body');
    },

    // The answer repeats the request.
    createUserFeed: (args, scope) =>
      outcomeOfWrite({
        send: () => callInterface('CREATE_USER_FEED', args, scope),
        read: ({ data }) => userFeed(data, 'body'),
        find: () => Promise.resolve(userFeed(args, 'request')),
        // After an attempt without an answer this says that the number arrived.
        shows: (_, { upstream }) => upstream?.verified === true && upstream.wechatCode === 'ALREADY_EXISTS',
      }),

    syncUserPoints: (args, scope) =>
      outcomeOfWrite({
        send: () =>
          callInterface('SYNC_USER_POINTS', args, scope, () => ({
            writes: {
              // A late repeat of an older balance must not replace a newer one.
              subjects: () =>
                cacheKeys.pointsSubjects(String(args.brand_id), {
                  cardId: String(args.card_id),
                  openid: String(args.openid),
                  userCardCode: String(args.user_card_code),
                }),
              parts: () => [],
            },
          })),
        read: ({ data }) => userPoints(data, 'body'),
        // The answer repeats the request; without one nothing tells the balance.
        find: () => Promise.resolve(userPoints(args, 'request')),
      }),

    // Whether there is a coupon is told by the answer alone.
    confirmPointExchangeCoupon: (args, scope) =>
      outcomeOfWrite({
        send: () => callInterface('CONFIRM_POINT_EXCHANGE_COUPON', args, scope),
        read: ({ data }) => pointExchangeCoupon(data, 'body'),
      }),
  };
};
