import type { DataOwner } from '../shared/data-owner';
import type { Member, Permissions } from './permissions';
import type { MemberSettings } from './settings';

/** Why the token of a member is refused. Names settings and claims, never a value of the token. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

const memberScope = /^brand:(\*|[\w-]{1,32}):member$/;
const staffScope = /^(brand:.*:(read|write|pii)|admin)$/;
const openidForm = /^[\w-]{1,128}$/;

/**
 * The member that a token identifies; `undefined` if none of its scopes is a member's. Throws TokenRefused if the token does not
 * name exactly one user in each of its brands, or also has a scope for staff: a caller is either a member or staff.
 */
export const memberOf = (
  scopes: readonly string[],
  claims: Readonly<Record<string, unknown>>,
  { openidClaim, openidClaims, mutations, maxStreams }: MemberSettings,
): Member | undefined => {
  const brandIds = scopes.flatMap((scope) => memberScope.exec(scope)?.[1] ?? []);
  if (brandIds.length === 0) return undefined;
  if (brandIds.includes('*'))
    throw new TokenRefused('brand:*:member is not a scope; a token names each brand');
  if (scopes.some((scope) => staffScope.test(scope)))
    throw new TokenRefused('the token has scopes of a member and of staff; issue one token for each');
  const openids = new Map(
    brandIds.map((brandId) => {
      const claim = openidClaims.get(brandId) ?? openidClaim;
      const openid = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
      if (openid === undefined)
        throw new TokenRefused(`the token has a scope of a member, but no claim ${claim} with the openid`);
      if (typeof openid !== 'string' || !openidForm.test(openid))
        throw new TokenRefused(`the claim ${claim} is not an openid`);
      return [brandId, openid] as const;
    }),
  );
  return { openids, mutations, maxStreams };
};

export interface DataAccess {
  readonly brandId: string;
  readonly access: 'read' | 'write';
  readonly owner: DataOwner;
}

/**
 * The one rule of what a member may do. Every call is checked by it, whichever field, list, id, event or mutation makes it: a
 * member reads what the brand shows to everyone, and reads and changes their own data.
 */
export const mayAsMember = (
  { openids, mutations }: Member,
  { brandId, access, owner }: DataAccess,
): boolean => {
  const openid = openids.get(brandId);
  if (openid === undefined || owner === 'brand') return false;
  if (owner === 'everyone') return access === 'read';
  return owner.user === openid && (access === 'read' || mutations.length > 0);
};

/** The permissions of a member: none of staff, so that whatever was not written for members is closed to them. */
export const permissionsOfMember = (granted: Permissions, member: Member): Permissions => ({
  ...granted,
  member,
  // The openids are part of it: two members of one brand do not have the same permissions.
  text: JSON.stringify([granted.text, [...member.openids].sort()]),
});
