import { paramError } from './failure';
import { templateOf, type HandlerCall } from './handlers';
import { checkCompliance, checkValidDate } from './member-rules';
import { wireTime, type Template, type ValidDate } from './state';

interface Jump {
  readonly jump_appid?: string;
  readonly jump_path?: string;
}

/** The documents' names of the jumps. */
const jumps = {
  member_information: '会员中心',
  code_jump_information: '会员码',
  points_information: '积分',
  balance_information: '储值',
  purchase_information: '付费',
} as const;

export const updateTemplate = ({ state, brandId, args, now }: HandlerCall): Template => {
  const template = templateOf(state, brandId, args.card_id);
  checkCompliance(args);
  if (args.code_jump_information !== undefined && template.code_type !== 'JUMP_MINI_PROGRAM')
    throw paramError('会员码型不是跳转商家小程序,不支持修改跳转信息');
  if (args.balance_information !== undefined && template.card_type !== 'BALANCE')
    throw paramError('非储值会员卡,不允许填写储值小程序信息');
  if (args.purchase_information !== undefined && template.card_type !== 'PURCHASE')
    throw paramError('非付费会员卡,不允许填写付费小程序信息');
  for (const [field, name] of Object.entries(jumps)) {
    const jump = args[field] as Jump | undefined;
    if (jump === undefined) continue;
    if (jump.jump_appid === undefined || jump.jump_path === undefined)
      throw paramError(`${name}跳转 AppID 或路径为空`);
    // Magic input: see README.md.
    if (jump.jump_appid.startsWith('wxunbound'))
      throw paramError(`${name}跳转AppID无效或与品牌 ID 没有绑定关系`);
  }
  if (args.valid_date_information !== undefined)
    checkValidDate(args.valid_date_information as ValidDate, template);
  const { common_field_list: common = [] } = (args.user_information ?? {}) as {
    readonly common_field_list?: readonly string[];
  };
  if (new Set(common).size !== common.length) throw paramError('用户信息通用字段存在重复项');
  const { brand_id: _, ...given } = args;
  const changed: Template = { ...template, ...(given as Partial<Template>), modify_time: wireTime(now) };
  state.putTemplate(changed);
  return changed;
};

export const invalidateTemplate = ({ state, brandId, args, now }: HandlerCall): Template => {
  const template = templateOf(state, brandId, args.card_id);
  if (template.state === 'CARD_INVALID') return template;
  const invalid: Template = { ...template, state: 'CARD_INVALID', modify_time: wireTime(now) };
  state.putTemplate(invalid);
  return invalid;
};
