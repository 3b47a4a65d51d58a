import type { BrandSettings } from '../settings';

/** The configured brands, which may change while the server runs. Users hold this view, never a list. */
export interface Brands {
  /** `undefined` if it is not configured, or no longer. */
  get(brandId: string): BrandSettings | undefined;
  /** In the configuration's order. */
  all(): readonly BrandSettings[];
  has(brandId: string): boolean;
  replace(brands: readonly BrandSettings[]): void;
}

export const createBrands = (configured: readonly BrandSettings[]): Brands => {
  const byId = (brands: readonly BrandSettings[]): ReadonlyMap<string, BrandSettings> =>
    new Map(brands.map((brand) => [brand.brandId, brand]));
  let held = byId(configured);
  return {
    get: (brandId) => held.get(brandId),
    all: () => [...held.values()],
    has: (brandId) => held.has(brandId),
    replace(brands) {
      held = byId(brands);
    },
  };
};
