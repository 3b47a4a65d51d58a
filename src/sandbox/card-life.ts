import { invalidRequest, notFound, paramError } from './failure';
import { changedCard, checkOpenid, templateOf, type HandlerCall } from './handlers';
import { checkCompliance } from './member-rules';
import { sealedCard } from './personal';
import { wireTime, type UserCard } from './state';

/** The merchant confirms or refuses a card that a user opened. */
export const confirmUserCard = (call: HandlerCall): UserCard => {
  const { state, brandId, args, now, callerKey } = call;
  checkOpenid(args.openid);
  checkCompliance(args);
  const template = templateOf(state, brandId, args.card_id);
  const waiting = state
    .userCardsOf(brandId, String(args.openid))
    .find((one) => one.card_id === args.card_id && one.user_card_state === 'UNACTIVATED');
  if (waiting === undefined) throw notFound('用户不存在未激活的会员卡');
  const code = String(args.user_card_code);
  if (code !== waiting.user_card_code) {
    if (template.code_mode !== 'MERCHANT_ALLOCATE')
      throw invalidRequest('会员卡号分配方式为系统分配,不允许修改会员卡号');
    if (state.userCard(brandId, code) !== undefined) throw invalidRequest('该用户卡 code 已存在');
  }
  const { user_card_confirm_state: answer, user_card_code: _, ...changes } = args;
  const changed = changedCard(waiting, { ...call, args: changes });
  const confirmed: UserCard =
    answer === 'CREATE_CARD_FAIL'
      ? { ...changed, user_card_state: 'INVALID', invalid_time: wireTime(now) }
      : { ...changed, user_card_state: 'EFFECTIVE' };
  return sealedCard(state.renameUserCard(confirmed, code), callerKey);
};

export const invalidateUserCard = ({ state, brandId, args, now, callerKey }: HandlerCall): UserCard => {
  checkOpenid(args.openid);
  templateOf(state, brandId, args.card_id);
  const card = state.userCard(brandId, String(args.user_card_code));
  if (card?.card_id !== args.card_id) throw notFound('用户会员卡不存在');
  const held = card as UserCard;
  if (held.openid !== args.openid) throw paramError('OpenID有误');
  if (held.user_card_state !== 'UNACTIVATED' && held.user_card_state !== 'EFFECTIVE')
    throw invalidRequest('用户卡状态不正确,只能作废待激活或已生效的会员卡');
  const invalid: UserCard = {
    ...held,
    user_card_state: 'INVALID',
    ...(typeof args.invalid_reason === 'string' ? { invalid_reason: args.invalid_reason } : {}),
    invalid_time: wireTime(now),
    modify_time: wireTime(now),
  };
  state.putUserCard(invalid);
  return sealedCard(invalid, callerKey);
};
