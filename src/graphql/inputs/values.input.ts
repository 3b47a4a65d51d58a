import { InputType, Int } from 'type-graphql';
import { CommonFieldFlag, CustomFieldType, DateType } from '../values/enums';
import { DateTime } from '../values/scalars';
import { Optional, Required } from './input-fields';
import { isRfc3339 } from './rules/date-time';
import { Agreement, combine, Distinct, NeededWhen, RefusedWhen } from './rules/rule';

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

/** Required for one type; the documents forbid it with the others. */
const For = (type: DateType): PropertyDecorator =>
  combine(
    NeededWhen((owner: ValidDateInformationInput) => owner.type === type, {
      en: `is needed for ${type}`,
      zh: `在 ${type} 时必填`,
    }),
    RefusedWhen((owner: ValidDateInformationInput) => owner.type !== type, {
      en: `is for ${type} only`,
      zh: `仅用于 ${type}`,
    }),
  );

@InputType()
export class ValidDateInformationInput {
  @Required(() => DateType)
  readonly type!: DateType;

  @Optional(() => DateTime)
  @For('FIX_TIME_RANGE')
  readonly availableBeginTime?: string | null;

  @Optional(() => DateTime)
  @For('FIX_TIME_RANGE')
  @Agreement(
    { code: 'INVALID', en: 'must not be before availableBeginTime', zh: '不能早于 availableBeginTime' },
    ({ availableBeginTime: begin, availableEndTime: end }: ValidDateInformationInput) =>
      !isRfc3339(begin) || !isRfc3339(end) || Date.parse(begin) <= Date.parse(end),
  )
  readonly availableEndTime?: string | null;

  @Optional(() => Int)
  @For('FIX_TERM')
  readonly availableDayAfterReceive?: number | null;
}

@InputType()
export class CustomFieldFormInput {
  @Required(() => CustomFieldType)
  readonly type!: CustomFieldType;
  @Required(() => String)
  readonly name!: string;
  @Required(() => [String])
  readonly values!: readonly string[];
}

@InputType()
export class UserInformationFormInput {
  @Optional(() => [CommonFieldFlag])
  @Distinct((flag: CommonFieldFlag) => flag)
  readonly commonFieldList?: readonly CommonFieldFlag[] | null;
  @Optional(() => [CustomFieldFormInput])
  readonly customFieldList?: readonly CustomFieldFormInput[] | null;
}

@InputType({ description: 'Values in clear: the server encrypts them for the upstream.' })
export class CommonFieldInput {
  @Required(() => CommonFieldFlag)
  readonly name!: CommonFieldFlag;
  @Required(() => String)
  readonly value!: string;
}

@InputType()
export class CustomFieldInput {
  @Required(() => String)
  readonly name!: string;
  @Required(() => [String])
  readonly userChosenValues!: readonly string[];
}

@InputType()
export class UserInformationInput {
  @Optional(() => [CommonFieldInput])
  @Distinct(({ name }: CommonFieldInput) => name)
  readonly commonFieldList?: readonly CommonFieldInput[] | null;
  @Optional(() => [CustomFieldInput])
  readonly customFieldList?: readonly CustomFieldInput[] | null;
}
