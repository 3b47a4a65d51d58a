import { Field, InputType } from 'type-graphql';
import { InputOf, Optional, Required } from '../../inputs/input-fields';
import { ValidatedUserCardKey } from '../../inputs/user-card-key.input';
import { ValidityInput } from '../../inputs/validity.input';
import { UserInformationInput } from '../../inputs/values.input';
import { UserCardConfirmState } from '../../values/enums';
import { ID } from '../../values/scalars';

@InputType()
export class UserCardKey {
  @Field(() => ID)
  readonly brandId!: string;
  @Field(() => ID)
  readonly cardId!: string;
  @Field(() => ID)
  readonly openid!: string;
  @Field(() => ID)
  readonly userCardCode!: string;
}

@InputOf('UPDATE_USER_CARD')
export class UpdateUserCardInput extends ValidatedUserCardKey {
  @Optional(() => String)
  readonly cardColor?: string | null;
  @Optional(() => String)
  readonly cardPictureUrl?: string | null;
  @Optional(() => String)
  readonly phoneNumber?: string | null;
  @Optional(() => String)
  readonly level?: string | null;
  @Optional(() => ValidityInput)
  readonly validDateInformation?: ValidityInput | null;
  @Optional(() => UserInformationInput)
  readonly userInformation?: UserInformationInput | null;
  @Optional(() => String)
  readonly attach?: string | null;
}

/** The confirmation of an opening can also change the card. */
@InputOf('CONFIRM_USER_CARD')
export class ConfirmUserCardInput extends UpdateUserCardInput {
  @Required(() => UserCardConfirmState)
  readonly userCardConfirmState!: UserCardConfirmState;
}

@InputOf('INVALIDATE_USER_CARD')
export class InvalidateUserCardInput extends ValidatedUserCardKey {
  @Optional(() => String)
  readonly invalidReason?: string | null;
}
