import { isText } from './is-text';

/** 需遵循 RFC3339 标准格式:yyyy-MM-DDTHH:mm:ss+TIMEZONE. The offset may be `Z`; the day must exist. */
export const isRfc3339 = (value: unknown): value is string => {
  const [, date] = (isText(value) && rfc3339.exec(value)) || [];
  return date !== undefined && isFullDate(date);
};

/** RFC 3339 `full-date`: an existing day as yyyy-MM-dd. */
export const isFullDate = (text: string): boolean => {
  const [, year, month, day] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
};

const dayMs = 86_400_000;
const beijingMs = 8 * 3_600_000;

/**
 * When a card ends that is valid for some calendar days (领取后N个自然天内有效), ms since the Unix epoch. The day of the pickup
 * is not counted, which is the more lenient reading. So the card ends with the last of N further days in Beijing.
 */
export const endOfCalendarDays = (pickupTime: string, days: number): number => {
  const pickedUp = Date.parse(pickupTime) + beijingMs;
  return pickedUp - (((pickedUp % dayMs) + dayMs) % dayMs) + (days + 1) * dayMs - beijingMs;
};

const rfc3339 =
  /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
