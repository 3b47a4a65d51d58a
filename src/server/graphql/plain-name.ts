const maxLength = 64;
const maxDigits = 4;

/**
 * Whether a name that a client chose may be repeated in an error or in the log. GraphQL lets a phone number, a card code or
 * an openid stand where a name stands. Such texts have more than four digits.
 */
export const isPlainName = (name: string): boolean =>
  name.length <= maxLength && /^[_A-Za-z]\w*$/.test(name) && name.replace(/\D/g, '').length <= maxDigits;

/** The name in quotation marks, or an ellipsis in its place. */
export const shownName = (name: string): string => (isPlainName(name) ? `"${name}"` : '"…"');
