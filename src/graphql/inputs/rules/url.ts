import { isText } from './is-text';

/** Printable ASCII without a backslash: the URL parser would correct a backslash, WeChat Pay would not. */
export const parsedUrl = (value: unknown): URL | undefined => {
  if (!isText(value) || !/^https?:\/\/(?:(?!\\)[\x21-\x7e])+$/.test(value) || !URL.canParse(value))
    return undefined;
  const url = new URL(value);
  return url.username === '' && url.password === '' ? url : undefined;
};

/**
 * notify_url (partner 4012082570, brand 4015407551): a full public URL with a path and without parameters. The partner document
 * accepts http too. This server does not, because notifications reveal who is a member.
 */
export const isNotifyUrl = (value: unknown): boolean => {
  const url = parsedUrl(value);
  return (
    url?.protocol === 'https:' && url.pathname !== '/' && !/[?#]/.test(url.href) && isPublic(url.hostname)
  );
};

/** A name with a dot, or an IPv4 address outside the reserved blocks. The parser has converted addresses to dotted form. */
const isPublic = (hostname: string): boolean =>
  /^[^.[\]]+(\.[^.[\]]+)+$/.test(hostname) &&
  !/^(0|10|127|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])|169\.254|172\.(1[6-9]|2\d|3[01])|192\.168|22[4-9]|2[345]\d)\.[\d.]+$/.test(
    hostname,
  ) &&
  !/\.(local|localhost|internal)$/.test(hostname);
