import type { NumberStyle } from './styles';

const dayMs = 86_400_000;
const epochs = { 1900: Date.UTC(1899, 11, 30), 1904: Date.UTC(1904, 0, 1) } as const;
export type Epoch = keyof typeof epochs;

/** 9999-12-31 in both. */
const maxSerial = 2_958_466;
/** Excel keeps so many digits of a number. */
const exactDigits = 15;

/**
 * The date and time of a serial number, without a zone: `2026-11-26` or `2026-11-26 08:30:00`. `undefined` if it is none. Excel
 * counts a 29 February 1900, which did not exist; what is before it is a day later than in the usual count.
 */
export const dateOfSerial = (serial: number, epoch: Epoch): string | undefined => {
  if (!(serial >= 0 && serial < maxSerial)) return undefined;
  const day = epoch === 1900 && serial < 60 ? serial + 1 : serial;
  const date = new Date(Math.round((epochs[epoch] + day * dayMs) / 1_000) * 1_000);
  const text = date.toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 19).replace('T', ' ');
};

/**
 * All digits of a whole number if they are exact, else the number in exponent form, which shows that digits may be missing.
 * Excel replaces all digits after the 15th by zeros.
 */
const digitsOf = (stored: string, value: number): string => {
  const digits = BigInt(value).toString();
  const length = digits.replace('-', '').length;
  if (length <= exactDigits) return digits;
  const isWrittenOut = /^-?\d+$/.test(stored.trim()) && Number.isSafeInteger(value);
  const wasCut = /^-?\d{15}0+$/.test(digits);
  return isWrittenOut && !wasCut ? digits : value.toExponential();
};

/** The text of a number as a workbook stores it, e.g. `1.3812345678E10`; `undefined` if it is no number. */
export const numberText = (stored: string, style: NumberStyle, epoch: Epoch): string | undefined => {
  const value = Number(stored);
  if (stored.trim() === '' || !Number.isFinite(value)) return undefined;
  if (style.kind === 'date') {
    const date = dateOfSerial(value, epoch);
    if (date !== undefined) return date;
  }
  if (style.kind === 'time' && value >= 0 && value < 1)
    return new Date(Math.round(value * 86_400) * 1_000).toISOString().slice(11, 19);
  if (style.kind === 'time') return dateOfSerial(value, epoch) ?? String(value);
  if (!Number.isInteger(value)) return String(value);
  const digits = digitsOf(stored, value);
  return style.kind === 'zeros' && /^\d+$/.test(digits) ? digits.padStart(style.digits, '0') : digits;
};
