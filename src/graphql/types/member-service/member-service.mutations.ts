import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Access } from '../../access/access';
import { mutate } from '../../execution/mutate';
import { toUpstream } from '../../inputs/to-upstream';
import { writeCost } from '../../cost/field-costs';
import { Upstream } from '../../cost/upstream';
import type { Context } from '../../execution/context';
import {
  ConfirmPointExchangeCouponInput,
  CreatePreAuthTokenInput,
  CreateUserFeedInput,
  SyncUserPointsInput,
} from './member-service.input';
import {
  ConfirmPointExchangeCouponPayload,
  CreatePreAuthTokenPayload,
  CreateUserFeedPayload,
  SyncUserPointsPayload,
} from './member-service.payload';

/** What a merchant does for its members beside their cards. */
@Resolver()
export class MemberServiceMutations {
  @Access('write')
  @Upstream(['CREATE_PRE_AUTH_TOKEN'], writeCost('CREATE_PRE_AUTH_TOKEN'))
  @Mutation(() => CreatePreAuthTokenPayload, {
    description:
      "Makes the token with which a mini program or a page opens WeChat's join component for a user, who has no card of the template yet.",
  })
  async createPreAuthToken(
    @Arg('input', () => CreatePreAuthTokenInput) input: CreatePreAuthTokenInput,
    @Ctx() context: Context,
  ): Promise<CreatePreAuthTokenPayload> {
    const { members, writeScope } = context;
    const { result: preAuthToken, userErrors } = await mutate(
      { input, context },
      () => members.createPreAuthToken(toUpstream(input), writeScope),
      asItIs,
    );
    return { preAuthToken, userErrors };
  }

  @Access('write')
  @Upstream(['CREATE_USER_FEED'], writeCost('CREATE_USER_FEED'))
  @Mutation(() => CreateUserFeedPayload, {
    description: 'Tells a member of something that happened outside WeChat Pay, e.g. a purchase in a shop.',
  })
  async createUserFeed(
    @Arg('input', () => CreateUserFeedInput) input: CreateUserFeedInput,
    @Ctx() context: Context,
  ): Promise<CreateUserFeedPayload> {
    const { members, writeScope } = context;
    const { result: userFeed, userErrors } = await mutate(
      { input, context },
      () => members.createUserFeed(toUpstream(numbered(input, context)), writeScope),
      asItIs,
    );
    return { userFeed, userErrors };
  }

  @Access('write')
  @Upstream(['SYNC_USER_POINTS'], writeCost('SYNC_USER_POINTS'))
  @Mutation(() => SyncUserPointsPayload, {
    description: 'Sets the balance of points that WeChat shows of a member.',
  })
  async syncUserPoints(
    @Arg('input', () => SyncUserPointsInput) input: SyncUserPointsInput,
    @Ctx() context: Context,
  ): Promise<SyncUserPointsPayload> {
    const { members, writeScope } = context;
    const { result: userPoints, userErrors } = await mutate(
      { input, context },
      () => members.syncUserPoints(toUpstream(numbered(input, context)), writeScope),
      asItIs,
    );
    return { userPoints, userErrors };
  }

  @Access('write')
  @Upstream(['CONFIRM_POINT_EXCHANGE_COUPON'], writeCost('CONFIRM_POINT_EXCHANGE_COUPON'))
  @Mutation(() => ConfirmPointExchangeCouponPayload, {
    description:
      "Answers a member's wish for a coupon for points. Never repeated by the server: an unknown outcome is told as OUTCOME_UNKNOWN.",
  })
  async confirmPointExchangeCoupon(
    @Arg('input', () => ConfirmPointExchangeCouponInput) input: ConfirmPointExchangeCouponInput,
    @Ctx() context: Context,
  ): Promise<ConfirmPointExchangeCouponPayload> {
    const { members, writeScope } = context;
    const { result: pointExchangeCoupon, userErrors } = await mutate(
      { input, context },
      () => members.confirmPointExchangeCoupon(toUpstream(input), writeScope),
      asItIs,
    );
    return { pointExchangeCoupon, userErrors };
  }
}

const asItIs = <T>(done: T): T => done;

/** With a request number of ours where the caller gave none. */
const numbered = <T extends { readonly brandId: string; readonly outRequestNo?: string | null }>(
  input: T,
  { randomId }: Context,
) => ({ ...input, outRequestNo: input.outRequestNo ?? `${input.brandId}-${randomId()}` });
