import { dateOfSerial } from '../xlsx/number-text';
import type { ValueRule } from './value-rules';

/** Numbers of a date and a time, as far as they are given. */
interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
  /** `Z`, `+08:00` */
  readonly zone?: string | undefined;
}

export type TimeResult = { readonly parts: Parts } | { readonly rule: ValueRule };

const date = String.raw`(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})(?:日|号)?`;
const clock = String.raw`(上午|下午)?\s*(\d{1,2})(?:[:时点])(\d{1,2})分?(?::?(\d{1,2})(?:\.\d{1,9})?秒?)?`;
const zone = String.raw`(Z|[+-]\d{2}:?\d{2})?`;
const spelled = new RegExp(`^${date}(?:(?:\\s*T\\s*|\\s*)${clock}\\s*${zone})?$`, 'i');
const digitsOnly = /^(\d{4})(\d{2})(\d{2})(?:[ T]?(\d{2})(\d{2})(\d{2}))?$/;
/** Days of 1954 to 2119: no other number in a column of dates has five digits. */
const serial = /^[2-7]\d{4}(?:\.\d+)?$/;
/** The year is last, or has two digits. */
const otherOrder = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/;
const shortYear = /^\d{1,2}[-/.]\d{1,2}[-/.]\d{2}$/;

const hourOf = (half: string | undefined, hour: string | undefined): number => {
  const value = Number(hour ?? 0);
  if (half === '下午' && value < 12) return value + 12;
  return half === '上午' && value === 12 ? 0 : value;
};

/** Reads a date as people and programs write it; `text` is clean and half-width. */
export const parseTime = (text: string): TimeResult => {
  const found = partsIn(text);
  if (found === undefined) {
    if (shortYear.test(text) || otherOrder.test(text)) return { rule: 'TIME_AMBIGUOUS' };
    return { rule: 'TIME_MALFORMED' };
  }
  return exists(found) ? { parts: found } : { rule: 'TIME_IMPOSSIBLE' };
};

const partsIn = (text: string): Parts | undefined => {
  const written = spelled.exec(text);
  if (written !== null) {
    const [, year, month, day, half, hour, minute, second, at] = written;
    const moment =
      hour === undefined
        ? {}
        : { hour: hourOf(half, hour), minute: Number(minute), second: Number(second ?? 0), zone: at };
    return { ...dayOf(year, month, day), ...moment };
  }
  const plain = digitsOnly.exec(text);
  if (plain !== null) {
    const [, year, month, day, hour, minute, second] = plain;
    const moment =
      hour === undefined ? {} : { hour: Number(hour), minute: Number(minute), second: Number(second) };
    return { ...dayOf(year, month, day), ...moment };
  }
  if (serial.test(text)) return partsIn(dateOfSerial(Number(text), 1900) ?? '');
  const [, first, second, year] = otherOrder.exec(text) ?? [];
  // Only one of them can be a month.
  if (Number(first) > 12 && Number(second) <= 12) return dayOf(year, second, first);
  return Number(second) > 12 && Number(first) <= 12 ? dayOf(year, first, second) : undefined;
};

const dayOf = (year: string | undefined, month: string | undefined, day: string | undefined): Parts => ({
  year: Number(year),
  month: Number(month),
  day: Number(day),
});

const exists = ({ year, month, day, hour = 0, minute = 0, second = 0, zone: at }: Parts): boolean => {
  const time = new Date(Date.UTC(year, month - 1, day));
  const isDay = year >= 1900 && time.getUTCMonth() === month - 1 && time.getUTCDate() === day;
  const [, zoneHour = 0, zoneMinute = 0] = (/^[+-](\d\d):?(\d\d)$/.exec(at ?? '') ?? []).map(Number);
  return isDay && hour < 24 && minute < 60 && second < 60 && zoneHour < 24 && zoneMinute < 60;
};

const two = (value: number): string => String(value).padStart(2, '0');

export const dayText = ({ year, month, day }: Parts): string => `${year}-${two(month)}-${two(day)}`;

/** RFC 3339. What has no zone is the time of Beijing; a day alone is its first second, or its last one. */
export const timeText = (parts: Parts, edge: 'begin' | 'end'): string => {
  const { hour, minute = 0, second = 0, zone: at } = parts;
  const isEnd = hour === undefined && edge === 'end';
  const clockText = isEnd ? '23:59:59' : `${two(hour ?? 0)}:${two(minute)}:${two(second)}`;
  const zoneText = at === undefined ? '+08:00' : at.toUpperCase().replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  return `${dayText(parts)}T${clockText}${zoneText}`;
};
