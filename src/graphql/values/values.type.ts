import { Field, Int, ObjectType } from 'type-graphql';
import { CommonFieldFlagOrUnknown, CustomFieldTypeOrUnknown } from './enums';
import { SemanticNonNull } from './semantic-non-null';
import { EnumField } from './upstream-fields';

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
export class CustomFieldForm {
  @EnumField(() => CustomFieldTypeOrUnknown, { nullable: true })
  readonly type?: CustomFieldTypeOrUnknown | undefined;
  @Field(() => String, { nullable: true })
  readonly name?: string | undefined;
  @Field(() => [String], { nullable: true })
  readonly values?: readonly string[] | undefined;
}

@ObjectType({ simpleResolvers: true, description: 'The form that a new member fills in.' })
export class UserInformationForm {
  @EnumField(() => [CommonFieldFlagOrUnknown], { nullable: true })
  readonly commonFieldList?: readonly CommonFieldFlagOrUnknown[] | undefined;
  @Field(() => [CustomFieldForm], { nullable: true })
  readonly customFieldList?: readonly CustomFieldForm[] | undefined;
}

@ObjectType({ simpleResolvers: true })
export class CommonField {
  @EnumField(() => CommonFieldFlagOrUnknown, { nullable: true })
  readonly name?: CommonFieldFlagOrUnknown | undefined;
  @Field(() => String, { nullable: true })
  readonly value?: string | undefined;
}

@ObjectType({ simpleResolvers: true })
export class CustomField {
  @Field(() => String, { nullable: true })
  readonly name?: string | undefined;
  @Field(() => [String], {
    nullable: 'itemsAndList',
    description: 'A value that cannot be decrypted is null with an error at its path.',
  })
  @SemanticNonNull([1])
  readonly userChosenValues?: readonly string[] | undefined;
}

@ObjectType({ simpleResolvers: true, description: "A member's form answers." })
export class UserInformation {
  @Field(() => [CommonField], { nullable: true })
  readonly commonFieldList?: readonly CommonField[] | undefined;
  @Field(() => [CustomField], { nullable: true })
  readonly customFieldList?: readonly CustomField[] | undefined;
}
