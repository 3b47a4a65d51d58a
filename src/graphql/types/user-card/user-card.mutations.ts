import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Access } from '../../access/access';
import { mutate } from '../../execution/mutate';
import { toUpstream } from '../../inputs/to-upstream';
import { writeCost } from '../../cost/field-costs';
import { Upstream } from '../../cost/upstream';
import type { Context } from '../../execution/context';
import { ImportUserCardByOpenidInput, ImportUserCardByPhoneInput } from './import-user-card.input';
import { ConfirmUserCardInput, InvalidateUserCardInput, UpdateUserCardInput } from './user-card.input';
import {
  ConfirmUserCardPayload,
  ImportUserCardByOpenidPayload,
  ImportUserCardByPhonePayload,
  InvalidateUserCardPayload,
  UpdateUserCardPayload,
} from './user-card.payload';
import { toUserCard } from './user-card.type';

/** The writes of a user's card. */
@Resolver()
export class UserCardMutations {
  @Access('write')
  @Upstream(['IMPORT_USER_CARD_BY_PHONE'], writeCost('IMPORT_USER_CARD_BY_PHONE'))
  @Mutation(() => ImportUserCardByPhonePayload, {
    description:
      'Makes a member of who has this phone number; the answer tells the openid. WeChat Pay has it on the partner route only.',
  })
  importUserCardByPhone(
    @Arg('input', () => ImportUserCardByPhoneInput) input: ImportUserCardByPhoneInput,
    @Ctx() context: Context,
  ): Promise<ImportUserCardByPhonePayload> {
    return write('importUserCardByPhone', { input, context });
  }

  @Access('write')
  @Upstream(['IMPORT_USER_CARD_BY_OPENID'], writeCost('IMPORT_USER_CARD_BY_OPENID'))
  @Mutation(() => ImportUserCardByOpenidPayload, {
    description:
      'Makes a member of a user at once, without a confirmation. Refused where the user holds a card of the template that waits or is valid, or deleted one.',
  })
  importUserCardByOpenid(
    @Arg('input', () => ImportUserCardByOpenidInput) input: ImportUserCardByOpenidInput,
    @Ctx() context: Context,
  ): Promise<ImportUserCardByOpenidPayload> {
    return write('importUserCardByOpenid', { input, context });
  }

  @Access('write')
  @Upstream(['UPDATE_USER_CARD'], writeCost('UPDATE_USER_CARD'))
  @Mutation(() => UpdateUserCardPayload, {
    description: 'Changes what is given of an EFFECTIVE card; what is absent stays.',
  })
  updateUserCard(
    @Arg('input', () => UpdateUserCardInput) input: UpdateUserCardInput,
    @Ctx() context: Context,
  ): Promise<UpdateUserCardPayload> {
    return write('updateUserCard', { input, context });
  }

  @Access('write')
  @Upstream(['CONFIRM_USER_CARD'], writeCost('CONFIRM_USER_CARD', { readsBack: true }))
  @Mutation(() => ConfirmUserCardPayload, {
    description:
      "Answers a user who opened a card: until then it is UNACTIVATED. CREATE_CARD_FAIL leaves it INVALID. For a template with MERCHANT_ALLOCATE, userCardCode is the merchant's own and becomes the card's.",
  })
  confirmUserCard(
    @Arg('input', () => ConfirmUserCardInput) input: ConfirmUserCardInput,
    @Ctx() context: Context,
  ): Promise<ConfirmUserCardPayload> {
    return write('confirmUserCard', { input, context });
  }

  @Access('write')
  @Upstream(['INVALIDATE_USER_CARD'], writeCost('INVALIDATE_USER_CARD'))
  @Mutation(() => InvalidateUserCardPayload, {
    description: 'Ends an UNACTIVATED or EFFECTIVE card for good; the member must have agreed.',
  })
  invalidateUserCard(
    @Arg('input', () => InvalidateUserCardInput) input: InvalidateUserCardInput,
    @Ctx() context: Context,
  ): Promise<InvalidateUserCardPayload> {
    return write('invalidateUserCard', { input, context });
  }
}

interface UserCardWrite {
  readonly input: { readonly brandId: string };
  readonly context: Context;
}

const write = async (
  name:
    | 'importUserCardByPhone'
    | 'importUserCardByOpenid'
    | 'updateUserCard'
    | 'confirmUserCard'
    | 'invalidateUserCard',
  { input, context }: UserCardWrite,
) => {
  const { result: userCard, userErrors } = await mutate(
    { input, context },
    () => context.members[name](toUpstream(input), context.writeScope),
    toUserCard,
  );
  return { userCard, userErrors };
};
