import { Field, InputType } from 'type-graphql';
import { Identifier, Openid, UserCardCode } from './rules/identifiers';
import { ID } from '../values/scalars';

/** A key whose rules come back as user errors: what a mutation is about. */
@InputType()
export abstract class ValidatedUserCardKey {
  @Field(() => ID)
  @Identifier()
  readonly brandId!: string;

  @Field(() => ID)
  @Identifier()
  readonly cardId!: string;

  @Field(() => ID)
  @Openid()
  readonly openid!: string;

  @Field(() => ID)
  @UserCardCode()
  readonly userCardCode!: string;
}
