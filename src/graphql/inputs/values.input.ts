import { InputType, Int } from 'type-graphql';
import { refusesOtherTypes, refusesRepeatedFields, refusesReversedRange } from '../../documents/relations';
import { CommonFieldFlag, CustomFieldType, DateType } from '../values/enums';
import { DateTime } from '../values/scalars';
import { Optional } from './input-fields';
import { isRfc3339 } from './rules/date-time';
import { Agreement, combine, Distinct, isAbsent, NeededWhen, RefusedWhen } from './rules/rule';

@InputType()
export class MiniProgramJumpInput {
  @Optional(() => String)
  readonly jumpAppid?: string | null;
  @Optional(() => String)
  readonly jumpPath?: string | null;
}

@InputType()
export class PurchaseInformationInput {
  @Optional(() => Int)
  readonly price?: number | null;
  @Optional(() => String)
  readonly jumpAppid?: string | null;
  @Optional(() => String)
  readonly jumpPath?: string | null;
}

/** Required for one type. Not allowed with the others if the interface's document says so. */
const For = (type: DateType): PropertyDecorator =>
  combine(
    NeededWhen((owner: ValidDateInformationInput) => owner.type === type, {
      en: `is needed for ${type}`,
      zh: `在 ${type} 时必填`,
    }),
    RefusedWhen(
      (owner: ValidDateInformationInput) => !isAbsent(owner.type) && owner.type !== type,
      { en: `is for ${type} only`, zh: `仅用于 ${type}` },
      refusesOtherTypes,
    ),
  );

@InputType()
export class ValidDateInformationInput {
  @Optional(() => DateType)
  readonly type?: DateType | null;

  @Optional(() => DateTime)
  @For('FIX_TIME_RANGE')
  readonly availableBeginTime?: string | null;

  @Optional(() => DateTime)
  @For('FIX_TIME_RANGE')
  @Agreement(
    { code: 'INVALID', en: 'must not be before availableBeginTime', zh: '不能早于 availableBeginTime' },
    ({ availableBeginTime: begin, availableEndTime: end }: ValidDateInformationInput) =>
      !isRfc3339(begin) || !isRfc3339(end) || Date.parse(begin) <= Date.parse(end),
    refusesReversedRange,
  )
  readonly availableEndTime?: string | null;

  @Optional(() => Int)
  @For('FIX_TERM')
  readonly availableDayAfterReceive?: number | null;
}

@InputType()
export class CustomFieldFormInput {
  @Optional(() => CustomFieldType)
  readonly type?: CustomFieldType | null;
  @Optional(() => String)
  readonly name?: string | null;
  @Optional(() => [String])
  readonly values?: readonly string[] | null;
}

@InputType()
export class UserInformationFormInput {
  @Optional(() => [CommonFieldFlag])
  @Distinct((flag: CommonFieldFlag) => flag, refusesRepeatedFields)
  readonly commonFieldList?: readonly CommonFieldFlag[] | null;
  @Optional(() => [CustomFieldFormInput])
  readonly customFieldList?: readonly CustomFieldFormInput[] | null;
}

@InputType({ description: 'Values in clear: the server encrypts them for the upstream.' })
export class CommonFieldInput {
  @Optional(() => CommonFieldFlag)
  readonly name?: CommonFieldFlag | null;
  @Optional(() => String)
  readonly value?: string | null;
}

@InputType()
export class CustomFieldInput {
  @Optional(() => String)
  readonly name?: string | null;
  @Optional(() => [String])
  readonly userChosenValues?: readonly string[] | null;
}

@InputType()
export class UserInformationInput {
  @Optional(() => [CommonFieldInput])
  @Distinct(({ name }: CommonFieldInput) => name, refusesRepeatedFields)
  readonly commonFieldList?: readonly CommonFieldInput[] | null;
  @Optional(() => [CustomFieldInput])
  readonly customFieldList?: readonly CustomFieldInput[] | null;
}
