import type { DataOwner } from '../shared/data-owner';
import { mayAsMember } from './member';
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
  /** For calls and events: whether the brand is configured, and the caller may access this data of it. */
  readonly canAccess: (brandId: string, access: 'read' | 'write', owner: DataOwner) => boolean;
  /** Whether the caller may see personal data of this user in clear. */
  readonly canReadPersonalData: (brandId: string, openid: string) => boolean;
}

/** The configured brands, as they are at the moment of each question. */
export interface ConfiguredBrands {
  get(brandId: string): Brand | undefined;
  all(): readonly Brand[];
}

export const brandAccessOf = (permissions: Permissions, brands: ConfiguredBrands): BrandAccess => {
  const { member } = permissions;
  const canAccess: BrandAccess['canAccess'] = (brandId, access, owner) =>
    brands.get(brandId) !== undefined &&
    (member === undefined
      ? permissions.may(access, brandId)
      : mayAsMember(member, { brandId, access, owner }));
  /** Of a member, whether there is anything to write at all. Each write is checked again, with its owner. */
  const ownIn = (brandId: string): DataOwner => ({ user: member?.openids.get(brandId) ?? '' });
  return {
    brands: {
      get: (brandId) => (canAccess(brandId, 'read', 'everyone') ? brands.get(brandId) : undefined),
      all: () => brands.all().filter(({ brandId }) => canAccess(brandId, 'read', 'everyone')),
      isWritable: (brandId) => canAccess(brandId, 'write', ownIn(brandId)),
    },
    canAccess,
    canReadPersonalData: (brandId, openid) =>
      member === undefined ? permissions.may('pii', brandId) : canAccess(brandId, 'read', { user: openid }),
  };
};
