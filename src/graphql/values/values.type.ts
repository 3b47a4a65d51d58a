import { Field, Int, ObjectType } from 'type-graphql';
import { CommonFieldFlag, CustomFieldType, DateType } from './enums';
import { DateTime } from './scalars';

@ObjectType({ simpleResolvers: true })
export class MiniProgramJump {
  @Field(() => String, { nullable: true })
  readonly jumpAppid?: string | undefined;
  @Field(() => String, { nullable: true })
  readonly jumpPath?: string | undefined;
}

@ObjectType({ simpleResolvers: true })
export class PurchaseInformation {
  @Field(() => Int, { nullable: true, description: 'Price in fen (0.01 CNY).' })
  readonly price?: number | undefined;
  @Field(() => String, { nullable: true })
  readonly jumpAppid?: string | undefined;
  @Field(() => String, { nullable: true })
  readonly jumpPath?: string | undefined;
}

@ObjectType({ simpleResolvers: true })
export class ValidDateInformation {
  @Field(() => DateType)
  readonly type!: DateType;
  @Field(() => DateTime, { nullable: true })
  readonly availableBeginTime?: string | undefined;
  @Field(() => DateTime, { nullable: true })
  readonly availableEndTime?: string | undefined;
  @Field(() => Int, { nullable: true })
  readonly availableDayAfterReceive?: number | undefined;
}

@ObjectType({ simpleResolvers: true })
export class CustomFieldForm {
  @Field(() => CustomFieldType)
  readonly type!: CustomFieldType;
  @Field(() => String)
  readonly name!: string;
  @Field(() => [String])
  readonly values!: readonly string[];
}

@ObjectType({ simpleResolvers: true, description: 'What a template asks of a new member.' })
export class UserInformationForm {
  @Field(() => [CommonFieldFlag], { nullable: true })
  readonly commonFieldList?: readonly CommonFieldFlag[] | undefined;
  @Field(() => [CustomFieldForm], { nullable: true })
  readonly customFieldList?: readonly CustomFieldForm[] | undefined;
}

@ObjectType({ simpleResolvers: true })
export class CommonField {
  @Field(() => CommonFieldFlag)
  readonly name!: CommonFieldFlag;
  @Field(() => String)
  readonly value!: string;
}

@ObjectType({ simpleResolvers: true })
export class CustomField {
  @Field(() => String)
  readonly name!: string;
  @Field(() => [String])
  readonly userChosenValues!: readonly string[];
}

@ObjectType({ simpleResolvers: true, description: 'What a member answered.' })
export class UserInformation {
  @Field(() => [CommonField], { nullable: true })
  readonly commonFieldList?: readonly CommonField[] | undefined;
  @Field(() => [CustomField], { nullable: true })
  readonly customFieldList?: readonly CustomField[] | undefined;
}
