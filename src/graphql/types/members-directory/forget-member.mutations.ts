import { Arg, Ctx, Extensions, Field, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { AppError } from '../../../shared/errors';
import { textIn } from '../../../shared/language';
import { Access } from '../../access/access';
import { Upstream } from '../../cost/upstream';
import type { Context } from '../../execution/context';
import { unknownObject } from '../../execution/mutate';
import { chosenIn } from '../../inputs/alternatives';
import { userErrorTypeOf, type UserError } from '../../inputs/user-error.type';
import { ID } from '../../values/scalars';
import { SemanticNonNull } from '../../values/semantic-non-null';
import { directoryOf } from './brand-directory.resolver';
import { toMemberName } from './directory.input';

@Extensions({ oneOf: true })
@InputType({ description: 'Names a member of a brand. 会员的标识。' })
export class ForgetMemberBy {
  @Field(() => ID, {
    nullable: true,
    description: "The user's id under the AppID of the card template. 用户 openid。",
  })
  readonly openid?: string | null;
  @Field(() => ID, { nullable: true, description: 'The code of a card. 会员卡code。' })
  readonly userCardCode?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'The phone number in clear, as it was imported. It needs the scope pii. 手机号。',
  })
  readonly phoneNumber?: string | null;
}

@InputType()
export class ForgetMemberInput {
  @Field(() => ID)
  readonly brandId!: string;
  @Field(() => ForgetMemberBy, { description: 'The member: by openid, by code or by phone number.' })
  readonly by!: ForgetMemberBy;
}

const ForgetMemberUserError = userErrorTypeOf('ForgetMember', ['INVALID', 'NOT_FOUND']);

@ObjectType({ simpleResolvers: true })
export class ForgetMemberPayload {
  @Field(() => Int, {
    nullable: true,
    description:
      'How many entries were erased. 0: the directory had none of this member. Null if the input was refused.',
  })
  readonly forgotten?: number;
  @Field(() => [ForgetMemberUserError])
  readonly userErrors!: readonly UserError[];
}

@Resolver()
export class ForgetMemberMutations {
  @Access('write')
  @Upstream()
  @SemanticNonNull()
  @Mutation(() => ForgetMemberPayload, {
    nullable: true,
    description:
      "Erases every entry of a member from the members' directory of a brand (PIPL, Article 47: 删除权). Calls nothing upstream: the card at WeChat Pay stays (invalidateUserCard ends it), and so do the events and the cached card until they end by themselves. What was seen before does not come back; a member who passes by again is recorded again. Recorded in the audit log before anything is erased. 从会员目录删除一名会员的全部条目。",
  })
  async forgetMember(
    @Arg('input') { brandId, by }: ForgetMemberInput,
    @Ctx() context: Context,
  ): Promise<ForgetMemberPayload> {
    const { brands, language, writeScope } = context;
    if (!brands.isWritable(brandId)) return { userErrors: [unknownObject(['brandId'], language)] };
    const directory = directoryOf(brandId, context);
    try {
      const name = toMemberName(brandId, by, context);
      // Nothing is erased that the audit log cannot name.
      await writeScope.recordIntent?.();
      return { forgotten: await directory.forget(brandId, name), userErrors: [] };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'BAD_USER_INPUT') throw error;
      const message = textIn(language, error.publicMessage);
      const [given = ''] = chosenIn(by) ?? [];
      return { userErrors: [{ field: ['input', 'by', given], code: 'INVALID', message }] };
    }
  }
}
