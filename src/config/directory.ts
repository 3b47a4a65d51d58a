import { defaults, type Config } from './config';
import { entries, members, problem, text, unique, whole, type Setting } from './reader';

/** A person's data is not kept for longer than ten years without being seen. */
const maxDays = 3_650;

/** Reads whose members are recorded; absent without the section. */
export const readDirectory = (
  setting: Setting,
  { brandIds, hasDatabase }: { readonly brandIds: readonly string[]; readonly hasDatabase: boolean },
): Pick<Config, 'directory'> => {
  if (setting.value === undefined) return {};
  if (!hasDatabase) problem(setting, 'needs a database; add the section database');
  const { brands, retainDays } = members(setting, ['brands', 'retainDays']);
  return {
    directory: {
      brandIds: readBrands(brands, brandIds),
      retainDays: whole(retainDays, { min: 1, max: maxDays, default: defaults.directory.retainDays }),
    },
  };
};

const readBrands = (setting: Setting, brandIds: readonly string[]): readonly string[] => {
  if (setting.value === 'all') return brandIds;
  if (!Array.isArray(setting.value)) {
    problem(setting, 'must be all, or a list of brand_ids of the brands section');
    return [];
  }
  const listed = entries(setting, 'one brand_id of the brands section');
  unique(listed, 'brand');
  return listed.flatMap((entry) => {
    const brandId = text(entry, { as: 'a brand_id of the brands section' });
    if (brandId === undefined || brandIds.includes(brandId)) return brandId ?? [];
    problem(entry, `is not a brand of the brands section, which has ${brandIds.join(', ')}`);
    return [];
  });
};
