import type { FieldRule } from './field-rule';

/** Rows that several interfaces share, as functions and constants of plain data. */

type Extra = Partial<FieldRule>;

/** Maximum lengths of values that reads take too, in characters. */
export const lengths = { id: 32, openid: 128, userCardCode: 32, level: 10 } as const;

/** Data rules: characters of one to three bytes of UTF-8. */
export const text = (maxLength: number, extra: Extra = {}): FieldRule => ({
  kind: 'text',
  required: false,
  maxLength,
  characters: 'plain',
  boundSources: { characters: 'dataRules' },
  ...extra,
});

const identifier = (maxLength: number): FieldRule => ({
  kind: 'text',
  required: true,
  maxLength,
  characters: 'identifier',
  // Ids become parts of paths and cache keys.
  certainty: { characters: 'own' },
});

/** 品牌ID, 会员卡模板ID. */
export const id = identifier(lengths.id);
export const openid = identifier(lengths.openid);
export const appid = { ...id, required: false } as const satisfies FieldRule;

/** 只能填写数字/英文/半角标点 */
export const userCardCode: FieldRule = {
  kind: 'text',
  required: true,
  maxLength: lengths.userCardCode,
  characters: 'cardCode',
};

/** 字符仅允许包含英文半角的数字、字母、连接线-和下划线_ */
export const requestNumber = (maxLength: number): FieldRule => ({
  kind: 'text',
  required: true,
  maxLength,
  characters: 'requestNumber',
});

export const word = (values: readonly string[], extra: Extra = {}): FieldRule => ({
  kind: 'word',
  required: false,
  values,
  ...extra,
});

export const flag: FieldRule = { kind: 'flag', required: false };
export const object: FieldRule = { kind: 'object', required: false };
export const required = (rule: FieldRule): FieldRule => ({ ...rule, required: true });

/** RFC 3339. Pages of 2025 say string(32); pages of 2026 give no length. */
export const dateTime: FieldRule = { kind: 'text', required: false, characters: 'dateTime' };

/** Text encrypted with RSA-2048 and OAEP: at most 214 bytes. The documented string(512) is the ciphertext. */
export const sealed = (extra: Extra = {}): FieldRule => ({
  kind: 'sealed',
  required: false,
  maxBytes: 214,
  characters: 'unicode',
  guesses: ['characters of at most three bytes of UTF-8 before encryption'],
  ...extra,
  boundSources: { maxBytes: 'encryption', ...extra.boundSources },
});

/** string(7), 仅支持十六进制: the format implies the length. */
export const color: FieldRule = { kind: 'text', required: false, characters: 'color' };
/** 仅支持通过图片上传API接口获取的图片URL地址 */
export const pictureUrl: FieldRule = {
  kind: 'text',
  required: false,
  maxLength: 256,
  characters: 'pictureUrl',
};

export const commonFields = [
  'USER_FORM_FLAG_SEX',
  'USER_FORM_FLAG_NAME',
  'USER_FORM_FLAG_BIRTHDAY',
  'USER_FORM_FLAG_ADDRESS',
  'USER_FORM_FLAG_EMAIL',
  'USER_FORM_FLAG_CITY',
] as const;

/** The validity of a template or a card. */
export const validity = (times: FieldRule = dateTime): Readonly<Record<string, FieldRule>> => ({
  'valid_date_information.type': word(['FIX_TIME_RANGE', 'FIX_TERM', 'PERMANENT']),
  'valid_date_information.available_begin_time': times,
  'valid_date_information.available_end_time': times,
  'valid_date_information.available_day_after_receive': {
    kind: 'integer',
    required: false,
    min: 1,
    // 最长不超过30年（10958 天）; the description of `type` on the same pages says 10,957.
    max: 10_958,
    boundSources: { min: 'errorTable', max: 'errorTable' },
    stricter: { createTemplate2025: { max: 10_957 } },
  },
});

/** A jump into a mini program. */
export const jump = (
  name: string,
  itself: FieldRule = object,
  members: Extra = {},
): Readonly<Record<string, FieldRule>> => ({
  [name]: itself,
  [`${name}.jump_appid`]: { ...appid, ...members },
  [`${name}.jump_path`]: text(128, members),
});
