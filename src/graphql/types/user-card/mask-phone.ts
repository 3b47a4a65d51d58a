/** 13812345678 → 138****5678; of other numbers, only the last two digits are shown. */
export const maskPhone = (phone: string): string => {
  const mobile = /^((?:\+?86)?1\d{2})\d{4}(\d{4})$/.exec(phone);
  if (mobile !== null) return `${mobile[1] ?? ''}****${mobile[2] ?? ''}`;
  return `${'*'.repeat(Math.max(0, phone.length - 2))}${phone.slice(-2)}`;
};
