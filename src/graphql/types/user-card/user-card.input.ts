import { Allow, ValidateNested } from 'class-validator';
import { Field, InputType } from 'type-graphql';
import { ValidatedUserCardKey } from '../../inputs/user-card-key.input';
import { UserCardConfirmState } from '../../values/enums';
import { Color, PictureUrl } from '../../inputs/rules/appearance';
import { PhoneNumber } from '../../inputs/rules/identifiers';
import { Text } from '../../inputs/rules/text';
import { UserInformationInput, ValidDateInformationInput } from '../../inputs/values.input';
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

@InputType()
export class UpdateUserCardInput extends ValidatedUserCardKey {
  @Field(() => String, { nullable: true })
  @Color()
  readonly cardColor?: string | null;

  @Field(() => String, { nullable: true })
  @PictureUrl()
  readonly cardPictureUrl?: string | null;

  @Field(() => String, { nullable: true })
  @PhoneNumber()
  readonly phoneNumber?: string | null;

  @Field(() => String, { nullable: true })
  @Text(10)
  readonly level?: string | null;

  @Field(() => ValidDateInformationInput, { nullable: true })
  @ValidateNested()
  readonly validDateInformation?: ValidDateInformationInput | null;

  @Field(() => UserInformationInput, { nullable: true })
  @ValidateNested()
  readonly userInformation?: UserInformationInput | null;

  @Field(() => String, { nullable: true })
  @Text(256)
  readonly attach?: string | null;
}

/** An opening may be confirmed with changes to the card. */
@InputType()
export class ConfirmUserCardInput extends UpdateUserCardInput {
  @Field(() => UserCardConfirmState)
  @Allow()
  readonly userCardConfirmState!: UserCardConfirmState;
}

@InputType()
export class InvalidateUserCardInput extends ValidatedUserCardKey {
  @Field(() => String, { nullable: true })
  @Text(32)
  readonly invalidReason?: string | null;
}
