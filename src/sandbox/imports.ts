import { randomBytes } from 'node:crypto';
import { brokenRule, refused } from './failure';
import { checkOpenid, type HandlerCall } from './handlers';
import { checkAnswers, checkCompliance } from './member-rules';
import { sealedCard, unsealed, unsealedAnswers } from './personal';
import { wireTime, type FormAnswers, type Template, type UserCard } from './state';
import { checkPickup, checkValidityFor, type ValidDate } from './validity';

/** The card created by an import; validates what both imports have in common. */
const importedCard = (
  { brandId, args, now, ownKey }: HandlerCall,
  template: Template,
): Omit<UserCard, 'openid'> => {
  const answers = args.user_information as FormAnswers | undefined;
  const plainAnswers = answers && unsealedAnswers(answers, ownKey);
  if (plainAnswers !== undefined) checkAnswers(plainAnswers, template);
  const valid = (args.valid_date_information as ValidDate | undefined) ?? template.valid_date_information;
  // The founding document's request example is PERMANENT with dates.
  checkValidityFor(template, args.valid_date_information, { exact: false });
  checkPickup(args.pickup_time as string | undefined, valid, now);
  const phone = args.phone_number === undefined ? undefined : unsealed(args.phone_number as string, ownKey);
  if (phone !== undefined && !/^\+?\d{5,15}$/.test(phone)) throw brokenRule('phone_number', '格式错误');
  const { brand_id: _, user_information: __, phone_number: ___, ...given } = args;
  const level = args.level ?? template.init_level;
  return {
    ...(given as unknown as UserCard),
    brand_id: brandId,
    card_type: template.card_type,
    card_color: (args.card_color as string | undefined) ?? template.card_color,
    card_picture_url: (args.card_picture_url as string | undefined) ?? template.card_picture_url,
    ...(phone === undefined ? {} : { phone_number: phone }),
    ...(typeof level === 'string' ? { level } : {}),
    valid_date_information: valid,
    pickup_time: (args.pickup_time as string | undefined) ?? wireTime(now),
    ...(plainAnswers && { user_information: plainAnswers }),
    user_card_state: 'EFFECTIVE',
    create_time: wireTime(now),
    modify_time: wireTime(now),
  };
};

export const importByPhone = (call: HandlerCall): UserCard => {
  const { state, brandId, args } = call;
  const template = state.template(brandId, String(args.card_id));
  if (template === undefined) throw refused('templateOfOther');
  if (template.state !== 'CARD_EFFECTIVE') throw refused('templateInvalid');
  checkCompliance(args);
  const { type } = (args.valid_date_information ?? template.valid_date_information) as ValidDate;
  // 需要填写
  if (type === 'FIX_TERM' && args.pickup_time === undefined) throw brokenRule('pickup_time', '必填');
  const imported = importedCard(call, template);
  const { phone_number: phone = '', user_card_code: code } = imported;
  // Magic input: see README.md.
  if (phone.endsWith('0000')) throw refused('phoneUnbound');
  const codeExists = state.userCard(brandId, code, template.card_id) !== undefined;
  if (state.cardOfPhone(template.card_id, phone) !== undefined)
    throw refused(codeExists ? 'phoneOrCodeTaken' : 'phoneImported');
  if (codeExists) throw refused('phoneOrCodeTaken');
  const card = { ...imported, openid: `o${randomBytes(20).toString('base64url').slice(0, 27)}` };
  state.putUserCard(card);
  return sealedCard(card, call.callerKey);
};

export const importByOpenid = (call: HandlerCall): UserCard => {
  const { state, brandId, args } = call;
  checkOpenid(args.openid);
  checkCompliance(args);
  const openid = String(args.openid);
  const template = state.template(brandId, String(args.card_id));
  if (template?.state !== 'CARD_EFFECTIVE') throw refused('templateInvalid');
  const given = args.valid_date_information as ValidDate | undefined;
  if (given?.type === 'FIX_TIME_RANGE' && args.pickup_time === undefined) throw refused('pickupMissing');
  const imported = importedCard(call, template);
  // Magic input: see README.md.
  if (openid.startsWith('deleted') || state.hasDeleted(brandId, template.card_id, openid))
    throw refused('deletedByUser');
  const held = state.userCardsOf(brandId, openid).filter(({ card_id }) => card_id === template.card_id);
  if (held.some(({ user_card_state }) => user_card_state === 'UNACTIVATED')) throw refused('holdsWaiting');
  if (held.some(({ user_card_state }) => user_card_state === 'EFFECTIVE')) throw refused('holdsEffective');
  if (state.userCard(brandId, imported.user_card_code, template.card_id) !== undefined)
    throw refused('codeTaken');
  const card = { ...imported, openid };
  state.putUserCard(card);
  return sealedCard(card, call.callerKey);
};
