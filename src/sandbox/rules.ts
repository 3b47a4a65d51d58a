import { paramError } from './failure';

/** Checks one value of a request; throws a Failure that names the field. */
export type Rule = (value: unknown, path: string) => void;

export interface Field {
  readonly required: boolean;
  readonly rule: Rule;
}

export const must = (rule: Rule): Field => ({ required: true, rule });
export const may = (rule: Rule): Field => ({ required: false, rule });

/** An object with exactly these fields: the documents say that undocumented ones are refused. */
export const fields =
  (shape: Readonly<Record<string, Field>>): Rule =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw broken(path, '须为对象');
    const members = value as Readonly<Record<string, unknown>>;
    for (const name of Object.keys(members))
      if (!(name in shape)) throw paramError('请求中含有未在API文档中定义的参数');
    for (const [name, { required, rule }] of Object.entries(shape)) {
      const at = path === '' ? name : `${path}.${name}`;
      if (name in members) rule(members[name], at);
      else if (required) throw broken(at, '必填');
    }
  };

/** Text of 1 to `most` characters, of at most three UTF-8 bytes each. */
export const text =
  (most: number, pattern?: RegExp): Rule =>
  (value, path) => {
    if (typeof value !== 'string') throw broken(path, '须为字符串');
    if (value === '') throw broken(path, '不能为空');
    if ([...value].length > most) throw broken(path, `最长${most}个字符`);
    if (/[\u{10000}-\u{10FFFF}]/u.test(value)) throw broken(path, '仅支持1至3字节的UTF-8字符');
    if (pattern !== undefined && !pattern.test(value)) throw broken(path, '格式错误');
  };

export const oneOf =
  (...values: readonly string[]): Rule =>
  (value, path) => {
    if (typeof value !== 'string' || !values.includes(value)) throw broken(path, '枚举值错误');
  };

export const integer =
  (least: number, most: number): Rule =>
  (value, path) => {
    if (!Number.isSafeInteger(value)) throw broken(path, '须为整数');
    if ((value as number) < least || (value as number) > most) throw broken(path, '超出范围');
  };

/** An integer as it stands in a query string. */
export const digits =
  (least: number, most: number): Rule =>
  (value, path) => {
    if (typeof value !== 'string' || !/^\d{1,9}$/.test(value)) throw broken(path, '须为整数');
    integer(least, most)(Number(value), path);
  };

export const flag: Rule = (value, path) => {
  if (typeof value !== 'boolean') throw broken(path, '须为布尔值');
};

export const listOf =
  (rule: Rule, most = 1000): Rule =>
  (value, path) => {
    if (!Array.isArray(value)) throw broken(path, '须为数组');
    if (value.length > most) throw broken(path, `最多${most}项`);
    value.forEach((element, index) => {
      rule(element, `${path}[${index}]`);
    });
  };

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
export const time: Rule = (value, path) => {
  text(32)(value, path);
  if (!rfc3339.test(String(value)) || Number.isNaN(Date.parse(String(value))))
    throw paramError(`${path}:传入时间不符合RFC3339标准格式`);
};

export const color = text(7, /^#[0-9A-Fa-f]{6}$/);
export const url = text(256, /^https?:\/\/[^\s/]+\/\S*$/);

const broken = (path: string, what: string): Error => paramError(`参数错误:${path}${what}`);
