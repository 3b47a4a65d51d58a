import { Field, InterfaceType, ObjectType, registerEnumType, type ClassType } from 'type-graphql';
import { userErrorCodes, type UserErrorCode } from './user-error-code';

/** Each mutation has a type of its own for its user errors, and this is what they share. */
@InterfaceType('UserError', {
  description:
    'An error that the caller can correct with other input: a broken validation rule, or a business refusal of WeChat Pay. Each mutation has a type of its own, whose code is an enum of the codes that can occur there. 可由调用方修正的错误。',
})
abstract class UserErrorInterface {
  @Field(() => [String], {
    nullable: true,
    description:
      'Path into the input, e.g. ["input", "validDateInformation", "fixTimeRange", "availableEndTime"]; null if no single field is at fault.',
  })
  readonly field?: readonly string[] | undefined;
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

/** A user error as the server makes it. */
export interface UserError extends UserErrorInterface {
  readonly code: UserErrorCode;
}

/**
 * Declares the type of a mutation's user errors and the enum of its codes.
 *
 * @param name the mutation's name in capitals, e.g. `UpdateUserCard`
 */
export const userErrorTypeOf = (name: string, codes: readonly UserErrorCode[]): ClassType => {
  const members = Object.fromEntries(codes.map((code) => [code, code]));
  registerEnumType(members, {
    name: `${name}UserErrorCode`,
    description:
      'What happened and what to do. Each code needs one reaction of the caller. Values may be added; treat an unknown one as UPSTREAM_REJECTED.',
    valuesConfig: Object.fromEntries(codes.map((code) => [code, { description: userErrorCodes[code] }])),
  });
  @ObjectType(`${name}UserError`, {
    implements: UserErrorInterface,
    simpleResolvers: true,
    description: `What ${name.charAt(0).toLowerCase()}${name.slice(1)} refuses.`,
  })
  class UserErrorOfMutation extends UserErrorInterface {
    @Field(() => members)
    readonly code!: UserErrorCode;
  }
  return UserErrorOfMutation;
};
