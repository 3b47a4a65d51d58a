import type { InterfaceName } from '../../wechatpay/api/interfaces';
import type { FieldPlan } from './field-plan';
import { noCost, type PlannedObject } from './planned-call';

interface WriteInput {
  readonly brandId: string;
  readonly cardId?: string;
}

/** What the payload holds is of the input's brand; where the input names the template, that is its template. */
const payload: Readonly<
  Record<'template' | 'ofTemplate' | 'nothing', (input: WriteInput) => readonly PlannedObject[]>
> = {
  template: ({ brandId }) => [{ kind: 'CardTemplate', brandId, certain: false }],
  ofTemplate: ({ brandId, cardId }) => [
    {
      kind: 'UserCard',
      brandId,
      certain: false,
      template: cardId === undefined ? { of: 'the payload', max: 1 } : { cardId },
    },
  ],
  nothing: () => [],
};

/** A write by its answer's key: two uses under one key are one. `readsBack` is asked when the write is refused. */
const write =
  (name: InterfaceName, holds: keyof typeof payload, readsBack?: InterfaceName): FieldPlan =>
  ({ args, responseKey: key }, { brands }) => {
    const input = args.input as WriteInput;
    // Refused before anything is asked, and answered as for a brand that does not exist.
    if (!brands.isWritable(input.brandId)) return noCost;
    return {
      calls: [
        {
          interface: name,
          brandId: input.brandId,
          identity: JSON.stringify([name, key]),
          max: 1,
          certain: true,
        },
        ...(readsBack === undefined
          ? []
          : [
              {
                interface: readsBack,
                brandId: input.brandId,
                identity: JSON.stringify([readsBack, key]),
                max: 1,
                certain: false,
              },
            ]),
      ],
      children: payload[holds](input),
    };
  };

/** What a lost answer may make look up is not in it: like repeats, that has a budget of its own. */
export const mutationPlans: Readonly<Record<string, FieldPlan>> = {
  'Mutation.createCardTemplate': write('CREATE_CARD_TEMPLATE', 'template'),
  'Mutation.updateCardTemplate': write('UPDATE_CARD_TEMPLATE', 'template'),
  'Mutation.invalidateCardTemplate': write('INVALIDATE_CARD_TEMPLATE', 'template'),
  'Mutation.importUserCardByPhone': write('IMPORT_USER_CARD_BY_PHONE', 'ofTemplate'),
  'Mutation.importUserCardByOpenid': write('IMPORT_USER_CARD_BY_OPENID', 'ofTemplate'),
  'Mutation.updateUserCard': write('UPDATE_USER_CARD', 'ofTemplate'),
  'Mutation.confirmUserCard': write('CONFIRM_USER_CARD', 'ofTemplate', 'GET_USER_CARD'),
  'Mutation.invalidateUserCard': write('INVALIDATE_USER_CARD', 'ofTemplate'),
  'Mutation.createPreAuthToken': write('CREATE_PRE_AUTH_TOKEN', 'nothing'),
  'Mutation.createUserFeed': write('CREATE_USER_FEED', 'nothing'),
  'Mutation.syncUserPoints': write('SYNC_USER_POINTS', 'nothing'),
  'Mutation.confirmPointExchangeCoupon': write('CONFIRM_POINT_EXCHANGE_COUPON', 'nothing'),
  'Mutation.createMembershipActivity': write('CREATE_MEMBERSHIP_ACTIVITY', 'ofTemplate'),
  'Mutation.updateMembershipActivity': write('UPDATE_MEMBERSHIP_ACTIVITY', 'ofTemplate'),
  'Mutation.terminateMembershipActivity': write('TERMINATE_MEMBERSHIP_ACTIVITY', 'ofTemplate'),
};
