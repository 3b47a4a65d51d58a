import { confirmUserCard, invalidateUserCard } from './card-life';
import { cardOf, checkOpenid, pageOf, templateOf, updateUserCard } from './handlers';
import { importByOpenid, importByPhone } from './imports';
import { sealedCard } from './personal';
import { both, paging, partnerOnly, type SandboxInterface } from './interface';
import { checkLists } from './member-rules';
import { fields, may, must, oneOf, text, type Rule } from './rules';
import { serviceInterfaces } from './service-interfaces';
import * as shapes from './shapes';
import { createTemplate, invalidateTemplate, updateTemplate } from './template-life';

const cardParameter = { name: 'card_id', field: must(shapes.cardId) };
const codeParameter = { name: 'user_card_code', field: must(text(32, /^[\x21-\x7e]+$/)) };
/** Only the tables of confirmation and import have a sentence of their own about the code. */
const newCodeParameter = { ...codeParameter, field: must(shapes.userCardCode) };

export const sandboxInterfaces: readonly SandboxInterface[] = [
  {
    name: 'CREATE_CARD_TEMPLATE',
    method: 'POST',
    path: '/cards',
    routes: both,
    takes: shapes.createCardTemplate,
    sealed: false,
    handle: createTemplate,
  },
  {
    name: 'LIST_CARD_TEMPLATES',
    method: 'GET',
    path: '/cards',
    routes: both,
    takes: { ...paging, state: may(oneOf('CARD_EFFECTIVE', 'CARD_INVALID')) },
    sealed: false,
    handle: ({ state, brandId, args }) =>
      pageOf(
        state.templatesOf(brandId).filter((one) => args.state === undefined || one.state === args.state),
        args,
      ),
  },
  {
    name: 'GET_CARD_TEMPLATE',
    method: 'GET',
    path: '/cards/{}',
    routes: both,
    parameter: cardParameter,
    takes: {},
    sealed: false,
    handle: ({ state, brandId, args }) => templateOf(state, brandId, args.card_id),
  },
  {
    name: 'UPDATE_CARD_TEMPLATE',
    method: 'PATCH',
    path: '/cards/{}',
    routes: both,
    parameter: cardParameter,
    takes: shapes.updateCardTemplate,
    sealed: false,
    handle: updateTemplate,
  },
  {
    name: 'INVALIDATE_CARD_TEMPLATE',
    method: 'POST',
    path: '/cards/{}/invalidate',
    routes: both,
    parameter: cardParameter,
    takes: {},
    sealed: false,
    handle: invalidateTemplate,
  },
  {
    name: 'LIST_USER_CARDS',
    method: 'GET',
    path: '/user-cards',
    routes: both,
    takes: {
      ...paging,
      openid: must(shapes.openidRule),
      user_card_state: may(oneOf('UNACTIVATED', 'EFFECTIVE', 'EXPIRED', 'INVALID')),
    },
    sealed: false,
    handle: ({ state, brandId, args, callerKey }) => {
      checkOpenid(args.openid);
      const all = state
        .userCardsOf(brandId, String(args.openid))
        .filter((one) => args.user_card_state === undefined || one.user_card_state === args.user_card_state);
      return pageOf(
        all.map((card) => sealedCard(card, callerKey)),
        args,
      );
    },
  },
  {
    name: 'GET_USER_CARD',
    method: 'GET',
    path: '/user-cards/{}',
    routes: both,
    parameter: codeParameter,
    takes: { card_id: must(shapes.cardId), openid: must(shapes.openidRule) },
    sealed: false,
    handle: (call) => sealedCard(cardOf(call), call.callerKey),
  },
  {
    name: 'IMPORT_USER_CARD_BY_PHONE',
    method: 'POST',
    path: '/user-cards/import-by-phone',
    routes: partnerOnly,
    takes: shapes.importUserCardByPhone,
    sealed: true,
    handle: importByPhone,
  },
  {
    name: 'UPDATE_USER_CARD',
    method: 'PATCH',
    path: '/user-cards/{}',
    routes: both,
    parameter: codeParameter,
    takes: shapes.updateUserCard,
    sealed: true,
    handle: updateUserCard,
  },
  {
    name: 'IMPORT_USER_CARD_BY_OPENID',
    method: 'POST',
    path: '/user-cards/import-by-openid',
    routes: both,
    takes: shapes.importUserCardByOpenid,
    sealed: true,
    handle: importByOpenid,
  },
  {
    name: 'CONFIRM_USER_CARD',
    method: 'POST',
    path: '/user-cards/{}/confirm',
    routes: both,
    parameter: newCodeParameter,
    takes: shapes.confirmUserCard,
    sealed: true,
    handle: confirmUserCard,
  },
  {
    name: 'INVALIDATE_USER_CARD',
    method: 'POST',
    path: '/user-cards/{}/invalidate',
    routes: both,
    parameter: codeParameter,
    takes: shapes.invalidateUserCard,
    sealed: false,
    handle: invalidateUserCard,
  },
  ...serviceInterfaces,
];

/** The rule for all fields of an interface on a route. */
export const ruleOf = ({ takes, parameter }: SandboxInterface, route: 'brand' | 'partner'): Rule => {
  const shape = fields({
    ...takes,
    ...(parameter && { [parameter.name]: parameter.field }),
    ...(route === 'partner' && { brand_id: must(shapes.brandId) }),
  });
  return (args, path) => {
    if ('user_information' in takes) checkLists((args as Readonly<Record<string, unknown>>).user_information);
    shape(args, path);
  };
};
