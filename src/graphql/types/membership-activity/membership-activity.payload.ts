import { Field, ObjectType } from 'type-graphql';
import type { AppError } from '../../../shared/errors';
import { UserError } from '../../inputs/user-error.type';
import { MembershipActivity, type MembershipActivitySource } from './membership-activity.type';

/** What every mutation of an activity answers. */
@ObjectType({ simpleResolvers: true })
abstract class MembershipActivityPayload {
  @Field(() => MembershipActivity, { nullable: true })
  readonly membershipActivity?: MembershipActivitySource | AppError | undefined;
  @Field(() => [UserError])
  readonly userErrors!: readonly UserError[];
}

@ObjectType({ simpleResolvers: true })
export class CreateMembershipActivityPayload extends MembershipActivityPayload {}

@ObjectType({ simpleResolvers: true })
export class UpdateMembershipActivityPayload extends MembershipActivityPayload {}

@ObjectType({ simpleResolvers: true })
export class TerminateMembershipActivityPayload extends MembershipActivityPayload {}
