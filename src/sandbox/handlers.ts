import { randomBytes, type KeyObject } from 'node:crypto';
import { invalidRequest, notFound, paramError } from './failure';
import { checkAnswers, checkCompliance, checkValidDate } from './member-rules';
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
  /** Path parameters, query and body together, validated by `takes`. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly now: number;
  /** Decrypts the request's personal fields. */
  readonly ownKey: KeyObject;
  /** Encrypts the response's personal fields. */
  readonly callerKey: KeyObject;
  readonly maxTemplatesPerType: number;
}

export const createTemplate = ({ state, brandId, args, now, maxTemplatesPerType }: HandlerCall): Template => {
  const request = args as unknown as Omit<
    Template,
    'card_id' | 'brand_id' | 'state' | 'create_time' | 'modify_time'
  > & {
    readonly code_jump_information?: unknown;
    readonly need_display_level?: boolean;
  };
  const existing = state.templatesOf(brandId);
  checkCompliance(args);
  if (request.card_type !== 'NORMAL') throw invalidRequest('暂不支持付费或储值的会员卡类型,请修改后重试');
  if (request.appid !== state.brands.get(brandId)?.appid) throw invalidRequest('品牌ID与商家AppID没有绑定');
  if (request.need_display_level === true && request.init_level === undefined)
    throw invalidRequest('need_display_level为true时,init_level不能为空');
  if (request.code_type === 'JUMP_MINI_PROGRAM' && request.code_jump_information === undefined)
    throw paramError('会员码型为跳转商家小程序,必填会员码跳转信息');
  if (existing.some(({ out_request_no }) => out_request_no === request.out_request_no))
    throw paramError('商家请求单号重复');
  if (existing.filter(({ card_type }) => card_type === request.card_type).length >= maxTemplatesPerType)
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
  // Magic input: see README.md.
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
    // 选填: absent if there is no value.
    ...(data.length === 0 ? {} : { data }),
    total_count: all.length,
    offset: Number(offset),
    limit: Number(limit),
  };
};

/** The card after a request whose personal fields are encrypted. */
export const changedCard = (
  card: UserCard,
  { state, args, now, ownKey, brandId }: Omit<HandlerCall, 'callerKey'>,
): UserCard => {
  const template = templateOf(state, brandId, card.card_id);
  const answers = args.user_information as FormAnswers | undefined;
  const plainAnswers = answers && unsealedAnswers(answers, ownKey);
  if (plainAnswers !== undefined) checkAnswers(plainAnswers, template);
  if (args.valid_date_information !== undefined)
    checkValidDate(args.valid_date_information as ValidDate, template);
  const { brand_id: _, user_information: __, phone_number: sealedPhone, ...given } = args;
  return {
    ...card,
    ...(given as Partial<UserCard>),
    ...(sealedPhone === undefined ? {} : { phone_number: unsealed(sealedPhone as string, ownKey) }),
    ...(plainAnswers && { user_information: plainAnswers }),
    modify_time: wireTime(now),
  };
};

export const updateUserCard = (call: HandlerCall): UserCard => {
  const card = cardOf(call);
  if (card.user_card_state !== 'EFFECTIVE') throw invalidRequest('用户卡状态不正确,只能操作已激活的会员卡');
  const changed = changedCard(card, call);
  call.state.putUserCard(changed);
  return sealedCard(changed, call.callerKey);
};
