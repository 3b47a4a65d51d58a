import { isPhoneNumber, normalPhoneNumber } from '../../../shared/phone-number';
import type { ValueKind } from '../columns';
import { cleanText, cleanWord, isCellError, isNothing } from './clean';
import { exactDigits } from './digits';
import { dayText, parseTime, timeText } from './times';
import type { ValueRule } from './value-rules';

export type Value = string | number | boolean;

/** `permanent`: an end that is never. */
export type ValueResult =
  { readonly value: Value } | { readonly rule: ValueRule } | { readonly permanent: true } | undefined;

const refuse = (rule: ValueRule): ValueResult => ({ rule });

const phone = (text: string): ValueResult => {
  // Programs that take it for a number write 13800138000.0.
  const exact = exactDigits(text.replace(/^(\d{5,15})\.0+$/, '$1'));
  if ('rule' in exact) return exact;
  if (/\d[*xX•●]{2,}\d*/.test(exact.digits)) return refuse('PHONE_MASKED');
  const number = normalPhoneNumber(exact.digits);
  return isPhoneNumber(number) ? { value: number } : refuse('PHONE_MALFORMED');
};

const code = (text: string): ValueResult => {
  const exact = exactDigits(text);
  return 'rule' in exact ? exact : { value: exact.digits };
};

const wholeNumber = (text: string, units: RegExp): ValueResult => {
  const bare = text.replace(units, '').replace(/\s+/g, '');
  const exact = exactDigits(bare);
  if ('rule' in exact) return exact;
  const digits = exact.digits.replace(/\.0+$/, '');
  const isGrouped = /^[+-]?\d{1,3}(?:,\d{3})+$/.test(digits);
  const plain = isGrouped ? digits.replaceAll(',', '') : digits;
  if (!/^[+-]?\d+$/.test(plain)) return refuse('NUMBER_MALFORMED');
  const value = Number(plain);
  // -0 is 0.
  return Number.isSafeInteger(value) ? { value: value + 0 } : refuse('NUMBER_TOO_LARGE');
};

const never = /^(?:永久|永久有效|长期|长期有效|不限|无限期|permanent|never|forever)$/i;

const time = (text: string, edge: 'begin' | 'end'): ValueResult => {
  if (edge === 'end' && never.test(text)) return { permanent: true };
  const found = parseTime(text);
  return 'rule' in found ? found : { value: timeText(found.parts, edge) };
};

const day = (text: string): ValueResult => {
  const found = parseTime(text);
  return 'rule' in found ? found : { value: dayText(found.parts) };
};

const wordOf =
  (words: readonly (readonly [value: Value, ...words: readonly string[]])[], rule: ValueRule) =>
  (text: string): ValueResult => {
    const lower = text.toLowerCase();
    const found = words.find(([, ...names]) => names.includes(lower));
    return found === undefined ? refuse(rule) : { value: found[0] };
  };

const flag = wordOf(
  [
    [true, '是', 'true', '1', 'y', 'yes', '√', '✓', '有', '对', 't', '永久', '永久有效'],
    [false, '否', 'false', '0', 'n', 'no', '×', '✗', '无', '错', 'f', '非永久'],
  ],
  'FLAG_MALFORMED',
);

const state = wordOf(
  [
    ['UNACTIVATED', 'unactivated', '待激活', '未激活'],
    [
      'EFFECTIVE',
      'effective',
      'active',
      'valid',
      '已生效',
      '生效',
      '生效中',
      '有效',
      '正常',
      '使用中',
      '已激活',
    ],
    ['EXPIRED', 'expired', '已过期', '过期'],
    ['INVALID', 'invalid', '已失效', '失效', '无效', '作废', '已作废'],
  ],
  'STATE_UNKNOWN',
);

const sex = wordOf(
  [
    ['男', '男', '男性', '先生', 'male', 'm'],
    ['女', '女', '女性', '女士', '小姐', 'female', 'f'],
  ],
  'SEX_UNKNOWN',
);

const readers: Readonly<Record<ValueKind, (text: string) => ValueResult>> = {
  phone,
  code,
  openid: (text) => ({ value: text }),
  text: (text) => ({ value: text }),
  word: (text) => ({ value: text }),
  beginTime: (text) => time(text, 'begin'),
  endTime: (text) => time(text, 'end'),
  day,
  days: (text) => wholeNumber(text, /\s*(?:天|日|days?)$/i),
  points: (text) => wholeNumber(text, /\s*(?:积分|分|points?)$/i),
  flag,
  state,
  sex: (text) => (/^(?:未知|保密|unknown)$/i.test(text) ? undefined : sex(text)),
};

/**
 * Reads a cell as the value of its column: bears what Excel and exports do to values, and never guesses. `undefined`: the cell has no
 * value. Lengths and characters are left to the rules of the mutations.
 */
export const readValue = (kind: ValueKind, cell: string): ValueResult => {
  const text = kind === 'text' ? cleanText(cell) : cleanWord(cell);
  if (isNothing(text) || (kind !== 'text' && kind !== 'flag' && /^[无空]$/.test(text))) return undefined;
  if (isCellError(text)) return refuse('CELL_ERROR');
  return readers[kind](text);
};
