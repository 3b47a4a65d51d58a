import { Field, ObjectType } from 'type-graphql';
import type { AppError } from '../../../shared/errors';
import { UserError } from '../../inputs/user-error.type';
import { PointExchangeCoupon, PreAuthToken, UserFeed, UserPoints } from './member-service.type';

@ObjectType({ simpleResolvers: true })
export class CreatePreAuthTokenPayload {
  @Field(() => PreAuthToken, { nullable: true })
  readonly preAuthToken?: PreAuthToken | AppError | undefined;
  @Field(() => [UserError])
  readonly userErrors!: readonly UserError[];
}

@ObjectType({ simpleResolvers: true })
export class CreateUserFeedPayload {
  @Field(() => UserFeed, { nullable: true })
  readonly userFeed?: UserFeed | AppError | undefined;
  @Field(() => [UserError])
  readonly userErrors!: readonly UserError[];
}

@ObjectType({ simpleResolvers: true })
export class SyncUserPointsPayload {
  @Field(() => UserPoints, { nullable: true })
  readonly userPoints?: UserPoints | AppError | undefined;
  @Field(() => [UserError])
  readonly userErrors!: readonly UserError[];
}

@ObjectType({ simpleResolvers: true })
export class ConfirmPointExchangeCouponPayload {
  @Field(() => PointExchangeCoupon, { nullable: true })
  readonly pointExchangeCoupon?: PointExchangeCoupon | AppError | undefined;
  @Field(() => [UserError])
  readonly userErrors!: readonly UserError[];
}
