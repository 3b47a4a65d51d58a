import { InputType } from 'type-graphql';
import { InputOf, Optional, Reference, Required } from '../../inputs/input-fields';
import { UserCardRef } from '../../inputs/refs.input';
import { ValidityInput } from '../../inputs/validity.input';
import { UserInformationInput } from '../../inputs/values.input';
import { UserCardConfirmState } from '../../values/enums';

/** The card that a mutation changes. */
@InputType()
export abstract class OfUserCard {
  @Reference(() => UserCardRef)
  readonly userCard!: UserCardRef;
}

@InputOf('UPDATE_USER_CARD')
export class UpdateUserCardInput extends OfUserCard {
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
export class InvalidateUserCardInput extends OfUserCard {
  @Optional(() => String)
  readonly invalidReason?: string | null;
}
