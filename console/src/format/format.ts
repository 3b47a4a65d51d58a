import type { Language } from '../i18n/texts';

const locales = { zh: 'zh-CN', en: 'en-GB' } as const;

/** WeChat Pay's dates are Chinese, whatever the reader's own time zone is. */
const timeZone = 'Asia/Shanghai';

/** A moment in Beijing time, to the second. Empty if there is none. */
export const dateTime = (value: string | null | undefined, language: Language): string =>
  formatted(value, language, { dateStyle: 'medium', timeStyle: 'medium' });

/** The day of a moment in Beijing time. Empty if there is none. */
export const day = (value: string | null | undefined, language: Language): string =>
  formatted(value, language, { dateStyle: 'medium' });

/** The time of day of a moment in Beijing time. Empty if there is none. */
export const timeOfDay = (value: string | null | undefined, language: Language): string =>
  formatted(value, language, { timeStyle: 'medium' });

const formatted = (
  value: string | null | undefined,
  language: Language,
  style: Intl.DateTimeFormatOptions,
): string => {
  if (value === undefined || value === null) return '';
  const date = new Date(value);
  // What cannot be read is shown as it is.
  if (Number.isNaN(date.getTime())) return value;
  return new Intl.DateTimeFormat(locales[language], { ...style, timeZone, hourCycle: 'h23' }).format(date);
};

/** A number with its digits grouped. */
export const grouped = (value: number, language: Language): string =>
  new Intl.NumberFormat(locales[language]).format(value);

/** A share from 0 to 1 as a percentage. */
export const percent = (share: number, language: Language): string =>
  new Intl.NumberFormat(locales[language], { style: 'percent', maximumFractionDigits: 1 }).format(share);
