import { ValidateNested } from 'class-validator';
import { Field, InputType, Int } from 'type-graphql';
import { mostSealedBytes } from '../../wechatpay/encryption';
import { CommonFieldFlag, CustomFieldType, DateType } from './enums';
import {
  AgreesWith,
  Between,
  Count,
  Distinct,
  EachText,
  Holds,
  Identifier,
  NeededWhen,
  RefusedWhen,
  Rfc3339,
  Sealable,
  Text,
  isRfc3339,
} from './rules';
import { DateTime } from './scalars';

@InputType()
export class MiniProgramJumpInput {
  @Field(() => String, { nullable: true })
  @Identifier()
  readonly jumpAppid?: string | null;
  @Field(() => String, { nullable: true })
  @Text(128)
  readonly jumpPath?: string | null;
}

@InputType()
export class PurchaseInformationInput {
  @Field(() => Int, { nullable: true })
  @Between(1, 2_147_483_647)
  readonly price?: number | null;
  @Field(() => String, { nullable: true })
  @Identifier()
  readonly jumpAppid?: string | null;
  @Field(() => String, { nullable: true })
  @Text(128)
  readonly jumpPath?: string | null;
}

const isOf =
  (...types: readonly DateType[]) =>
  ({ type }: ValidDateInformationInput): boolean =>
    types.includes(type);

/** 最长不超过30年(10958 天) */
const mostDays = 10_958;

@InputType()
export class ValidDateInformationInput {
  @Field(() => DateType)
  @Holds({ en: 'must be a known type', zh: '须为已知类型' }, (value) => typeof value === 'string')
  readonly type!: DateType;

  @Field(() => DateTime, { nullable: true })
  @Rfc3339()
  @NeededWhen(isOf('FIX_TIME_RANGE'), 'is needed for FIX_TIME_RANGE', '在 FIX_TIME_RANGE 时必填')
  @RefusedWhen(isOf('FIX_TERM', 'PERMANENT'), 'is for FIX_TIME_RANGE only', '仅用于 FIX_TIME_RANGE')
  readonly availableBeginTime?: string | null;

  @Field(() => DateTime, { nullable: true })
  @Rfc3339()
  @NeededWhen(isOf('FIX_TIME_RANGE'), 'is needed for FIX_TIME_RANGE', '在 FIX_TIME_RANGE 时必填')
  @RefusedWhen(isOf('FIX_TERM', 'PERMANENT'), 'is for FIX_TIME_RANGE only', '仅用于 FIX_TIME_RANGE')
  @AgreesWith(
    ({ availableBeginTime: begin, availableEndTime: end }: ValidDateInformationInput) =>
      !isRfc3339(begin) || !isRfc3339(end) || Date.parse(begin) <= Date.parse(end),
    'must not be before availableBeginTime',
    '不能早于 availableBeginTime',
  )
  readonly availableEndTime?: string | null;

  @Field(() => Int, { nullable: true })
  @Between(1, mostDays)
  @NeededWhen(isOf('FIX_TERM'), 'is needed for FIX_TERM', '在 FIX_TERM 时必填')
  @RefusedWhen(isOf('FIX_TIME_RANGE', 'PERMANENT'), 'is for FIX_TERM only', '仅用于 FIX_TERM')
  readonly availableDayAfterReceive?: number | null;
}

@InputType()
export class CustomFieldFormInput {
  @Field(() => CustomFieldType)
  readonly type!: CustomFieldType;
  @Field(() => String)
  @Text(32)
  readonly name!: string;
  @Field(() => [String])
  @Count(1, 10)
  @EachText(8)
  readonly values!: readonly string[];
}

@InputType()
export class UserInformationFormInput {
  @Field(() => [CommonFieldFlag], { nullable: true })
  @Distinct((flag) => flag)
  readonly commonFieldList?: readonly CommonFieldFlag[] | null;
  @Field(() => [CustomFieldFormInput], { nullable: true })
  @Count(0, 1)
  @ValidateNested()
  readonly customFieldList?: readonly CustomFieldFormInput[] | null;
}

/** Formats of the answers that the documents prescribe; the others are free text. */
const answerFormats: Readonly<Partial<Record<CommonFieldFlag, RegExp>>> = {
  USER_FORM_FLAG_SEX: /^[男女]$/,
  USER_FORM_FLAG_BIRTHDAY: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
  USER_FORM_FLAG_EMAIL: /^[^\s@]{1,64}@[^\s@]{1,128}\.[^\s@.]{2,}$/,
  USER_FORM_FLAG_CITY: /^[^,]+,[^,]+$/,
};

@InputType({ description: 'Values in clear: the server encrypts them for the upstream.' })
export class CommonFieldInput {
  @Field(() => CommonFieldFlag)
  readonly name!: CommonFieldFlag;
  @Field(() => String)
  @Text(mostSealedBytes)
  @Sealable()
  @Holds(
    {
      en: 'must be 男 or 女, a date yyyy-MM-dd, an e-mail address, or 省份,城市, as its name asks',
      zh: '须符合字段格式:性别为男或女、生日为 yyyy-MM-dd、邮箱合法、城市为“省份,城市”',
    },
    (value, { name }) => answerFormats[name as CommonFieldFlag]?.test(String(value)) !== false,
  )
  readonly value!: string;
}

@InputType()
export class CustomFieldInput {
  @Field(() => String)
  @Text(32)
  readonly name!: string;
  @Field(() => [String])
  @Count(1, 10)
  @EachText(8)
  readonly userChosenValues!: readonly string[];
}

@InputType()
export class UserInformationInput {
  @Field(() => [CommonFieldInput], { nullable: true })
  @Distinct(({ name }: CommonFieldInput) => name)
  @ValidateNested()
  readonly commonFieldList?: readonly CommonFieldInput[] | null;
  @Field(() => [CustomFieldInput], { nullable: true })
  @Count(0, 1)
  @ValidateNested()
  readonly customFieldList?: readonly CustomFieldInput[] | null;
}
