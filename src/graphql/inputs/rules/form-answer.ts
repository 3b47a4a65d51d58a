import { commonFieldWords } from '../../values/enum-words';
import type { CommonFieldFlag } from '../../values/enums';
import { isFullDate } from './date-time';
import { isText } from './is-text';
import type { Check } from './rule';

/** The formats that the documents prescribe for answers. Names and addresses are free text. */
const formats: readonly (Omit<Check, 'code' | 'holds'> & {
  readonly name: CommonFieldFlag;
  readonly fits: (value: string) => boolean;
})[] = [
  {
    name: 'USER_FORM_FLAG_SEX',
    fits: (value) => /^[男女]$/.test(value),
    en: 'must be 男 or 女',
    zh: '须为男或女',
  },
  {
    name: 'USER_FORM_FLAG_BIRTHDAY',
    fits: isFullDate,
    en: 'must be a date yyyy-MM-dd',
    zh: '须为 yyyy-MM-dd 格式的日期',
  },
  {
    name: 'USER_FORM_FLAG_EMAIL',
    fits: (value) => /^[^\s@]{1,64}@[^\s@]{1,128}\.[^\s@.]{2,}$/.test(value),
    en: 'must be an e-mail address',
    zh: '须为合法邮箱',
  },
  {
    name: 'USER_FORM_FLAG_CITY',
    fits: (value) => /^[^,]+,[^,]+$/.test(value),
    en: 'must be 省份,城市',
    zh: '须为“省份,城市”',
  },
];

/** Checks that an answer's value has the format of the field that its `name` gives. */
export const answerChecks: readonly Check[] = formats.map(({ name, fits, en, zh }) => ({
  code: 'FORM_ANSWER_MALFORMED',
  en: `${en} for ${commonFieldWords[name][0]}`,
  zh: `在 ${commonFieldWords[name][0]} 时${zh}`,
  holds: (value, owner) => Reflect.get(owner, 'name') !== name || (isText(value) && fits(value)),
}));
