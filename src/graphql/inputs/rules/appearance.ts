import { combine, rule } from './rule';
import { beyondThreeBytes, isText, Length, Matches } from './text';

/** 支持最长10个中文字、英文字符、数字和标点 */
export const CardTitle = (): PropertyDecorator =>
  combine(
    Length(10),
    Matches(
      new RegExp(
        `^(?:(?![${beyondThreeBytes}])[\\p{Script=Han}\\p{Script=Latin}\\p{N}\\p{P}\\p{Zs}])*$`,
        'u',
      ),
      {
        en: 'must have Chinese and English characters, digits and punctuation only',
        zh: '仅支持中英文字符、数字和标点',
      },
    ),
  );

export const Color = (): PropertyDecorator =>
  Matches(/^#[0-9A-Fa-f]{6}$/, {
    en: 'must be a colour such as #FFFF00',
    zh: '须为十六进制 RGB 颜色,如 #FFFF00',
  });

export const PictureUrl = (): PropertyDecorator =>
  combine(
    Length(256),
    rule({
      code: 'INVALID',
      en: 'must be the URL that the image upload answered',
      zh: '须为图片上传接口返回的 URL',
      holds: (value) => value === '' || parsed(value) !== undefined,
    }),
  );

/**
 * notify_url (partner 4012082570, brand 4015407551): a full public URL with a path and without parameters. The brand
 * document takes https alone, and an http one would carry members' data past anybody.
 */
export const NotifyUrl = (): PropertyDecorator =>
  combine(
    Length(256),
    rule({
      code: 'INVALID',
      en: 'must be a full public https URL with a path and without parameters',
      zh: '须为带路径、不带参数、外网可访问的完整 https 地址',
      holds: (value) => value === '' || isNotifyUrl(parsed(value)),
    }),
  );

const isNotifyUrl = (url: URL | undefined): boolean =>
  url?.protocol === 'https:' && url.pathname !== '/' && !/[?#]/.test(url.href) && isPublic(url.hostname);

/** Printable ASCII without a backslash: what the parser would mend, the upstream would read as it stands. */
const parsed = (value: unknown): URL | undefined => {
  if (!isText(value) || !/^https?:\/\/(?:(?!\\)[\x21-\x7e])+$/.test(value) || !URL.canParse(value))
    return undefined;
  const url = new URL(value);
  return url.username === '' && url.password === '' ? url : undefined;
};

/** A name with a dot, or an IPv4 address (which the parser has brought to its dotted form) outside the reserved blocks. */
const isPublic = (hostname: string): boolean =>
  /^[^.[\]]+(\.[^.[\]]+)+$/.test(hostname) &&
  !/^(0|10|127|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])|169\.254|172\.(1[6-9]|2\d|3[01])|192\.168|22[4-9]|2[345]\d)\.[\d.]+$/.test(
    hostname,
  ) &&
  !/\.(local|localhost|internal)$/.test(hostname);
