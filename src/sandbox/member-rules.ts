import { invalidRequest, paramError } from './failure';
import type { FormAnswers, Template, ValidDate } from './state';

/**
 * A member's validity must match the template's kind. Other members of the object are accepted, because the documents'
 * own request examples contain them.
 */
export const checkValidDate = ({ type, ...dates }: ValidDate, template: Template): void => {
  if (type === undefined) return;
  if (type !== template.valid_date_information.type)
    throw paramError('卡模版有效期类型和请求的有效期类型不一致');
  const { available_begin_time: begin, available_end_time: end, available_day_after_receive: days } = dates;
  if (type === 'FIX_TIME_RANGE') {
    if (begin === undefined || end === undefined)
      throw paramError('绝对有效期卡模板必填有效期信息,不允许填写有效天数信息');
    if (Date.parse(begin) > Date.parse(end)) throw paramError('固定时间范围的开始时间不能大于结束时间');
  }
  if (type === 'FIX_TERM' && days === undefined)
    throw paramError('相对有效期卡模板必填有效天数信息,不允许填写有效期信息');
};

const dayMs = 86_400_000;
const beijingMs = 28_800_000;

/** 领取后N个自然天内有效: until the end of the Nth calendar day in Beijing after the day of the pickup. */
const endOfDays = (picked: number, days: number): number =>
  (Math.floor((picked + beijingMs) / dayMs) + 1 + days) * dayMs - beijingMs;

/** 领取时间必须早于当前时间,且不允许导入已过期的会员卡 */
export const checkPickup = (pickupTime: string | undefined, valid: ValidDate, now: number): void => {
  if (pickupTime !== undefined && Date.parse(pickupTime) >= now) throw paramError('领取时间必须早于当前时间');
  const { type, available_end_time: end, available_day_after_receive: days } = valid;
  const picked = pickupTime === undefined ? now : Date.parse(pickupTime);
  const expiry =
    type === 'FIX_TIME_RANGE' && end !== undefined
      ? Date.parse(end)
      : type === 'FIX_TERM' && days !== undefined
        ? endOfDays(picked, days)
        : Infinity;
  if (expiry <= now) throw invalidRequest('无法导入已过期的会员卡');
};

const formats: Readonly<Record<string, { readonly pattern: RegExp; readonly message: string }>> = {
  USER_FORM_FLAG_SEX: { pattern: /^[男女]$/, message: '用户信息通用字段中,性别格式不正确' },
  USER_FORM_FLAG_BIRTHDAY: {
    pattern: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
    message: '用户信息通用字段中,生日格式不正确',
  },
  USER_FORM_FLAG_EMAIL: {
    pattern: /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
    message: '用户信息通用字段中,邮箱格式不正确',
  },
  USER_FORM_FLAG_CITY: { pattern: /^[^,]+,[^,]+$/, message: '用户信息通用字段中,城市格式不正确' },
};

/** Checks form answers in clear against the template's form. */
export const checkAnswers = (answers: FormAnswers, template: Template): void => {
  const form = template.user_information;
  const names = (answers.common_field_list ?? []).map(({ name }) => name);
  if (new Set(names).size !== names.length) throw paramError('用户信息通用字段存在重复项');
  for (const { name, value } of answers.common_field_list ?? []) {
    if (form?.common_field_list?.includes(name) !== true)
      throw paramError('请求的用户信息通用字段未定义在卡模版中');
    const format = formats[name];
    if (format !== undefined && !format.pattern.test(value)) throw paramError(format.message);
  }
  for (const { name, user_chosen_values: chosen } of answers.custom_field_list ?? []) {
    const field = form?.custom_field_list?.find((candidate) => candidate.name === name);
    if (field === undefined) throw paramError('请求的用户信息自定义字段未定义在卡模版中');
    if (chosen.length === 0 || chosen.some((value) => [...value].length > 8))
      throw paramError('商户自定义信息最多一项,字段值列表最少1个,最多10个,单个列表限制8个字符');
  }
};

/** Magic input: see README.md. */
export const checkCompliance = (args: Readonly<Record<string, unknown>>): void => {
  if (JSON.stringify(args).includes('违规')) throw paramError('请求内容或图片不符合法规,请重试');
};
