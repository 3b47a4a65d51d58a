/** Excel's display of a number that is too wide for its cell: 1.38E+10. */
const exponent = /^([+-]?)(\d)(?:\.(\d+))?E\+(\d{1,3})$/i;

/**
 * The digits of a number, which may be in exponent form. They are exact only if as many digits follow the point as the exponent says;
 * else digits are missing, and nobody can know which.
 */
export const exactDigits = (text: string): { readonly digits: string } | { readonly rule: 'DIGITS_LOST' } => {
  const match = exponent.exec(text);
  if (match === null) return { digits: text };
  const [, sign = '', first = '', fraction = '', power = ''] = match;
  if (fraction.length !== Number(power)) return { rule: 'DIGITS_LOST' };
  return { digits: `${sign === '-' ? '-' : ''}${first}${fraction}` };
};
