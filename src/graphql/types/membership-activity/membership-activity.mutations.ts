import { Arg, Ctx, Resolver } from 'type-graphql';
import type { Context } from '../../execution/context';
import { mutate, numbered } from '../../execution/mutate';
import { WriteMutation } from '../write-mutation';
import {
  CreateMembershipActivityInput,
  TerminateMembershipActivityInput,
  UpdateMembershipActivityInput,
} from './membership-activity.input';
import { MembershipActivity, toMembershipActivity } from './membership-activity.type';

const membershipActivity = {
  field: 'membershipActivity',
  type: () => MembershipActivity,
  show: toMembershipActivity,
} as const;

/** The writes of an activity. */
@Resolver()
export class MembershipActivityMutations {
  @WriteMutation(membershipActivity, {
    upstream: 'CREATE_MEMBERSHIP_ACTIVITY',
    description:
      'Gives coupons to users who join through the component. A template can have one activity under way. On the partner route only.',
    readsBack: true,
  })
  createMembershipActivity(@Arg('input') input: CreateMembershipActivityInput, @Ctx() context: Context) {
    return mutate({ context, input, returns: membershipActivity }, (args, scope) =>
      context.members.createMembershipActivity(numbered(args, context), scope),
    );
  }

  @WriteMutation(membershipActivity, {
    upstream: 'UPDATE_MEMBERSHIP_ACTIVITY',
    description: 'Replaces the titles and times of an activity. On the partner route only.',
  })
  updateMembershipActivity(@Arg('input') input: UpdateMembershipActivityInput, @Ctx() context: Context) {
    return mutate({ context, input, returns: membershipActivity }, (args, scope) =>
      context.members.updateMembershipActivity(args, scope),
    );
  }

  @WriteMutation(membershipActivity, {
    upstream: 'TERMINATE_MEMBERSHIP_ACTIVITY',
    description:
      'Ends an activity permanently. The join component continues to work without it. On the partner route only.',
  })
  terminateMembershipActivity(
    @Arg('input') input: TerminateMembershipActivityInput,
    @Ctx() context: Context,
  ) {
    return mutate({ context, input, returns: membershipActivity }, (args, scope) =>
      context.members.terminateMembershipActivity(args, scope),
    );
  }
}
