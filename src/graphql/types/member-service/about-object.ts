import { ownCardCost, ownTemplateCost } from '../../cost/field-costs';
import { Upstream } from '../../cost/upstream';
import type { Context } from '../../execution/context';
import { keyOf } from '../../inputs/object-ref';
import type { CardTemplateRef, UserCardRef } from '../../inputs/refs.input';
import { CardTemplate, toCardTemplate } from '../card-template/card-template.type';
import { toUserCard, UserCard } from '../user-card/user-card.type';
import type { PayloadFields } from '../write-mutation';

/**
 * The object that a mutation is about, for mutations whose result is not the object itself. `read` is called when the write is
 * done. Its functions are resolvers: an object that is not selected is not read.
 */
interface AboutObject<I extends object> {
  readonly fields: PayloadFields;
  readonly read: (input: I) => Readonly<Record<string, (args: object, context: Context) => Promise<unknown>>>;
}

export const aboutUserCard: AboutObject<{ readonly userCard: UserCardRef }> = {
  fields: {
    userCard: {
      type: () => UserCard,
      description:
        'The card that the mutation is about, as the server reads it now: cached, or with one call. Null if the mutation was refused, or, with an error, if the call fails. 所涉及的会员卡；变更被拒绝或查询失败时为 null。',
      upstream: Upstream(['GET_USER_CARD'], ownCardCost),
    },
  },
  read: (input) => ({
    async userCard(_, { loaders, nodeIds }) {
      const key = keyOf('UserCard', input.userCard, nodeIds);
      const read = key && (await loaders.userCard(key));
      return read && toUserCard(read);
    },
  }),
};

export const aboutCardTemplate: AboutObject<{ readonly cardTemplate: CardTemplateRef }> = {
  fields: {
    cardTemplate: {
      type: () => CardTemplate,
      description:
        'The template that the mutation is about, as the server reads it now: cached, or with one call. Null if the mutation was refused, or, with an error, if the call fails. 所涉及的会员卡模板；变更被拒绝或查询失败时为 null。',
      upstream: Upstream(['GET_CARD_TEMPLATE'], ownTemplateCost),
    },
  },
  read: (input) => ({
    async cardTemplate(_, { loaders, nodeIds }) {
      const key = keyOf('CardTemplate', input.cardTemplate, nodeIds);
      const read = key && (await loaders.cardTemplate(key));
      return read && toCardTemplate(read);
    },
  }),
};
