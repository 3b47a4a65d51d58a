import { Field, ObjectType } from 'type-graphql';
import type { AppError } from '../../../shared/errors';
import { UserError } from '../../inputs/user-error.type';
import { UserCard, type UserCardSource } from './user-card.type';

/** What every mutation of a card answers. */
@ObjectType({ simpleResolvers: true })
abstract class UserCardPayload {
  @Field(() => UserCard, { nullable: true })
  readonly userCard?: UserCardSource | AppError | undefined;
  @Field(() => [UserError])
  readonly userErrors!: readonly UserError[];
}

@ObjectType({ simpleResolvers: true })
export class ImportUserCardByPhonePayload extends UserCardPayload {}

@ObjectType({ simpleResolvers: true })
export class ImportUserCardByOpenidPayload extends UserCardPayload {}

@ObjectType({ simpleResolvers: true })
export class UpdateUserCardPayload extends UserCardPayload {}

@ObjectType({ simpleResolvers: true })
export class ConfirmUserCardPayload extends UserCardPayload {}

@ObjectType({ simpleResolvers: true })
export class InvalidateUserCardPayload extends UserCardPayload {}
