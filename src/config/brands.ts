import type { BrandSettings } from '../wechatpay/settings';
import type { BrandFile } from './brand-files';
import { readBrandBudget } from './budgets';
import { choice, entries, members, problem, text, unique, type Setting } from './reader';

export const brandIdRule = { pattern: /^[\w-]{1,32}$/, as: 'a brand_id of letters, digits, - and _' };

interface BrandsSource {
  readonly brandFiles: readonly BrandFile[];
  /** The brand_ids that have a credential of their own. */
  readonly withCredential: readonly unknown[];
  readonly hasPartner: boolean;
}

/** Reads the list of brands, and those of the files. */
export const readBrands = (
  setting: Setting,
  { brandFiles, withCredential, hasPartner }: BrandsSource,
): readonly BrandSettings[] => {
  const brands = [
    ...entries(setting, brandFiles.length === 0 ? 'one brand, or use brandsDirectory' : undefined).map(
      (entry) => members(entry, ['brandId', 'name', 'route', 'limits', 'budget']),
    ),
    ...brandFiles.map(({ brand }) => brand),
  ];
  unique(
    brands.map(({ brandId }) => brandId),
    'brand',
  );
  return brands.flatMap(({ brandId, name, route, limits, budget }) => {
    const id = text(brandId, brandIdRule);
    const shown = text(name, { as: "the brand's display name" });
    const parts = readBrandBudget({ limits, budget });
    const way = choice(route, ['brand', 'partner', 'auto']);
    if (id === undefined || shown === undefined || way === undefined) return [];
    if (way === 'brand' && !withCredential.includes(id))
      problem(route, `"brand" needs an entry for ${id} under brandCredentials; add one, or write "partner"`);
    if (way === 'partner' && !hasPartner)
      problem(route, '"partner" needs the partner section; add it, or write "brand"');
    if (way === 'auto' && !hasPartner && !withCredential.includes(id))
      problem(
        route,
        `"auto" needs the partner section or an entry for ${id} under brandCredentials; add one`,
      );
    return [{ brandId: id, name: shown, route: way, ...parts }];
  });
};
