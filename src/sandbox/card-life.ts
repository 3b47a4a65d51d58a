import { refused } from './failure';
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
  const code = String(args.user_card_code);
  const held = state
    .userCardsOf(brandId, String(args.openid))
    .filter(({ card_id }) => card_id === template.card_id);
  const waiting = held.find(({ user_card_state }) => user_card_state === 'UNACTIVATED');
  if (waiting === undefined)
    throw refused(
      held.some((one) => one.user_card_code === code && one.user_card_state === 'EXPIRED')
        ? 'cardNotEffective'
        : 'noneWaiting',
    );
  if (code !== waiting.user_card_code) {
    if (template.code_mode !== 'MERCHANT_ALLOCATE') throw refused('codeAllocated');
    if (state.userCard(brandId, code, template.card_id) !== undefined) throw refused('codeTaken');
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
  const held = state.userCard(brandId, String(args.user_card_code), String(args.card_id));
  if (held === undefined) throw refused('cardMissing');
  if (held.openid !== args.openid) throw refused('openidWrong');
  if (held.user_card_state !== 'UNACTIVATED' && held.user_card_state !== 'EFFECTIVE')
    throw refused('cardNotInvalidatable');
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
