import type { DailyWindow } from './operation';

const dayMinutes = 1_440;
/** Beijing has no daylight saving time. */
const beijingMinutes = 8 * 60;

/** Reads `01:00-07:00`; `undefined` if it is malformed or empty. */
export const parseDailyWindow = (text: string): DailyWindow | undefined => {
  const match = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (match === null) return undefined;
  const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = match.slice(1).map(Number);
  const window = { from: fromHour * 60 + fromMinute, to: toHour * 60 + toMinute };
  return window.from === window.to ? undefined : window;
};

export const printDailyWindow = ({ from, to }: DailyWindow): string => `${time(from)}-${time(to)}`;

const time = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** Days since the Unix epoch, as they begin in Beijing; `now` in ms since the Unix epoch. */
export const beijingDay = (now: number): number => Math.floor((now / 60_000 + beijingMinutes) / dayMinutes);

/** Minute of the day in Beijing; `now` in ms since the Unix epoch. */
export const beijingMinute = (now: number): number =>
  (Math.floor(now / 60_000) + beijingMinutes) % dayMinutes;

/** Whether the window is open at `now`, ms since the Unix epoch. */
export const isOpen = ({ from, to }: DailyWindow, now: number): boolean => {
  const minute = beijingMinute(now);
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
};
