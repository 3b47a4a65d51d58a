/** The brands whose cards are recorded; they may change while the server runs. Users hold this view, never a list. */
export interface CoveredBrands {
  readonly has: (brandId: string) => boolean;
  readonly ids: () => readonly string[];
  /** Since when this process records the brand, ms since the Unix epoch. For another brand: from now on. */
  readonly since: (brandId: string) => number;
  /** Takes over newly read settings. */
  readonly replace: (brandIds: readonly string[]) => void;
}

export const createCoveredBrands = (brandIds: readonly string[], wallNow: () => number): CoveredBrands => {
  let covered: ReadonlyMap<string, number> = new Map();
  const replace: CoveredBrands['replace'] = (next) => {
    const now = wallNow();
    covered = new Map(next.map((brandId) => [brandId, covered.get(brandId) ?? now]));
  };
  replace(brandIds);
  return {
    has: (brandId) => covered.has(brandId),
    ids: () => [...covered.keys()],
    since: (brandId) => covered.get(brandId) ?? wallNow(),
    replace,
  };
};
