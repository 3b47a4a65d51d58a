import { AppError } from '../../shared/errors';
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
import { isUsedNumber } from './request-number';
import { createSentRequests } from './sent-requests';
import { outcomeOfWrite } from './write-outcome';

/** Member services other than cards. None can be read back, so nothing is cached. */
export interface MemberServices {
  /** A token, valid for one hour, with which a mini program or page opens the join component for a user. */
  createPreAuthToken(args: UpstreamArguments, scope: Scope): Promise<PreAuthTokenRecord>;
  /** Notifies a member of something that happened outside WeChat Pay. */
  createUserFeed(args: UpstreamArguments, scope: Scope): Promise<UserFeedRecord>;
  /** Sets the points balance shown in WeChat. */
  syncUserPoints(args: UpstreamArguments, scope: Scope): Promise<UserPointsRecord>;
  /** Accepts or rejects a member's exchange of points for a coupon. If the state is FAIL, the merchant returns the points. */
  confirmPointExchangeCoupon(args: UpstreamArguments, scope: Scope): Promise<PointExchangeCouponRecord>;
}

export const createMemberServices = (callInterface: CallInterface, cacheKeys: CacheKeys): MemberServices => {
  const sentFeeds = createSentRequests();
  const sentPoints = createSentRequests();

  return {
    // If the response cannot be read, the token is lost and the caller creates another one.
    async createPreAuthToken(args, scope) {
      const { data } = await callInterface('CREATE_PRE_AUTH_TOKEN', args, scope);
      return preAuthToken(data, 'body');
    },

    // The response repeats the request.
    createUserFeed: (args, scope) =>
      sentFeeds.remember(args, (before) =>
        outcomeOfWrite({
          send: () => callInterface('CREATE_USER_FEED', args, scope),
          read: ({ data }) => userFeed(data, 'body'),
          find: () => Promise.resolve(userFeed(args, 'request')),
          mayBeEcho: (error) => before === 'the same' && isUsedNumber(error),
          // After an attempt without a response, this proves that the number arrived.
          shows: (_, { upstream }) => upstream?.verified === true && upstream.wechatCode === 'ALREADY_EXISTS',
        }),
      ),

    // 注意保持唯一性: no document says that WeChat Pay refuses a used number, and an old balance must not replace a newer one.
    syncUserPoints: (args, scope) =>
      sentPoints.remember(args, (before) => {
        if (before === 'other content')
          throw new AppError('UPSTREAM_REJECTED', 'the request number was used for other content', {
            usedNumber: true,
          });
        return outcomeOfWrite({
          send: () =>
            callInterface('SYNC_USER_POINTS', args, scope, () => ({
              writes: {
                // A late retry of an older balance must not replace a newer one.
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
          // The response repeats the request, and no interface returns the balance.
          find: () => Promise.resolve(userPoints(args, 'request')),
        });
      }),

    // Only the response says whether a coupon was issued.
    confirmPointExchangeCoupon: (args, scope) =>
      outcomeOfWrite({
        send: () => callInterface('CONFIRM_POINT_EXCHANGE_COUPON', args, scope),
        read: ({ data }) => pointExchangeCoupon(data, 'body'),
      }),
  };
};
