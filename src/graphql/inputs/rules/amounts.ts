import { indices, listRule, rule } from './rule';

export const Between = (min: number, max: number): PropertyDecorator =>
  rule({
    code: 'INVALID',
    en: `must be from ${min} to ${max}`,
    zh: `须在 ${min} 到 ${max} 之间`,
    holds: (value) => typeof value === 'number' && value >= min && value <= max,
  });

/** How many entries a list has. */
export const Count = (min: number, max: number): PropertyDecorator =>
  rule({
    code: 'INVALID',
    en: `must have ${min} to ${max} entries`,
    zh: `须有 ${min} 至 ${max} 项`,
    holds: (value) => Array.isArray(value) && value.length >= min && value.length <= max,
  });

/** No two entries have the same key; the later one is at fault. */
export const Distinct = (keyOf: (entry: never) => unknown): PropertyDecorator =>
  listRule({ code: 'INVALID', en: 'must not have an entry twice', zh: '不能有重复项' }, (list) => {
    const keys = list.map((entry) => keyOf(entry as never));
    return indices(keys, (key, index) => keys.indexOf(key) < index);
  });
