import { Allow, ValidateNested } from 'class-validator';
import { Field, InputType, Int } from 'type-graphql';
import { CommonFieldFlag, CustomFieldType, DateType } from '../values/enums';
import { Between, Count, Distinct } from './rules/amounts';
import { isRfc3339, Rfc3339 } from './rules/date-time';
import { FitsItsName } from './rules/form-answer';
import { Identifier } from './rules/identifiers';
import { Agreement, NeededWhen, RefusedWhen } from './rules/rule';
import { EachText, SealedText, Text } from './rules/text';
import { DateTime } from '../values/scalars';

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

/** 最长不超过30年(10958 天) */
const maxDays = 10_958;

const NeededFor = (type: DateType): PropertyDecorator =>
  NeededWhen((owner: ValidDateInformationInput) => owner.type === type, {
    en: `is needed for ${type}`,
    zh: `在 ${type} 时必填`,
  });

/** For one type only: the documents forbid the field with the others. */
const OnlyFor = (type: DateType): PropertyDecorator =>
  RefusedWhen((owner: ValidDateInformationInput) => owner.type !== type, {
    en: `is for ${type} only`,
    zh: `仅用于 ${type}`,
  });

@InputType()
export class ValidDateInformationInput {
  @Field(() => DateType)
  @Allow()
  readonly type!: DateType;

  @Field(() => DateTime, { nullable: true })
  @Rfc3339()
  @NeededFor('FIX_TIME_RANGE')
  @OnlyFor('FIX_TIME_RANGE')
  readonly availableBeginTime?: string | null;

  @Field(() => DateTime, { nullable: true })
  @Rfc3339()
  @NeededFor('FIX_TIME_RANGE')
  @OnlyFor('FIX_TIME_RANGE')
  @Agreement(
    { code: 'INVALID', en: 'must not be before availableBeginTime', zh: '不能早于 availableBeginTime' },
    ({ availableBeginTime: begin, availableEndTime: end }: ValidDateInformationInput) =>
      !isRfc3339(begin) || !isRfc3339(end) || Date.parse(begin) <= Date.parse(end),
  )
  readonly availableEndTime?: string | null;

  @Field(() => Int, { nullable: true })
  @Between(1, maxDays)
  @NeededFor('FIX_TERM')
  @OnlyFor('FIX_TERM')
  readonly availableDayAfterReceive?: number | null;
}

@InputType()
export class CustomFieldFormInput {
  @Field(() => CustomFieldType)
  @Allow()
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
  @Distinct((flag: CommonFieldFlag) => flag)
  readonly commonFieldList?: readonly CommonFieldFlag[] | null;
  @Field(() => [CustomFieldFormInput], { nullable: true })
  @Count(0, 1)
  @ValidateNested()
  readonly customFieldList?: readonly CustomFieldFormInput[] | null;
}

@InputType({ description: 'Values in clear: the server encrypts them for the upstream.' })
export class CommonFieldInput {
  @Field(() => CommonFieldFlag)
  @Allow()
  readonly name!: CommonFieldFlag;
  @Field(() => String)
  @SealedText()
  @FitsItsName()
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
