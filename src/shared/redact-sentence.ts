/** Replaces everything that was removed. */
const mask = '…';
/** A longer sentence is cut after the redaction, so that no value is cut in two and missed. */
const maxLength = 400;
/** Longer text is not read; a sentence of WeChat Pay has less than 200 characters. */
const maxRead = 2_048;
/** Hidden where reading ends, because a value may begin there. */
const tailLength = 64;
/**
 * WeChat Pay shortens long values when it quotes them, so this much of one end of a value counts as the value. Fewer Latin
 * letters would be part of common words, e.g. of openid.
 */
const endLength = { latin: 8, other: 4 } as const;

/**
 * The text without whatever could be someone's data: every occurrence of a value (also shortened, escaped, percent-encoded, or
 * in another case or width), runs of 5 or more digits (also separated or partly masked), e-mail addresses, and identifiers
 * (openids, serials, ciphertexts). Field names and paths stay readable. This is the only place that decides what may be shown
 * of a text of WeChat Pay.
 *
 * @param values the values of the request that the text answers
 * @example redactSentence('手机号 13812345678 已存在', []) // '手机号 … 已存在'
 */
export const redactSentence = (text: string, values: readonly string[]): string => {
  const read = text.slice(0, maxRead);
  const hidden = new Uint8Array(read.length);
  const hide = (from: number, to: number): void => {
    hidden.fill(1, from, to);
  };
  if (text.length > maxRead) hide(maxRead - tailLength, maxRead);
  const folded = fold(read);
  for (const value of new Set(values.flatMap(spellings))) hideValue(folded, value, hide);
  for (const pattern of personal)
    for (const { 0: found, index } of read.matchAll(pattern))
      if (!isWord(found)) hide(index, index + found.length);

  let shown = '';
  for (let at = 0; at < read.length; at += 1)
    if (hidden[at] === 0) shown += read.charAt(at);
    else if (at === 0 || hidden[at - 1] === 0) shown += mask;
  const line = shown.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return line.length > maxLength ? line.slice(0, maxLength) + mask : line;
};

const personal: readonly RegExp[] = [
  /\p{Nd}(?:[\s\-–—.·*()（）]{0,4}\p{Nd}){4,}/gu,
  /[^\s"'“”‘’<>()（）,，:：;；。]+@[^\s"'“”‘’<>()（）,，:：;；。]+/gu,
  /[\w\-+/=.%[\]]{16,}/g,
];

/** Names of fields, paths to them, names of headers and constants; openids, serials and ciphertexts are none of these. */
const words: readonly RegExp[] = [
  /^\/?[a-z_]{1,40}(?:[./]{1,2}[a-z_]{1,40}|[./]\d{1,3}|\[\d{1,3}\])*$/,
  /^[A-Z]{1,20}(?:_[A-Z]{1,20})+$/,
  /^[A-Z]?[a-z]{1,12}(?:-[A-Z]?[a-z]{1,12})+$/,
  /^WECHATPAY(?:2|-BRAND)-SHA256-RSA2048$/,
];
const isWord = (found: string): boolean => words.some((word) => word.test(found));

/** Character by character, so that positions stay the same: lower case, and half-width for full-width. */
const fold = (text: string): string =>
  Array.from(text, (character) => {
    const code = character.charCodeAt(0);
    const narrow = code >= 0xff01 && code <= 0xff5e ? String.fromCharCode(code - 0xfee0) : character;
    const lower = narrow.toLowerCase();
    return lower.length === character.length ? lower : narrow;
  }).join('');

const spellings = (value: string): readonly string[] => {
  const trimmed = value.trim();
  if (trimmed === '') return [];
  return [
    trimmed,
    // In some scripts the length differs.
    trimmed.toUpperCase(),
    JSON.stringify(trimmed).slice(1, -1),
    percentEncoded(trimmed),
  ].map(fold);
};

const percentEncoded = (value: string): string => {
  try {
    return encodeURIComponent(value);
  } catch {
    // Half of a surrogate pair.
    return value;
  }
};

const hideValue = (text: string, value: string, hide: (from: number, to: number) => void): void => {
  for (const at of placesOf(text, value))
    // One character is too common to be hidden inside a word.
    if (value.length > 1 || stands(text, at)) hide(at, at + value.length);
  const start = endOf(value, 1);
  for (const at of start === value ? [] : placesOf(text, start)) {
    let length = start.length;
    while (length < value.length && text[at + length] === value[length]) length += 1;
    hide(at, at + length);
  }
  const end = endOf(value, -1);
  for (const at of end === value ? [] : placesOf(text, end)) {
    const before = value.length - end.length;
    let length = 0;
    while (length < before && at > length && text[at - length - 1] === value[before - length - 1])
      length += 1;
    hide(at - length, at + end.length);
  }
};

/** The start or the end of a value that is long enough to stand for it; the value itself if it is not longer. */
const endOf = (value: string, side: 1 | -1): string => {
  const cut = (length: number): string => (side === 1 ? value.slice(0, length) : value.slice(-length));
  const short = cut(endLength.other);
  return /^[\x20-\x7e]*$/.test(short) ? cut(endLength.latin) : short;
};

function* placesOf(text: string, part: string): Generator<number> {
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) yield at;
}

const letter = /[\p{L}\p{N}]/u;
const stands = (text: string, at: number): boolean =>
  !letter.test(text.charAt(at - 1)) && !letter.test(text.charAt(at + 1));
