import { InputType } from 'type-graphql';
import { InputOf, Optional, Reference, Required } from '../../inputs/input-fields';
import { placeOf } from '../../inputs/input-place';
import { endOfCalendarDays, isRfc3339 } from '../../inputs/rules/date-time';
import { CardTemplateRef } from '../../inputs/refs.input';
import { Agreement, isAbsent, NeededWhen } from '../../inputs/rules/rule';
import { ValidityInput } from '../../inputs/validity.input';
import { UserInformationInput } from '../../inputs/values.input';
import { DateTime, ID } from '../../values/scalars';

const momentOf = (input: ImportInput): number => placeOf(input)?.now ?? Number.POSITIVE_INFINITY;

const termIsOver = (input: ImportInput): boolean => {
  const term = input.validDateInformation?.fixTerm;
  if (isAbsent(term) || !isRfc3339(input.pickupTime)) return false;
  return endOfCalendarDays(input.pickupTime, term.availableDayAfterReceive) <= momentOf(input);
};

const rangeIsOver = (input: ImportInput): boolean => {
  const end = input.validDateInformation?.fixTimeRange?.availableEndTime;
  return isRfc3339(end) && Date.parse(end) <= momentOf(input);
};

/** The fields of both imports. */
@InputType()
abstract class ImportInput {
  @Reference(() => CardTemplateRef)
  readonly cardTemplate!: CardTemplateRef;
  @Required(() => ID)
  readonly userCardCode!: string;
  @Optional(() => String)
  readonly cardColor?: string | null;
  @Optional(() => String)
  readonly cardPictureUrl?: string | null;
  @Optional(() => String)
  readonly level?: string | null;
  @Optional(() => UserInformationInput)
  readonly userInformation?: UserInformationInput | null;

  /** 不允许导入已过期的会员卡 */
  @Optional(() => ValidityInput)
  @Agreement(
    {
      code: 'CARD_EXPIRED',
      at: ['fixTimeRange', 'availableEndTime'],
      en: 'is in the past: an expired card cannot be imported',
      zh: '已过，不能导入已过期的会员卡',
    },
    (input: ImportInput) => !rangeIsOver(input),
  )
  readonly validDateInformation?: ValidityInput | null;

  /** 仅在会员卡有效期类型是FIX_TERM时需要填写,领取时间必须早于当前时间,且不允许导入已过期的会员卡 */
  @Optional(() => DateTime)
  @NeededWhen(({ validDateInformation }: ImportInput) => !isAbsent(validDateInformation?.fixTerm), {
    en: 'is needed for FIX_TERM',
    zh: '在 FIX_TERM 时必填',
  })
  @Agreement(
    { code: 'INVALID', en: 'must be in the past', zh: '必须早于当前时间' },
    (input: ImportInput) => !isRfc3339(input.pickupTime) || Date.parse(input.pickupTime) < momentOf(input),
  )
  @Agreement(
    { code: 'CARD_EXPIRED', en: 'is so long ago that the card has expired', zh: '过早，会员卡已过期' },
    (input: ImportInput) => !termIsOver(input),
  )
  readonly pickupTime?: string | null;
}

@InputOf('IMPORT_USER_CARD_BY_PHONE')
export class ImportUserCardByPhoneInput extends ImportInput {
  @Required(() => String, {
    description:
      'In clear, e.g. 13812345678; the server encrypts it for the upstream. It removes spaces, dashes and the country code 86 of a mainland mobile number.',
  })
  readonly phoneNumber!: string;
}

@InputOf('IMPORT_USER_CARD_BY_OPENID')
export class ImportUserCardByOpenidInput extends ImportInput {
  @Required(() => ID)
  readonly openid!: string;
  @Optional(() => String)
  readonly phoneNumber?: string | null;
}
