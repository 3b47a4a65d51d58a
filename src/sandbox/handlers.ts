import { randomBytes, type KeyObject } from 'node:crypto';
import { invalidRequest, notFound, paramError } from './failure';
import { checkAnswers, checkPickup, checkValidDate } from './member-rules';
import { sealedCard, unsealed, unsealedAnswers } from './personal';
import {
  wireTime,
  type FormAnswers,
  type State,
  type Template,
  type UserCard,
  type ValidDate,
} from './state';

export interface HandlerCall {
  readonly state: State;
  readonly brandId: string;
  /** Path parameter, query and body together, checked against `takes`. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly now: number;
  /** Opens the request's personal fields. */
  readonly ownKey: KeyObject;
  /** Seals the answer's. */
  readonly callerKey: KeyObject;
  readonly mostTemplatesPerType: number;
}

export const createTemplate = ({
  state,
  brandId,
  args,
  now,
  mostTemplatesPerType,
}: HandlerCall): Template => {
  const request = args as unknown as Omit<
    Template,
    'card_id' | 'brand_id' | 'state' | 'create_time' | 'modify_time'
  > & {
    readonly code_type: string;
    readonly code_jump_information?: unknown;
    readonly need_display_level?: boolean;
  };
  const existing = state.templatesOf(brandId);
  if (request.card_type !== 'NORMAL') throw invalidRequest('暂不支持付费或储值的会员卡类型,请修改后重试');
  if (request.appid !== state.brands.get(brandId)?.appid) throw invalidRequest('品牌ID与商家AppID没有绑定');
  if (request.need_display_level === true && request.init_level === undefined)
    throw invalidRequest('need_display_level为true时,init_level不能为空');
  if (request.code_type === 'JUMP_MINI_PROGRAM' && request.code_jump_information === undefined)
    throw paramError('会员码型为跳转商家小程序,必填会员码跳转信息');
  if (existing.some(({ out_request_no }) => out_request_no === request.out_request_no))
    throw paramError('商家请求单号重复');
  if (existing.filter(({ card_type }) => card_type === request.card_type).length >= mostTemplatesPerType)
    throw invalidRequest('会员卡模板数量超过限制,每个类型最多创建两个模板');
  const template: Template = {
    ...request,
    card_id: `p${randomBytes(20).toString('base64url').slice(0, 27)}`,
    brand_id: brandId,
    state: 'CARD_EFFECTIVE',
    create_time: wireTime(now),
    modify_time: wireTime(now),
  };
  state.putTemplate(template);
  return template;
};

export const templateOf = (state: State, brandId: string, cardId: unknown): Template => {
  const found = state.template(brandId, String(cardId));
  if (found === undefined) throw notFound('会员卡模板不存在');
  return found;
};

export const checkOpenid = (openid: unknown): void => {
  // Magic inputs: see README.md.
  if (String(openid).startsWith('invalid')) throw invalidRequest('OpenID 无效');
  if (String(openid).startsWith('foreign')) throw invalidRequest('OpenID 不属于品牌的 AppID');
};

export const cardOf = ({ state, brandId, args }: HandlerCall): UserCard => {
  checkOpenid(args.openid);
  templateOf(state, brandId, args.card_id);
  const found = state.userCard(brandId, String(args.user_card_code));
  if (found?.openid !== args.openid || found?.card_id !== args.card_id) throw notFound('用户会员卡不存在');
  return found as UserCard;
};

export const pageOf = <T>(all: readonly T[], { offset, limit }: Readonly<Record<string, unknown>>) => {
  const data = all.slice(Number(offset), Number(offset) + Number(limit));
  return {
    // 选填: absent where there is nothing.
    ...(data.length === 0 ? {} : { data }),
    total_count: all.length,
    offset: Number(offset),
    limit: Number(limit),
  };
};

export const importByPhone = ({ state, brandId, args, now, ownKey, callerKey }: HandlerCall): UserCard => {
  const template = state.template(brandId, String(args.card_id));
  if (template === undefined) throw invalidRequest('会员卡模版ID不属于该品牌');
  if (template.state !== 'CARD_EFFECTIVE') throw invalidRequest('会员卡模板无效');
  const phone = unsealed(String(args.phone_number), ownKey);
  if (!/^\+?\d{5,15}$/.test(phone)) throw paramError('手机号格式错误');
  const answers = args.user_information as FormAnswers | undefined;
  const plainAnswers = answers && unsealedAnswers(answers, ownKey);
  if (plainAnswers !== undefined) checkAnswers(plainAnswers, template);
  const valid = (args.valid_date_information as ValidDate | undefined) ?? template.valid_date_information;
  checkValidDate(valid, template);
  checkPickup(args.pickup_time as string | undefined, valid, now);
  // Magic input: see README.md.
  if (phone.endsWith('0000')) throw invalidRequest('手机号未绑定微信号,无法导入');
  const code = String(args.user_card_code);
  if (state.cardOfPhone(template.card_id, phone) !== undefined) {
    throw invalidRequest(
      state.userCard(brandId, code) === undefined ? '该手机号已被导入过' : '该手机号或会员卡code已存在',
    );
  }
  if (state.userCard(brandId, code) !== undefined) throw invalidRequest('该手机号或会员卡code已存在');
  const { brand_id: _, user_information: __, ...given } = args;
  const card: UserCard = {
    ...(given as unknown as UserCard),
    brand_id: brandId,
    openid: `o${randomBytes(20).toString('base64url').slice(0, 27)}`,
    card_type: template.card_type,
    card_color: (args.card_color as string | undefined) ?? template.card_color,
    card_picture_url: (args.card_picture_url as string | undefined) ?? template.card_picture_url,
    phone_number: phone,
    ...levelOf(args.level ?? template.init_level),
    valid_date_information: valid,
    pickup_time: (args.pickup_time as string | undefined) ?? wireTime(now),
    ...(plainAnswers && { user_information: plainAnswers }),
    user_card_state: 'EFFECTIVE',
    create_time: wireTime(now),
    modify_time: wireTime(now),
  };
  state.putUserCard(card);
  return sealedCard(card, callerKey);
};

const levelOf = (level: unknown): { level?: string } => (typeof level === 'string' ? { level } : {});

export const updateUserCard = (call: HandlerCall): UserCard => {
  const { state, args, now, ownKey, callerKey, brandId } = call;
  const card = cardOf(call);
  if (card.user_card_state !== 'EFFECTIVE') throw invalidRequest('用户卡状态不正确,只能操作已激活的会员卡');
  const template = templateOf(state, brandId, card.card_id);
  const answers = args.user_information as FormAnswers | undefined;
  const plainAnswers = answers && unsealedAnswers(answers, ownKey);
  if (plainAnswers !== undefined) checkAnswers(plainAnswers, template);
  if (args.valid_date_information !== undefined)
    checkValidDate(args.valid_date_information as ValidDate, template);
  const { brand_id: _, user_information: __, phone_number: sealedPhone, ...given } = args;
  const changed: UserCard = {
    ...card,
    ...(given as Partial<UserCard>),
    ...(sealedPhone === undefined ? {} : { phone_number: unsealed(sealedPhone as string, ownKey) }),
    ...(plainAnswers && { user_information: plainAnswers }),
    modify_time: wireTime(now),
  };
  state.putUserCard(changed);
  return sealedCard(changed, callerKey);
};
