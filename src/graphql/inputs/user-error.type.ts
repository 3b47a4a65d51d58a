import { Field, ObjectType, registerEnumType } from 'type-graphql';

export const UserErrorCode = {
  INVALID: 'INVALID',
  TOO_LONG: 'TOO_LONG',
  REQUIRED: 'REQUIRED',
  NO_CHANGE: 'NO_CHANGE',
  TEMPLATE_NOT_OF_BRAND: 'TEMPLATE_NOT_OF_BRAND',
  PHONE_ALREADY_IMPORTED: 'PHONE_ALREADY_IMPORTED',
  PHONE_NOT_BOUND_TO_WECHAT: 'PHONE_NOT_BOUND_TO_WECHAT',
  CARD_ALREADY_EXISTS: 'CARD_ALREADY_EXISTS',
  BRAND_APPID_NOT_BOUND: 'BRAND_APPID_NOT_BOUND',
  DUPLICATE_REQUEST_NO: 'DUPLICATE_REQUEST_NO',
  NOT_FOUND: 'NOT_FOUND',
  UPSTREAM_REJECTED: 'UPSTREAM_REJECTED',
} as const;
export type UserErrorCode = keyof typeof UserErrorCode;
registerEnumType(UserErrorCode, { name: 'UserErrorCode', description: 'Values may be added.' });

@ObjectType({
  simpleResolvers: true,
  description:
    "A fault that the caller can mend by sending other input: a validation rule broken, or the upstream's business refusal.",
})
export class UserError {
  @Field(() => [String], {
    nullable: true,
    description:
      'Path into the input, e.g. ["input", "validDateInformation", "availableEndTime"]; null where no one field is at fault.',
  })
  readonly field?: readonly string[] | undefined;
  @Field(() => UserErrorCode)
  readonly code!: UserErrorCode;
  @Field(() => String, {
    description:
      "Readable, without echoing the value. English; the Chinese text where the caller's Accept-Language prefers zh.",
  })
  readonly message!: string;
  @Field(() => String, {
    nullable: true,
    description: "The upstream's own code (e.g. INVALID_REQUEST) where the upstream refused.",
  })
  readonly wechatCode?: string | undefined;
  @Field(() => String, {
    nullable: true,
    description: "The upstream's Request-ID, which WeChat Pay's support asks for.",
  })
  readonly requestId?: string | undefined;
}
