import { defaults, type BulkSettings } from './config';
import { members, problem, whole, type Setting } from './reader';

/** Files hold personal data, so neither they nor their results are kept for longer than a year. */
const maxDays = 365;

/** Reads how long files and results of bulk operations are kept. */
export const readBulk = (
  setting: Setting,
  { hasDatabase }: { readonly hasDatabase: boolean },
): BulkSettings => {
  if (setting.value !== undefined && !hasDatabase)
    problem(setting, 'needs the section database, in which files and results are kept; write it');
  const { retainFilesDays, retainResultsDays, retainPausedDays } = members(setting, [
    'retainFilesDays',
    'retainResultsDays',
    'retainPausedDays',
  ]);
  const days = (own: Setting, preset: number): number =>
    whole(own, { min: 1, max: maxDays, default: preset });
  return {
    retainFilesDays: days(retainFilesDays, defaults.bulk.retainFilesDays),
    retainResultsDays: days(retainResultsDays, defaults.bulk.retainResultsDays),
    retainPausedDays: days(retainPausedDays, defaults.bulk.retainPausedDays),
  };
};
