import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { userErrorCodes, type UserErrorCode } from './user-error-code';

const codes = Object.fromEntries(Object.keys(userErrorCodes).map((code) => [code, code]));
registerEnumType(codes, {
  name: 'UserErrorCode',
  description:
    'What happened and what to do. Each code needs one reaction of the caller. Values may be added; treat an unknown one as UPSTREAM_REJECTED.',
  valuesConfig: Object.fromEntries(
    Object.entries(userErrorCodes).map(([code, description]) => [code, { description }]),
  ),
});

@ObjectType({
  simpleResolvers: true,
  description:
    'An error that the caller can correct with other input: a broken validation rule, or a business refusal of the upstream.',
})
export class UserError {
  @Field(() => [String], {
    nullable: true,
    description:
      'Path into the input, e.g. ["input", "validDateInformation", "availableEndTime"]; null if no single field is at fault.',
  })
  readonly field?: readonly string[] | undefined;
  @Field(() => codes)
  readonly code!: UserErrorCode;
  @Field(() => String, {
    description:
      "For people; never repeats the value. In English, or in Chinese if the caller's Accept-Language prefers it.",
  })
  readonly message!: string;
  @Field(() => String, {
    nullable: true,
    description: "The upstream's own code (e.g. INVALID_REQUEST) if the upstream refused.",
  })
  readonly wechatCode?: string | undefined;
  @Field(() => String, {
    nullable: true,
    description: "The upstream's Request-ID, which WeChat Pay's support asks for.",
  })
  readonly requestId?: string | undefined;
  @Field(() => String, {
    nullable: true,
    description:
      "WeChat Pay's own sentence, in Chinese, if WeChat Pay refused. Values of the request, numbers of 5 or more digits and personal data are replaced by …. Written for people; programs should use code and field.",
  })
  readonly wechatMessage?: string | undefined;
}
