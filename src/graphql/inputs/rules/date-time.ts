import { combine, rule } from './rule';
import { isText, Length } from './text';

/** `string(32)` in RFC 3339 with an offset: 需遵循 RFC3339 标准格式:yyyy-MM-DDTHH:mm:ss+TIMEZONE */
export const Rfc3339 = (): PropertyDecorator =>
  combine(
    Length(32),
    rule({
      code: 'INVALID',
      en: 'must be an RFC 3339 date-time with an offset, such as 2015-05-20T13:29:35+08:00',
      zh: '须为带时区的 RFC 3339 时间,如 2015-05-20T13:29:35+08:00',
      holds: (value) => value === '' || isRfc3339(value),
    }),
  );

/** The offset may be `Z`; a day that the calendar does not have is refused. */
export const isRfc3339 = (value: unknown): value is string => {
  const [, date] = (isText(value) && rfc3339.exec(value)) || [];
  return date !== undefined && isFullDate(date);
};

/** RFC 3339 `full-date`: a day of the calendar as yyyy-MM-dd. */
export const isFullDate = (text: string): boolean => {
  const [, year, month, day] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
};

const rfc3339 =
  /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
