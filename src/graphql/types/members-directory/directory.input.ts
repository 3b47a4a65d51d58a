import { Extensions, Field, InputType } from 'type-graphql';
import type { MemberName } from '../../../directory/names';
import type { KnownCardFilter } from '../../../directory/read-cards';
import type { Context } from '../../execution/context';
import { checkCardId, checkOpenid, checkPhoneNumber, checkUserCardCode } from '../../inputs/arguments';
import { normalPhoneNumber } from '../../../shared/phone-number';
import { UserCardState } from '../../values/enums';
import { ID } from '../../values/scalars';
import { AppError } from '../../../shared/errors';

@Extensions({ oneOf: true })
@InputType({
  description:
    'What is known of a member: the code that a till scanned, or the phone number. 会员的已知信息。',
})
export class FindUserCardBy {
  @Field(() => ID, { nullable: true, description: "The card's code. 会员卡code。" })
  readonly userCardCode?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'The phone number in clear, as it was imported. It needs the scope pii: a masked number leaves 10 000 possibilities, which a caller could try one after the other. 手机号。',
  })
  readonly phoneNumber?: string | null;
}

@InputType({
  description: 'Only known cards that agree with all of its fields. 会员目录的过滤条件，各项须同时满足。',
})
export class KnownUserCardFilter {
  @Field(() => ID, { nullable: true, description: 'Cards of this template. 会员卡模板 ID。' })
  readonly cardId?: string | null;
  @Field(() => UserCardState, {
    nullable: true,
    description: 'Cards that were last seen in this state. 会员卡状态。',
  })
  readonly userCardState?: UserCardState | null;
  @Field(() => String, { nullable: true, description: 'Cards that were last seen with this level. 等级。' })
  readonly level?: string | null;
  @Field(() => ID, { nullable: true, description: "This user's cards. 用户 openid。" })
  readonly openid?: string | null;
}

/** Throws BAD_USER_INPUT if a value has the wrong form, and FORBIDDEN if the caller may not look up phone numbers. */
export const toMemberName = (
  brandId: string,
  { openid, userCardCode, phoneNumber }: FindUserCardBy & { readonly openid?: string | null },
  { permissions }: Pick<Context, 'permissions'>,
): MemberName => {
  if (typeof openid === 'string') {
    checkOpenid(openid);
    return { openid };
  }
  if (typeof userCardCode === 'string') {
    checkUserCardCode(userCardCode);
    return { userCardCode };
  }
  if (!permissions.may('pii', brandId))
    throw new AppError('FORBIDDEN', 'the caller may not look up phone numbers', {
      publicMessage: [
        'Not permitted: looking up a phone number needs the scope pii for the brand.',
        '没有权限：按手机号查找需要该品牌的 pii 权限。',
      ],
    });
  const normal = normalPhoneNumber(phoneNumber ?? '');
  checkPhoneNumber(normal);
  return { phoneNumber: normal };
};

export const toKnownCardFilter = (filter: KnownUserCardFilter | null): KnownCardFilter => {
  const { cardId, userCardState, level, openid } = filter ?? {};
  if (typeof cardId === 'string') checkCardId(cardId);
  if (typeof openid === 'string') checkOpenid(openid);
  return {
    cardId: cardId ?? undefined,
    state: userCardState ?? undefined,
    level: level ?? undefined,
    openid: openid ?? undefined,
  };
};
