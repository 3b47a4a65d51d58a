import { indices, listRule, rule } from './rule';

export const Between = (least: number, most: number): PropertyDecorator =>
  rule({
    code: 'INVALID',
    en: `must be from ${least} to ${most}`,
    zh: `须在 ${least} 到 ${most} 之间`,
    holds: (value) => typeof value === 'number' && value >= least && value <= most,
  });

/** How many entries a list has. */
export const Count = (least: number, most: number): PropertyDecorator =>
  rule({
    code: 'INVALID',
    en: `must have ${least} to ${most} entries`,
    zh: `须有 ${least} 至 ${most} 项`,
    holds: (value) => Array.isArray(value) && value.length >= least && value.length <= most,
  });

/** No two entries have the same key; the later one is at fault. */
export const Distinct = (keyOf: (entry: never) => unknown): PropertyDecorator =>
  listRule({ code: 'INVALID', en: 'must not have an entry twice', zh: '不能有重复项' }, (list) => {
    const keys = list.map((entry) => keyOf(entry as never));
    return indices(keys, (key, index) => keys.indexOf(key) < index);
  });
