/** Actions on a brand. `write` and `pii` include `read`. */
export const brandActions = ['read', 'write', 'pii'] as const;
export type BrandAction = (typeof brandActions)[number];

/** `schema:read`: introspection and the schema's text. `admin`: server administration, without access to any brand. */
export const serverScopes = ['schema:read', 'admin'] as const;
export type ServerScope = (typeof serverScopes)[number];

/** A member: one user, who sees only their own data. */
export interface Member {
  /** The user's openid by brand. */
  readonly openids: ReadonlyMap<string, string>;
  /** The mutations that members may use, on their own data. */
  readonly mutations: readonly string[];
  /** Maximum number of open streams, and of sockets. */
  readonly maxStreams: number;
}

/** The permissions of one caller. Everything not granted is denied. */
export interface Permissions {
  /** Whether the caller may do this with this brand. */
  may(action: BrandAction, brandId: string): boolean;
  /** Whether the caller may do this with at least one brand. */
  mayAnywhere(action: BrandAction): boolean;
  /** `admin` includes `schema:read`. */
  has(scope: ServerScope): boolean;
  /** Present if the caller is a member; then `may` and `mayAnywhere` deny everything. See auth/member.ts. */
  readonly member?: Member;
  /** The scopes that grant something, in order. */
  readonly scopes: readonly string[];
  /** Callers with the same text have the same permissions. */
  readonly text: string;
}

/** Brands of a member's token. Not of a key: an API key names no openid. */
const memberScope = /^brand:[\w-]{1,32}:member$/;
const brandScope = /^brand:(\*|[\w-]{1,32}):(read|write|pii)$/;
/** Not a valid brand_id, so no request can name it. */
const everyBrand = '*';

export const isMemberScope = (text: string): boolean => memberScope.test(text);

/** Whether an API key may have the scope. */
export const isScope = (text: string): boolean =>
  brandScope.test(text) || serverScopes.some((scope) => scope === text);

/** Unknown scopes, such as `openid` or those of another service, grant nothing. */
export const permissionsOf = (scopes: Iterable<string>): Permissions => {
  const given = new Set(scopes);
  const brands = { read: new Set<string>(), write: new Set<string>(), pii: new Set<string>() };
  const server = new Set<string>();
  for (const scope of given) {
    const [, brandId, action] = brandScope.exec(scope) ?? [];
    if (brandId === undefined) server.add(scope);
    else {
      brands[action as BrandAction].add(brandId);
      brands.read.add(brandId);
    }
  }
  const effective = [...given].filter((scope) => isScope(scope) || isMemberScope(scope)).sort();
  return {
    may: (action, brandId) => brands[action].has(everyBrand) || brands[action].has(brandId),
    mayAnywhere: (action) => brands[action].size > 0,
    has: (scope) => server.has(scope) || server.has('admin'),
    scopes: effective,
    text: effective.join(' '),
  };
};
