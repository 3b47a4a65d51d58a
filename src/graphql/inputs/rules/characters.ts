import type { Characters } from '../../../documents/field-rule';
import { isPhoneNumber } from '../../../shared/phone-number';
import { isRfc3339 } from './date-time';
import { answerChecks } from './form-answer';
import type { Check } from './rule';
import { isText } from './is-text';
import { isNotifyUrl, parsedUrl } from './url';

const matches =
  (pattern: RegExp): Check['holds'] =>
  (value) =>
    isText(value) && pattern.test(value);

const controls = '\\u{0}-\\u{8}\\u{B}\\u{C}\\u{E}-\\u{1F}\\u{7F}-\\u{9F}';
/** A lone surrogate cannot be encoded in UTF-8. */
const unreadable = `${controls}\\p{Cs}`;

const unicode: Check = {
  code: 'INVALID',
  en: 'must not have control characters other than tab and line break',
  zh: '除制表符和换行符外，不能含有控制字符',
  holds: matches(new RegExp(`^[^${unreadable}]*$`, 'u')),
};

/** Texts in WeChat Pay's JSON may only have characters of one to three bytes of UTF-8. */
const plain: Check = {
  code: 'INVALID',
  en: 'must not have emoji or other characters of four UTF-8 bytes, nor control characters other than tab and line break',
  zh: '仅支持 1 至 3 字节的 UTF-8 字符，不支持表情符号；除制表符和换行符外，不能含有控制字符',
  holds: matches(new RegExp(`^[^${unreadable}\\u{10000}-\\u{10FFFF}]*$`, 'u')),
};

const cardTitle = new RegExp('^[\\p{Script=Han}\\p{Script=Latin}\\p{N}\\p{P}\\p{Zs}]*$', 'u');

/** How each character set and format of the documents is checked. Each check takes the whole value. */
export const characterChecks: Readonly<Record<Characters, readonly Check[]>> = {
  identifier: [
    {
      code: 'INVALID',
      en: 'must have letters, digits, - and _ only',
      zh: '只能包含字母、数字、- 和 _',
      holds: matches(/^[0-9A-Za-z_-]*$/),
    },
  ],
  requestNumber: [
    {
      code: 'INVALID',
      en: 'must have letters, digits, - and _ only',
      zh: '只能包含字母、数字、- 和 _',
      holds: matches(/^[0-9A-Za-z_-]+$/),
    },
  ],
  // A code of one or two dots would change the path that it is part of.
  cardCode: [
    {
      code: 'INVALID',
      en: 'must have digits, letters and half-width punctuation only',
      zh: '只能填写数字、英文和半角标点',
      holds: matches(/^(?!\.{1,2}$)[\x21-\x7e]*$/),
    },
  ],
  cardTitle: [
    plain,
    {
      code: 'INVALID',
      en: 'must have Chinese and English characters, digits and punctuation only',
      zh: '仅支持中英文字符、数字和标点',
      holds: matches(cardTitle),
    },
  ],
  color: [
    {
      code: 'INVALID',
      en: 'must be a colour such as #FFFF00',
      zh: '须为十六进制 RGB 颜色，如 #FFFF00',
      holds: matches(/^#[0-9A-Fa-f]{6}$/),
    },
  ],
  pictureUrl: [
    {
      code: 'INVALID',
      en: 'must be the URL that the image upload returned',
      zh: '须为图片上传接口返回的 URL',
      holds: (value) => parsedUrl(value) !== undefined,
    },
  ],
  notifyUrl: [
    {
      code: 'INVALID',
      en: 'must be a full public https URL with a path and without parameters (this server takes https only)',
      zh: '须为带路径、不带参数、外网可访问的完整 https 地址（本服务仅接受 https）',
      holds: isNotifyUrl,
    },
  ],
  dateTime: [
    {
      code: 'INVALID',
      en: 'must be an RFC 3339 date-time with an offset, such as 2015-05-20T13:29:35+08:00',
      zh: '须为带时区的 RFC 3339 时间，如 2015-05-20T13:29:35+08:00',
      holds: isRfc3339,
    },
  ],
  feedCell: [
    plain,
    {
      code: 'INVALID',
      en: 'must be the number of a feed template and its variables, joined by _',
      zh: '须为动态模板编号和变量，以 _ 连接',
      holds: matches(/^\d+(?:_[^]*)?$/),
    },
  ],
  activityId: [
    {
      code: 'INVALID',
      en: 'must be a number of at most 16 digits',
      zh: '须为最长 16 位的数字',
      holds: matches(/^[1-9]\d{0,15}$/),
    },
  ],
  phoneNumber: [
    {
      code: 'INVALID',
      en: 'must be a phone number: a mainland mobile number of 11 digits from 13 to 19, or another one of 5 to 15 digits',
      zh: '须为手机号：中国大陆手机号为 11 位且以 13 至 19 开头，其他号码为 5 至 15 位数字',
      holds: isPhoneNumber,
    },
  ],
  formAnswer: [unicode, ...answerChecks],
  plain: [plain],
  unicode: [unicode],
};

/** Sets that restrict the characters of free text. The empty text has no wrong character. */
export const isFreeText = (characters: Characters): boolean =>
  ['plain', 'unicode', 'cardTitle'].includes(characters);

export const characterSets = Object.keys(characterChecks) as readonly Characters[];
