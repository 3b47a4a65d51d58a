/**
 * Normalises a phone number, so that one person is one member: half-width, without spaces, dashes, dots and brackets, and without
 * the country code and the leading zero of a mainland mobile number. Other numbers keep their country code, after a plus sign.
 */
export const normalPhoneNumber = (text: string): string => {
  const bare = text
    .normalize('NFKC')
    .replace(/[\s\p{Pd}\p{Cf}\u2212\u30fb\u00b7./()[\]]/gu, '')
    .replace(/^00(?=[1-9])/, '+');
  return /^(?:\+?86)?0?(1[3-9]\d{9})$/.exec(bare)?.[1] ?? bare;
};

/** Checks a number that can only be a mainland mobile number as such, and all others by their length. */
export const isPhoneNumber = (value: unknown): boolean => {
  if (typeof value !== 'string') return false;
  const number = normalPhoneNumber(value);
  if (isMainlandMobile(number)) return true;
  return /^\+?\d{5,15}$/.test(number) && !/^(?:\+861(?!0)|1(?=\d{10}$)|1[3-9](?=\d{8,}$))/.test(number);
};

const isMainlandMobile = (number: string): boolean => /^1[3-9]\d{9}$/.test(number);
