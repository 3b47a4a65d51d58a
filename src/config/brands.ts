import type { BrandSettings } from '../wechatpay/settings';
import type { BrandFile } from './brand-files';
import { defined } from '../shared/defined';
import { readBrandBudget } from './budgets';
import { choice, entries, members, problem, text, unique, type Setting } from './reader';

export const brandIdRule = { pattern: /^[\w-]{1,32}$/, as: 'a brand_id of letters, digits, - and _' };

export const mchidRule = { pattern: /^\d{6,32}$/, as: 'the mchid of the service provider, digits' };

interface BrandsSource {
  readonly brandFiles: readonly BrandFile[];
  /** The brand_ids that have a credential of their own. */
  readonly withCredential: readonly unknown[];
  /** Whether there is a partner for brands that name none. */
  readonly hasPartner: boolean;
  /** The partners that brands can name. */
  readonly mchids: readonly unknown[];
}

/** Reads the list of brands, and those of the files. */
export const readBrands = (
  setting: Setting,
  { brandFiles, withCredential, hasPartner: hasUsualPartner, mchids }: BrandsSource,
): readonly BrandSettings[] => {
  const brands = [
    ...entries(setting, brandFiles.length === 0 ? 'one brand, or use brandsDirectory' : undefined).map(
      (entry) => members(entry, ['brandId', 'name', 'route', 'partner', 'limits', 'budget']),
    ),
    ...brandFiles.map(({ brand }) => brand),
  ];
  unique(
    brands.map(({ brandId }) => brandId),
    'brand',
  );
  return brands.flatMap(({ brandId, name, route, partner, limits, budget }) => {
    const id = text(brandId, brandIdRule);
    const shown = text(name, { as: "the brand's display name" });
    const parts = readBrandBudget({ limits, budget });
    const way = choice(route, ['brand', 'partner', 'auto']);
    const mchid = partner.value === undefined ? undefined : text(partner, mchidRule);
    if (mchid !== undefined && !mchids.includes(mchid))
      problem(partner, 'is not the mchid of partner or of an entry of partners');
    const hasPartner = hasUsualPartner || mchid !== undefined;
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
    return [{ brandId: id, name: shown, route: way, ...defined({ partner: mchid }), ...parts }];
  });
};
