import type { Permissions } from './permissions';

interface Brand {
  readonly brandId: string;
  readonly name: string;
}

/** The configured brands that one caller may access. */
export interface BrandAccess {
  /** For resolvers: brands that may not be read are not listed. */
  readonly brands: {
    get(brandId: string): Brand | undefined;
    all(): readonly Brand[];
    isWritable(brandId: string): boolean;
  };
  /** For calls: whether the brand is configured and the caller may access it. */
  readonly canAccess: (brandId: string, access: 'read' | 'write') => boolean;
  /** Whether the caller may see personal data of the brand's members in clear. */
  readonly canReadPersonalData: (brandId: string) => boolean;
}

export const brandAccessOf = (permissions: Permissions, brands: ReadonlyMap<string, Brand>): BrandAccess => {
  const canAccess: BrandAccess['canAccess'] = (brandId, access) =>
    brands.has(brandId) && permissions.may(access, brandId);
  return {
    brands: {
      get: (brandId) => (canAccess(brandId, 'read') ? brands.get(brandId) : undefined),
      all: () => [...brands.values()].filter(({ brandId }) => canAccess(brandId, 'read')),
      isWritable: (brandId) => canAccess(brandId, 'write'),
    },
    canAccess,
    canReadPersonalData: (brandId) => permissions.may('pii', brandId),
  };
};
