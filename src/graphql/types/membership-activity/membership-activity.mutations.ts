import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { ReadResult } from '../../../wechatpay/api/reads';
import type { MembershipActivityRecord } from '../../../wechatpay/records/member-records';
import { Access } from '../../access/access';
import { mutate } from '../../execution/mutate';
import { toUpstream } from '../../inputs/to-upstream';
import { writeCost } from '../../cost/field-costs';
import { Upstream } from '../../cost/upstream';
import type { Context } from '../../execution/context';
import {
  CreateMembershipActivityInput,
  TerminateMembershipActivityInput,
  UpdateMembershipActivityInput,
} from './membership-activity.input';
import {
  CreateMembershipActivityPayload,
  TerminateMembershipActivityPayload,
  UpdateMembershipActivityPayload,
} from './membership-activity.payload';
import { toMembershipActivity } from './membership-activity.type';

/** The writes of an activity. */
@Resolver()
export class MembershipActivityMutations {
  @Access('write')
  @Upstream(['CREATE_MEMBERSHIP_ACTIVITY'], writeCost('CREATE_MEMBERSHIP_ACTIVITY'))
  @Mutation(() => CreateMembershipActivityPayload, {
    description:
      'Gives coupons to those who join by the component. One activity of a template can be under way. On the partner route only.',
  })
  createMembershipActivity(
    @Arg('input', () => CreateMembershipActivityInput) input: CreateMembershipActivityInput,
    @Ctx() context: Context,
  ): Promise<CreateMembershipActivityPayload> {
    const { members, writeScope, randomId } = context;
    const outRequestNo = input.outRequestNo ?? `${input.brandId}-${randomId()}`;
    return write({ input, context }, () =>
      members.createMembershipActivity(toUpstream({ ...input, outRequestNo }), writeScope),
    );
  }

  @Access('write')
  @Upstream(['UPDATE_MEMBERSHIP_ACTIVITY'], writeCost('UPDATE_MEMBERSHIP_ACTIVITY'))
  @Mutation(() => UpdateMembershipActivityPayload, {
    description: 'Replaces titles and times of an activity. On the partner route only.',
  })
  updateMembershipActivity(
    @Arg('input', () => UpdateMembershipActivityInput) input: UpdateMembershipActivityInput,
    @Ctx() context: Context,
  ): Promise<UpdateMembershipActivityPayload> {
    const { members, writeScope } = context;
    return write({ input, context }, () => members.updateMembershipActivity(toUpstream(input), writeScope));
  }

  @Access('write')
  @Upstream(['TERMINATE_MEMBERSHIP_ACTIVITY'], writeCost('TERMINATE_MEMBERSHIP_ACTIVITY'))
  @Mutation(() => TerminateMembershipActivityPayload, {
    description:
      'Ends an activity for good; the join component goes on without it. On the partner route only.',
  })
  terminateMembershipActivity(
    @Arg('input', () => TerminateMembershipActivityInput) input: TerminateMembershipActivityInput,
    @Ctx() context: Context,
  ): Promise<TerminateMembershipActivityPayload> {
    const { members, writeScope } = context;
    const { brandId, activityId } = input;
    return write({ input, context }, () =>
      members.terminateMembershipActivity({ brandId, activityId }, writeScope),
    );
  }
}

const write = async (
  of: { readonly input: { readonly brandId: string }; readonly context: Context },
  perform: () => Promise<ReadResult<MembershipActivityRecord>>,
) => {
  const { result: membershipActivity, userErrors } = await mutate(of, perform, toMembershipActivity);
  return { membershipActivity, userErrors };
};
