import type { Permissions } from './permissions';

interface Brand {
  readonly brandId: string;
  readonly name: string;
}

/** The configured brands as one caller sees them. */
export interface Reach {
  /** For resolvers: a brand that may not be read is not there. */
  readonly brands: {
    get(brandId: string): Brand | undefined;
    all(): readonly Brand[];
    isWritable(brandId: string): boolean;
  };
  /** For every call, whoever makes it. */
  readonly mayReach: (brandId: string, access: 'read' | 'write') => boolean;
  /** Whether personal data of the brand's members may be seen in clear. */
  readonly maySee: (brandId: string) => boolean;
}

export const reachOf = (permissions: Permissions, brands: ReadonlyMap<string, Brand>): Reach => {
  const mayReach: Reach['mayReach'] = (brandId, access) =>
    brands.has(brandId) && permissions.may(access, brandId);
  return {
    brands: {
      get: (brandId) => (mayReach(brandId, 'read') ? brands.get(brandId) : undefined),
      all: () => [...brands.values()].filter(({ brandId }) => mayReach(brandId, 'read')),
      isWritable: (brandId) => mayReach(brandId, 'write'),
    },
    mayReach,
    maySee: (brandId) => permissions.may('pii', brandId),
  };
};
