import { ValidateBy, type ValidationArguments } from 'class-validator';
import { mostSealedBytes } from '../../wechatpay/encryption';
import type { UserErrorCode } from './user-error.type';

/** What a broken rule says, after the field's name. */
export interface RuleText {
  readonly code: UserErrorCode;
  readonly en: string;
  readonly zh: string;
}

type Test = (value: unknown, object: Readonly<Record<string, unknown>>) => boolean;

const asRule = (text: RuleText, test: Test): PropertyDecorator =>
  ValidateBy(
    {
      // class-validator keeps one result per name and property.
      name: text.en,
      validator: {
        validate: (value: unknown, args?: ValidationArguments) =>
          test(value, (args?.object ?? {}) as Readonly<Record<string, unknown>>),
      },
    },
    { context: text },
  );

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

/** A rule for a value that is there; GraphQL itself sees to what must be there. */
const rule = (text: RuleText, test: Test): PropertyDecorator =>
  asRule(text, (value, object) => isAbsent(value) || test(value, object));

/** The field is needed where the rest of its object says so. */
export const NeededWhen = (when: (object: never) => boolean, en: string, zh: string): PropertyDecorator =>
  asRule({ code: 'REQUIRED', en, zh }, (value, object) => !isAbsent(value) || !when(object as never));

/** The field is refused where the rest of its object says so. */
export const RefusedWhen = (when: (object: never) => boolean, en: string, zh: string): PropertyDecorator =>
  rule({ code: 'INVALID', en, zh }, (_, object) => !when(object as never));

/** Two members of one object that must agree. */
export const AgreesWith = (agree: (object: never) => boolean, en: string, zh: string): PropertyDecorator =>
  rule({ code: 'INVALID', en, zh }, (_, object) => agree(object as never));

const isText = (value: unknown): value is string => typeof value === 'string';
const matches = (pattern: RegExp, en: string, zh: string): PropertyDecorator =>
  rule({ code: 'INVALID', en, zh }, (value) => isText(value) && pattern.test(value));

const combine =
  (...decorators: readonly PropertyDecorator[]): PropertyDecorator =>
  (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };

/** `string(N)` of the documents: 1 to N characters, each of at most three UTF-8 bytes, none of them a control. */
export const Text = (most: number): PropertyDecorator =>
  combine(
    rule(
      { code: 'TOO_LONG', en: `must have at most ${most} characters`, zh: `最长 ${most} 个字符` },
      (value) => isText(value) && [...value].length <= most,
    ),
    rule({ code: 'INVALID', en: 'must not be empty', zh: '不能为空' }, (value) => value !== ''),
    rule(
      {
        code: 'INVALID',
        en: 'must not have emoji or other characters of four UTF-8 bytes, nor control characters',
        zh: '仅支持 1 至 3 字节的 UTF-8 字符,不支持表情符号和控制字符',
      },
      (value) => isText(value) && !/[\u{10000}-\u{10FFFF}]|(?![\n\r\t])\p{Cc}/u.test(value),
    ),
  );

/** brand_id, card_id, appid: 1 to 32 letters, digits, `-` and `_`. */
export const Identifier = (): PropertyDecorator => combine(Text(32), identifierCharacters());
export const Openid = (): PropertyDecorator => combine(Text(128), identifierCharacters());
const identifierCharacters = (): PropertyDecorator =>
  matches(/^[\w-]*$/, 'must have letters, digits, - and _ only', '只能包含字母、数字、- 和 _');

/** 只能填写数字/英文/半角标点. A lone dot or two would change the path they travel in. */
export const UserCardCode = (): PropertyDecorator =>
  combine(
    Text(32),
    matches(
      /^(?!\.{1,2}$)[\x21-\x7e]*$/,
      'must have digits, letters and half-width punctuation only',
      '只能填写数字、英文和半角标点',
    ),
  );

export const RequestNo = (): PropertyDecorator =>
  combine(
    Text(128),
    matches(/^[0-9A-Za-z_-]*$/, 'must have letters, digits, - and _ only', '只能包含字母、数字、- 和 _'),
  );

export const CardTitle = (): PropertyDecorator =>
  combine(
    Text(10),
    matches(
      /^[\p{Script=Han}\p{Script=Latin}\p{N}\p{P}\p{Zs}]*$/u,
      'must have Chinese and English characters, digits and punctuation only',
      '仅支持中英文字符、数字和标点',
    ),
  );

export const Color = (): PropertyDecorator =>
  matches(/^#[0-9A-Fa-f]{6}$/, 'must be a colour such as #FFFF00', '须为十六进制 RGB 颜色,如 #FFFF00');

const isUrl = (value: unknown, check: (url: URL) => boolean): boolean => {
  if (!isText(value) || /[\s\p{Cc}]/u.test(value) || !URL.canParse(value)) return false;
  const url = new URL(value);
  return (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && check(url);
};

export const PictureUrl = (): PropertyDecorator =>
  combine(
    Text(256),
    rule(
      {
        code: 'INVALID',
        en: 'must be the URL that the image upload answered',
        zh: '须为图片上传接口返回的 URL',
      },
      (value) => isUrl(value, () => true),
    ),
  );

/** notify_url rules (partner 4012082570): a full public URL with a path and without query parameters. */
export const NotifyUrl = (): PropertyDecorator =>
  combine(
    Text(256),
    rule(
      {
        code: 'INVALID',
        en: 'must be a full public URL with a path and without query parameters',
        zh: '须为带路径、不带参数的外网完整 URL',
      },
      (value) =>
        isUrl(
          value,
          ({ pathname, search, hash, hostname }) =>
            pathname !== '/' && search === '' && hash === '' && isPublic(hostname),
        ),
    ),
  );

const isPublic = (hostname: string): boolean =>
  hostname.includes('.') &&
  !/^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(hostname) &&
  !hostname.endsWith('.local');

const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

export const isRfc3339 = (value: unknown): value is string => {
  const [, year, month, day] = (isText(value) && rfc3339.exec(value)) || [];
  return year !== undefined && isCalendarDate(Number(year), Number(month), Number(day));
};

const isCalendarDate = (year: number, month: number, day: number): boolean => {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
};

export const Rfc3339 = (): PropertyDecorator =>
  rule(
    {
      code: 'INVALID',
      en: 'must be an RFC 3339 date-time with an offset, such as 2015-05-20T13:29:35+08:00',
      zh: '须为带时区的 RFC 3339 时间,如 2015-05-20T13:29:35+08:00',
    },
    isRfc3339,
  );

export const Between = (least: number, most: number): PropertyDecorator =>
  rule(
    { code: 'INVALID', en: `must be from ${least} to ${most}`, zh: `须在 ${least} 到 ${most} 之间` },
    (value) => typeof value === 'number' && value >= least && value <= most,
  );

export const PhoneNumber = (): PropertyDecorator =>
  matches(/^\+?\d{5,15}$/, 'must be a phone number of 5 to 15 digits', '须为 5 至 15 位数字的手机号');

/** What travels encrypted must fit RSA-2048. */
export const Sealable = (): PropertyDecorator =>
  rule(
    {
      code: 'TOO_LONG',
      en: `must have at most ${mostSealedBytes} bytes of UTF-8`,
      zh: `最长 ${mostSealedBytes} 字节`,
    },
    (value) => isText(value) && Buffer.byteLength(value) <= mostSealedBytes,
  );

export const Count = (least: number, most: number): PropertyDecorator =>
  rule(
    { code: 'INVALID', en: `must have ${least} to ${most} entries`, zh: `须有 ${least} 至 ${most} 项` },
    (value) => Array.isArray(value) && value.length >= least && value.length <= most,
  );

export const EachText = (most: number): PropertyDecorator =>
  rule(
    {
      code: 'TOO_LONG',
      en: `must have entries of 1 to ${most} characters`,
      zh: `每项须为 1 至 ${most} 个字符`,
    },
    (value) =>
      Array.isArray(value) &&
      value.every((entry) => isText(entry) && entry !== '' && [...entry].length <= most),
  );

export const Distinct = (keyOf: (entry: never) => unknown): PropertyDecorator =>
  rule(
    { code: 'INVALID', en: 'must not have an entry twice', zh: '不能有重复项' },
    (value) =>
      Array.isArray(value) && new Set(value.map((entry) => keyOf(entry as never))).size === value.length,
  );

/** A rule whose test needs the value and its object. */
export const Holds = (text: Omit<RuleText, 'code'>, test: Test): PropertyDecorator =>
  rule({ code: 'INVALID', ...text }, test);
