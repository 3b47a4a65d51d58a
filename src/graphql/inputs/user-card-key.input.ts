import { InputType } from 'type-graphql';
import { ID } from '../values/scalars';
import { Required } from './input-fields';

/** The key of the card that a mutation changes. Its broken rules are returned as user errors. */
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
