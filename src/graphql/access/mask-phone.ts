/** Shorter numbers are hidden completely: two digits and the length would reveal too much of them. */
const minShownLength = 7;
const hidden = '****';

/** 13812345678 → 138****5678. Of other numbers only the last two characters are shown, of short ones none. */
export const maskPhone = (phone: string): string => {
  const mobile = /^((?:\+?86)?1\d{2})\d{4}(\d{4})$/.exec(phone);
  if (mobile !== null) return `${mobile[1] ?? ''}****${mobile[2] ?? ''}`;
  return phone.length < minShownLength ? hidden : `${'*'.repeat(phone.length - 2)}${phone.slice(-2)}`;
};
