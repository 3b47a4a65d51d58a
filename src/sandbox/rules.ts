import { brokenRule, Failure, requestNumbers } from './failure';

/** Validates one value of a request; throws a Failure that names the field. */
export type Rule = (value: unknown, path: string) => void;

export interface Field {
  readonly required: boolean;
  readonly rule: Rule;
}

export const must = (rule: Rule): Field => ({ required: true, rule });
export const may = (rule: Rule): Field => ({ required: false, rule });

/** An object with exactly these fields: according to the documents, others are refused. */
export const fields =
  (shape: Readonly<Record<string, Field>>): Rule =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw brokenRule(path, '须为对象');
    const members = new Map<string, unknown>(Object.entries(value));
    for (const name of members.keys())
      if (!Object.hasOwn(shape, name)) throw undocumented(path === '' ? name : `${path}.${name}`);
    for (const [name, { required, rule }] of Object.entries(shape)) {
      const at = path === '' ? name : `${path}.${name}`;
      if (members.has(name)) rule(members.get(name), at);
      else if (required) throw brokenRule(at, '必填');
    }
  };

/** The documents' refusal of a member that no document names. */
export const undocumented = (path: string): Failure =>
  new Failure(400, 'PARAM_ERROR', '请求中含有未在API文档中定义的参数', {
    number: requestNumbers.unknownParameter,
    flaw: { path, issue: '未在API文档中定义' },
  });

/** Reports a broken `rule` with the documented message. */
export const saying =
  (sentence: string, rule: Rule): Rule =>
  (value, path) => {
    try {
      rule(value, path);
    } catch {
      throw new Failure(400, 'PARAM_ERROR', sentence, { flaw: { path, issue: sentence } });
    }
  };

/** Text of 1 to `max` characters of at most three UTF-8 bytes each. */
export const text =
  (max: number, pattern?: RegExp): Rule =>
  (value, path) => {
    if (typeof value !== 'string') throw brokenRule(path, '须为字符串');
    if (value === '') throw brokenRule(path, '不能为空');
    if ([...value].length > max) throw brokenRule(path, `最长${max}个字符`);
    // JSON escapes can contain unpaired surrogates, which are not valid UTF-8.
    if (/[\u{D800}-\u{DFFF}\u{10000}-\u{10FFFF}]/u.test(value))
      throw brokenRule(path, '仅支持1至3字节的UTF-8字符');
    if (pattern !== undefined && !pattern.test(value)) throw brokenRule(path, '格式错误');
  };

export const oneOf =
  (...values: readonly string[]): Rule =>
  (value, path) => {
    if (typeof value !== 'string' || !values.includes(value)) throw brokenRule(path, '枚举值错误');
  };

export const integer =
  (min: number, max: number): Rule =>
  (value, path) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw brokenRule(path, '须为整数');
    if (value < min || value > max) throw brokenRule(path, '超出范围');
  };

/** An integer in a query string. */
export const digits =
  (min: number, max: number): Rule =>
  (value, path) => {
    if (typeof value !== 'string' || !/^\d{1,9}$/.test(value)) throw brokenRule(path, '须为整数');
    integer(min, max)(Number(value), path);
  };

export const flag: Rule = (value, path) => {
  if (typeof value !== 'boolean') throw brokenRule(path, '须为布尔值');
};

export const listOf =
  (rule: Rule, { min = 0, max }: { readonly min?: number; readonly max: number }): Rule =>
  (value, path) => {
    if (!Array.isArray(value)) throw brokenRule(path, '须为数组');
    if (value.length < min || value.length > max) throw brokenRule(path, `须为${min}至${max}项`);
    value.forEach((element, index) => {
      rule(element, `${path}[${index}]`);
    });
  };

const hourMinute = '(?:[01]\\d|2[0-3]):[0-5]\\d';
const rfc3339 = new RegExp(
  `^(\\d{4}-\\d\\d-\\d\\d)T${hourMinute}:[0-5]\\d(?:\\.\\d+)?(?:Z|[+-]${hourMinute})$`,
);
/** RFC 3339 with an offset; the day must exist. The pages of 2026 give no length. */
export const time: Rule = (value, path) => {
  text(Infinity)(value, path);
  const [, day] = rfc3339.exec(String(value)) ?? [];
  if (day === undefined || !isCalendarDay(day))
    throw new Failure(400, 'PARAM_ERROR', '传入时间不符合RFC3339标准格式', {
      number: requestNumbers.badTime,
      flaw: { path, issue: '不符合RFC3339标准格式' },
    });
};

/** `yyyy-MM-dd` of an existing day: Date.parse would read February 30th as a day in March. */
const isCalendarDay = (day: string): boolean => {
  const at = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
};

export const color = text(7, /^#[0-9A-Fa-f]{6}$/);
export const url = text(256, /^https?:\/\/[^\s/]+\/\S*$/);
