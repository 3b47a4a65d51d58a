import { lengths } from '../documents/common-fields';
import type { RuleOverrides } from '../documents/field-rule';
import {
  defaults,
  type ConfirmSettings,
  type NotificationSettings,
  type SubscriptionSettings,
} from './config';
import { entries, flag, members, problem, text, unique, whole, type Setting } from './reader';
import { defined } from '../shared/defined';

const pathRule = { pattern: /^(\/[\w.~-]+)+$/, as: `a path such as ${defaults.notifications.path}` };
/** Paths of callers, below `http.basePath`. */
const ofCallers = /^(\/(graphql(\/.*)?|images|schema\.graphql|explorer(\/.*)?)?)?$/;
const probes = /^\/(livez|readyz)$/;

/** Whether a path of the public port serves something else. */
const isTaken = (path: string, basePath: string): boolean =>
  probes.test(path) || (path.startsWith(basePath) && ofCallers.test(path.slice(basePath.length)));

/** Reads how WeChat Pay's notifications are handled. Problems are collected in the setting. */
export const readNotifications = (
  setting: Setting,
  {
    brandIds,
    rules,
    basePath,
  }: {
    readonly brandIds: readonly string[];
    readonly rules: RuleOverrides;
    readonly basePath: string;
  },
): NotificationSettings => {
  const maxLevel = rules.CONFIRM_USER_CARD?.level?.maxLength ?? lengths.level;
  const { path, confirm } = members(setting, ['path', 'confirm']);
  const brands = entries(confirm).map((entry) => members(entry, ['brandId', 'level', 'allocateCodes']));
  unique(
    brands.map(({ brandId }) => brandId),
    'brand',
  );
  if (typeof path.value === 'string' && isTaken(path.value, basePath))
    problem(path, 'is taken by another function of the server; choose another path');
  return {
    path: path.value === undefined ? defaults.notifications.path : (text(path, pathRule) ?? ''),
    confirm: brands.flatMap(({ brandId, level, allocateCodes }): readonly ConfirmSettings[] => {
      const id = text(brandId, { as: 'a brand_id of the brands section' });
      if (id !== undefined && !brandIds.includes(id))
        problem(brandId, `is not a brand of the brands section, which has ${brandIds.join(', ')}`);
      const given =
        level.value === undefined
          ? undefined
          : text(level, {
              pattern: new RegExp(`^.{1,${maxLevel}}$`, 'u'),
              as: `a level of at most ${maxLevel} characters`,
            });
      if (id === undefined) return [];
      return [
        {
          brandId: id,
          allocateCodes: flag(allocateCodes, false),
          ...defined({ level: given }),
        },
      ];
    }),
  };
};

export const readSubscriptions = (setting: Setting): SubscriptionSettings => {
  const own = members(setting, ['keptEvents', 'maxStreams', 'maxStreamsPerCaller']);
  const { keptEvents, maxStreams, maxStreamsPerCaller } = defaults.subscriptions;
  return {
    keptEvents: whole(own.keptEvents, { min: 1_000, max: 10_000_000, default: keptEvents }),
    maxStreams: whole(own.maxStreams, { min: 1, max: 9_000, default: maxStreams }),
    maxStreamsPerCaller: whole(own.maxStreamsPerCaller, {
      min: 1,
      max: 9_000,
      default: maxStreamsPerCaller,
    }),
  };
};
