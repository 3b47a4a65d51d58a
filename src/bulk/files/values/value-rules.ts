import type { Texts } from '../../../shared/language';

/** Why a cell is refused, after the name of its column: [English, Chinese]. */
export const valueRules = {
  REQUIRED: ['must not be empty', '必填'],
  CELL_ERROR: ['is an error of Excel; correct the formula', '是 Excel 的错误值，请修正公式'],
  DIGITS_LOST: [
    'was shortened by Excel, so digits are missing; format the column as text and enter it again from the source',
    '已被 Excel 显示为科学计数法，部分数字丢失，请将该列设为文本格式并从原始数据重新填写',
  ],
  PHONE_MASKED: ['hides digits with asterisks; export it in full', '部分数字被星号隐藏，请导出完整号码'],
  PHONE_MALFORMED: [
    'must be a phone number: a mainland mobile number of 11 digits from 13 to 19, or another one of 5 to 15 digits',
    '须为手机号：中国大陆手机号为 11 位且以 13 至 19 开头，其他号码为 5 至 15 位数字',
  ],
  TIME_MALFORMED: [
    'must be a date or a date with a time, such as 2026-11-26 or 2026-11-26 08:30:00',
    '须为日期或日期时间，如 2026-11-26 或 2026-11-26 08:30:00',
  ],
  TIME_AMBIGUOUS: [
    'does not say which number is the year, the month and the day; write it as 2026-11-26',
    '无法区分年、月、日，请写成 2026-11-26 的形式',
  ],
  TIME_IMPOSSIBLE: ['is a day or a time that does not exist', '日期或时间不存在'],
  NUMBER_MALFORMED: ['must be a whole number', '须为整数'],
  NUMBER_TOO_LARGE: ['is too large', '数值过大'],
  FLAG_MALFORMED: ['must be yes or no', '须为“是”或“否”'],
  STATE_UNKNOWN: ['must be UNACTIVATED, EFFECTIVE, EXPIRED or INVALID', '须为待激活、已生效、已过期或已失效'],
  SEX_UNKNOWN: ['must be 男 or 女', '须为男或女'],
  VALIDITY_CONFLICT: [
    'must not be given together with another type of validity',
    '不能与其他类型的有效期同时填写',
  ],
  VALIDITY_INCOMPLETE: ['is needed for a validity with a begin and an end', '有效期须同时填写开始和结束时间'],
} as const satisfies Readonly<Record<string, Texts>>;

export type ValueRule = keyof typeof valueRules;
