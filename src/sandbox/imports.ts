import { randomBytes } from 'node:crypto';
import { invalidRequest, paramError } from './failure';
import { checkOpenid, type HandlerCall } from './handlers';
import { checkAnswers, checkCompliance, checkPickup, checkValidDate } from './member-rules';
import { sealedCard, unsealed, unsealedAnswers } from './personal';
import { wireTime, type FormAnswers, type Template, type UserCard, type ValidDate } from './state';

/** The card created by an import; validates what both imports have in common. */
const importedCard = (
  { brandId, args, now, ownKey }: HandlerCall,
  template: Template,
): Omit<UserCard, 'openid'> => {
  const answers = args.user_information as FormAnswers | undefined;
  const plainAnswers = answers && unsealedAnswers(answers, ownKey);
  if (plainAnswers !== undefined) checkAnswers(plainAnswers, template);
  const valid = (args.valid_date_information as ValidDate | undefined) ?? template.valid_date_information;
  checkValidDate(valid, template);
  checkPickup(args.pickup_time as string | undefined, valid, now);
  const phone = args.phone_number === undefined ? undefined : unsealed(args.phone_number as string, ownKey);
  if (phone !== undefined && !/^\+?\d{5,15}$/.test(phone)) throw paramError('手机号格式错误');
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
  if (template === undefined) throw invalidRequest('会员卡模版ID不属于该品牌');
  if (template.state !== 'CARD_EFFECTIVE') throw invalidRequest('会员卡模板无效');
  const imported = importedCard(call, template);
  const { phone_number: phone = '', user_card_code: code } = imported;
  // Magic input: see README.md.
  if (phone.endsWith('0000')) throw invalidRequest('手机号未绑定微信号,无法导入');
  const codeExists = state.userCard(brandId, code) !== undefined;
  if (state.cardOfPhone(template.card_id, phone) !== undefined)
    throw invalidRequest(codeExists ? '该手机号或会员卡code已存在' : '该手机号已被导入过');
  if (codeExists) throw invalidRequest('该手机号或会员卡code已存在');
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
  if (template?.state !== 'CARD_EFFECTIVE') throw invalidRequest('会员卡模板无效');
  const given = args.valid_date_information as ValidDate | undefined;
  if (given?.type === 'FIX_TIME_RANGE' && args.pickup_time === undefined)
    throw paramError('固定时间范围必填领取时间');
  const imported = importedCard(call, template);
  // Magic input: see README.md.
  if (openid.startsWith('deleted')) throw invalidRequest('用户主动删除了该会员卡,无法重新导入');
  const held = state.userCardsOf(brandId, openid).filter(({ card_id }) => card_id === template.card_id);
  if (held.some(({ user_card_state }) => user_card_state === 'UNACTIVATED'))
    throw invalidRequest('用户已有待激活的会员卡');
  if (held.some(({ user_card_state }) => user_card_state === 'EFFECTIVE'))
    throw invalidRequest('用户已有已生效的会员卡');
  if (state.userCard(brandId, imported.user_card_code) !== undefined)
    throw invalidRequest('该用户卡 code 已存在');
  const card = { ...imported, openid };
  state.putUserCard(card);
  return sealedCard(card, call.callerKey);
};
