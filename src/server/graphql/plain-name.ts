const maxLength = 64;
const maxDigits = 4;

/**
 * Whether a name chosen by the client may appear in an error or in the log. A GraphQL name could be a phone number, a card code
 * or an openid; those have more than four digits.
 */
export const isPlainName = (name: string): boolean =>
  name.length <= maxLength && /^[_A-Za-z]\w*$/.test(name) && name.replace(/\D/g, '').length <= maxDigits;

/** The name in quotation marks, or an ellipsis if it is not plain. */
export const shownName = (name: string): string => (isPlainName(name) ? `"${name}"` : '"…"');
