/** Wakes this process's subscribers of a brand. */
export interface Wakers {
  readonly subscribe: (brandId: string, wake: () => void) => () => void;
  readonly wake: (brandId: string) => void;
  /** Brands with subscribers. */
  readonly brandIds: () => readonly string[];
}

export const createWakers = (): Wakers => {
  const waiting = new Map<string, Set<() => void>>();
  return {
    subscribe(brandId, wake) {
      const ofBrand = waiting.get(brandId) ?? new Set();
      waiting.set(brandId, ofBrand.add(wake));
      return () => {
        ofBrand.delete(wake);
        if (ofBrand.size === 0 && waiting.get(brandId) === ofBrand) waiting.delete(brandId);
      };
    },
    wake(brandId) {
      for (const wake of [...(waiting.get(brandId) ?? [])]) wake();
    },
    brandIds: () => [...waiting.keys()],
  };
};
