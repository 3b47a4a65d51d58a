import { InputType } from 'type-graphql';
import { ID } from '../values/scalars';
import { Required } from './input-fields';

/** A key whose rules come back as user errors: what a mutation is about. */
@InputType()
export abstract class ValidatedUserCardKey {
  @Required(() => ID)
  readonly brandId!: string;

  @Required(() => ID)
  readonly cardId!: string;

  @Required(() => ID)
  readonly openid!: string;

  @Required(() => ID)
  readonly userCardCode!: string;
}
