import { ValidateNested } from 'class-validator';
import { Field, InputType } from 'type-graphql';
import { Color, PictureUrl } from '../../inputs/rules/appearance';
import { isRfc3339, Rfc3339 } from '../../inputs/rules/date-time';
import { Identifier, Openid, PhoneNumber, UserCardCode } from '../../inputs/rules/identifiers';
import { Agreement, NeededWhen } from '../../inputs/rules/rule';
import { Text } from '../../inputs/rules/text';
import { DateTime, ID } from '../../values/scalars';
import { momentOf } from '../../inputs/validate-input';
import { UserInformationInput, ValidDateInformationInput } from '../../inputs/values.input';

const dayMs = 86_400_000;

const isExpired = (input: ImportInput): boolean => {
  const { type, availableDayAfterReceive: days } = input.validDateInformation ?? {};
  if (type !== 'FIX_TERM' || typeof days !== 'number' || !isRfc3339(input.pickupTime)) return false;
  return Date.parse(input.pickupTime) + days * dayMs <= momentOf(input);
};

/** What both imports take. */
@InputType()
abstract class ImportInput {
  @Field(() => ID)
  @Identifier()
  readonly brandId!: string;

  @Field(() => ID)
  @Identifier()
  readonly cardId!: string;

  @Field(() => ID)
  @UserCardCode()
  readonly userCardCode!: string;

  @Field(() => String, { nullable: true })
  @Color()
  readonly cardColor?: string | null;

  @Field(() => String, { nullable: true })
  @PictureUrl()
  readonly cardPictureUrl?: string | null;

  @Field(() => String, { nullable: true })
  @Text(10)
  readonly level?: string | null;

  @Field(() => UserInformationInput, { nullable: true })
  @ValidateNested()
  readonly userInformation?: UserInformationInput | null;

  @Field(() => ValidDateInformationInput, { nullable: true })
  @ValidateNested()
  readonly validDateInformation?: ValidDateInformationInput | null;

  /** 仅在会员卡有效期类型是FIX_TERM时需要填写,领取时间必须早于当前时间,且不允许导入已过期的会员卡 */
  @Field(() => DateTime, { nullable: true })
  @Rfc3339()
  @NeededWhen(({ validDateInformation }: ImportInput) => validDateInformation?.type === 'FIX_TERM', {
    en: 'is needed for FIX_TERM',
    zh: '在 FIX_TERM 时必填',
  })
  @Agreement(
    { code: 'INVALID', en: 'must be in the past', zh: '必须早于当前时间' },
    (input: ImportInput) => !isRfc3339(input.pickupTime) || Date.parse(input.pickupTime) < momentOf(input),
  )
  @Agreement(
    { code: 'INVALID', en: 'is so long ago that the card has expired', zh: '过早,会员卡已过期' },
    (input: ImportInput) => !isExpired(input),
  )
  readonly pickupTime?: string | null;
}

@InputType()
export class ImportUserCardByPhoneInput extends ImportInput {
  @Field(() => String, {
    description: 'In clear, e.g. 13812345678; the server encrypts it for the upstream.',
  })
  @PhoneNumber()
  readonly phoneNumber!: string;
}

@InputType()
export class ImportUserCardByOpenidInput extends ImportInput {
  @Field(() => ID)
  @Openid()
  readonly openid!: string;

  @Field(() => String, { nullable: true })
  @PhoneNumber()
  readonly phoneNumber?: string | null;
}
