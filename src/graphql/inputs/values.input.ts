import { InputType, Int } from 'type-graphql';
import { refusesRepeatedFields } from '../../documents/relations';
import { CommonFieldFlag, CustomFieldType } from '../values/enums';
import { Optional } from './input-fields';
import { Distinct } from './rules/rule';

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
