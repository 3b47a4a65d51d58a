import { Arg, Ctx, Resolver } from 'type-graphql';
import type { Context } from '../../execution/context';
import { mutate } from '../../execution/mutate';
import { WriteMutation } from '../write-mutation';
import { ImportUserCardByOpenidInput, ImportUserCardByPhoneInput } from './import-user-card.input';
import { ConfirmUserCardInput, InvalidateUserCardInput, UpdateUserCardInput } from './user-card.input';
import { UserCard, toUserCard } from './user-card.type';
import { importFields, importFieldsOf } from './import-outcome';
import type { PhoneImport } from '../../../wechatpay/api/phone-import';

const userCard = { field: 'userCard', type: () => UserCard, show: toUserCard } as const;

const phoneImport = {
  ...userCard,
  show: ({ card }: PhoneImport) => card && toUserCard(card),
  also: importFieldsOf,
};

/** The writes of a user's card. */
@Resolver()
export class UserCardMutations {
  @WriteMutation(phoneImport, {
    upstream: 'IMPORT_USER_CARD_BY_PHONE',
    description:
      'Imports an existing member by phone number and returns the openid. On the partner route only. ' +
      "WeChat Pay activates the card silently: it does not appear in the user's wallet by itself. Ask the member to add it, e.g. in your mini program. " +
      '(“导入”仅为后台操作，不会在用户卡包中自动出现该会员卡，请引导用户主动添加。) ' +
      'If the response is lost, send the same input again: see ImportOutcome.',
    more: importFields,
  })
  importUserCardByPhone(@Arg('input') input: ImportUserCardByPhoneInput, @Ctx() context: Context) {
    return mutate({ context, input, returns: phoneImport }, (args, scope) =>
      context.members.importUserCardByPhone(args, scope),
    );
  }

  @WriteMutation(userCard, {
    upstream: 'IMPORT_USER_CARD_BY_OPENID',
    description:
      'Makes a user a member at once, without confirmation. Refused if the user has a waiting or valid card of the template, or has deleted one.',
  })
  importUserCardByOpenid(@Arg('input') input: ImportUserCardByOpenidInput, @Ctx() context: Context) {
    return mutate({ context, input, returns: userCard }, (args, scope) =>
      context.members.importUserCardByOpenid(args, scope),
    );
  }

  @WriteMutation(userCard, {
    upstream: 'UPDATE_USER_CARD',
    description: 'Changes the given fields of an EFFECTIVE card and keeps the others.',
  })
  updateUserCard(@Arg('input') input: UpdateUserCardInput, @Ctx() context: Context) {
    return mutate({ context, input, returns: userCard }, (args, scope) =>
      context.members.updateUserCard(args, scope),
    );
  }

  @WriteMutation(userCard, {
    upstream: 'CONFIRM_USER_CARD',
    description:
      'Confirms or refuses a card that a user opened; until then it is UNACTIVATED. FAIL makes it INVALID. If the template has MERCHANT_ALLOCATE, userCardCode is the code that the merchant allocates to the card.',
    readsBack: true,
  })
  confirmUserCard(@Arg('input') input: ConfirmUserCardInput, @Ctx() context: Context) {
    return mutate({ context, input, returns: userCard }, (args, scope) =>
      context.members.confirmUserCard(args, scope),
    );
  }

  @WriteMutation(userCard, {
    upstream: 'INVALIDATE_USER_CARD',
    description: 'Ends an UNACTIVATED or EFFECTIVE card permanently. The member must have agreed.',
  })
  invalidateUserCard(@Arg('input') input: InvalidateUserCardInput, @Ctx() context: Context) {
    return mutate({ context, input, returns: userCard }, (args, scope) =>
      context.members.invalidateUserCard(args, scope),
    );
  }
}
