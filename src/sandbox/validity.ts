import { brokenRule, refused } from './failure';

export interface ValidDate {
  readonly type?: 'FIX_TIME_RANGE' | 'FIX_TERM' | 'PERMANENT';
  readonly available_begin_time?: string;
  readonly available_end_time?: string;
  readonly available_day_after_receive?: number;
}

const dayMs = 86_400_000;
const beijingMs = 8 * 3_600_000;

/**
 * The rules of a validity. A `PERMANENT` one with dates is refused if `exact`: the error tables say so, but the founding
 * documents' own request examples are of that kind.
 */
export const checkValidity = (
  {
    type,
    available_begin_time: begin,
    available_end_time: end,
    available_day_after_receive: days,
  }: ValidDate,
  { exact }: { readonly exact: boolean },
): void => {
  if (type === 'FIX_TIME_RANGE') {
    if (begin === undefined || end === undefined) throw refused('rangeIncomplete');
    if (days !== undefined) throw refused('rangeWithDays');
    if (Date.parse(begin) > Date.parse(end)) throw refused('rangeReversed');
  }
  if (type === 'FIX_TERM' && (days === undefined || begin !== undefined || end !== undefined))
    throw refused('termIncomplete');
  if (type === 'PERMANENT' && exact) {
    if (days !== undefined) throw refused('permanentWithDays');
    if (begin !== undefined) throw refused('permanentWithBegin');
    if (end !== undefined) throw refused('permanentWithEnd');
  }
};

/** The validity in a request about a template or a card: its type must be the template's. */
export const checkValidityFor = (
  { valid_date_information: own }: { readonly valid_date_information: ValidDate },
  validDate: unknown,
  how: { readonly exact: boolean },
): void => {
  if (validDate === undefined) return;
  const { type } = validDate as ValidDate;
  if (type !== undefined && type !== own.type) throw refused('typeDiffers');
  checkValidity(validDate as ValidDate, how);
};

/**
 * When a card's validity ends, in ms; `Infinity` if never. 领取后N个自然天内有效 counts calendar days, in Beijing. The day of
 * the pickup is not counted, which is the more lenient reading.
 */
export const expiryOf = (
  { type, available_end_time: end, available_day_after_receive: days }: ValidDate,
  pickedUpAt: number,
): number => {
  if (type === 'FIX_TIME_RANGE' && end !== undefined) return Date.parse(end);
  if (type !== 'FIX_TERM' || days === undefined) return Infinity;
  const startOfDay = Math.floor((pickedUpAt + beijingMs) / dayMs) * dayMs - beijingMs;
  return startOfDay + (days + 1) * dayMs;
};

/** 领取时间必须早于当前时间，且不允许导入已过期的会员卡 */
export const checkPickup = (pickupTime: string | undefined, validDate: ValidDate, now: number): void => {
  const pickedUpAt = pickupTime === undefined ? now : Date.parse(pickupTime);
  if (pickupTime !== undefined && pickedUpAt >= now) throw brokenRule('pickup_time', '必须早于当前时间');
  if (expiryOf(validDate, pickedUpAt) <= now) throw refused('expiredAlready');
};
