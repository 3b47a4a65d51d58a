import { maxSealedBytes } from '../../../wechatpay/crypto/encryption';
import { combine, entryRule, rule, type Check } from './rule';

/** `string(N)` of the documents: 1 to N characters. */
export const Text = (max: number): PropertyDecorator => combine(Length(max), rule(plain));

/** `string(N)` that may have line breaks, as the legal agreement does. */
export const MultilineText = (max: number): PropertyDecorator =>
  combine(Length(max), rule({ ...plain, holds: (value) => plain.holds(withoutLineBreaks(value)) }));

/** A list of `string(N)`. */
export const EachText = (max: number): PropertyDecorator =>
  combine(...[notEmpty, atMost(max), plain].map(entryRule));

/** What travels encrypted: it has no length of its own but must fit RSA-2048. */
export const SealedText = (): PropertyDecorator =>
  combine(
    rule(notEmpty),
    rule(plain),
    rule({
      code: 'TOO_LONG',
      en: `must have at most ${maxSealedBytes} bytes of UTF-8`,
      zh: `最长 ${maxSealedBytes} 字节`,
      holds: (value) => isText(value) && Buffer.byteLength(value) <= maxSealedBytes,
    }),
  );

export const Length = (max: number): PropertyDecorator => combine(rule(notEmpty), rule(atMost(max)));

/** `pattern` must take the empty text too: that it is empty is said once, by `Length`. */
export const Matches = (pattern: RegExp, text: { readonly en: string; readonly zh: string }) =>
  rule({ code: 'INVALID', ...text, holds: (value) => isText(value) && pattern.test(value) });

export const isText = (value: unknown): value is string => typeof value === 'string';

/** WeChat Pay's texts are MySQL's three-byte UTF-8; a lone surrogate has no UTF-8 at all. */
export const beyondThreeBytes = '\\u{10000}-\\u{10FFFF}\\p{Cs}';

const unfit = new RegExp(`[${beyondThreeBytes}\\p{Cc}]`, 'u');

const plain: Check = {
  code: 'INVALID',
  en: 'must not have emoji or other characters of four UTF-8 bytes, nor control characters',
  zh: '仅支持 1 至 3 字节的 UTF-8 字符,不支持表情符号和控制字符',
  holds: (value) => isText(value) && !unfit.test(value),
};

const notEmpty: Check = {
  code: 'INVALID',
  en: 'must not be empty',
  zh: '不能为空',
  holds: (value) => value !== '',
};

const atMost = (max: number): Check => ({
  code: 'TOO_LONG',
  en: `must have at most ${max} characters`,
  zh: `最长 ${max} 个字符`,
  holds: (value) => isText(value) && Array.from(value).length <= max,
});

const withoutLineBreaks = (value: unknown): unknown => (isText(value) ? value.replace(/\r?\n/g, '') : value);
