/** What a caller may do with a brand. `write` and `pii` include `read`. */
export const brandActions = ['read', 'write', 'pii'] as const;
export type BrandAction = (typeof brandActions)[number];

/** `schema:read`: introspection and the schema's text. `admin`: operating the server; it opens no brand. */
export const serverScopes = ['schema:read', 'admin'] as const;
export type ServerScope = (typeof serverScopes)[number];

/** What one caller may do. Whatever was not given is denied. */
export interface Permissions {
  /** Whether the caller may do this with this brand. */
  may(action: BrandAction, brandId: string): boolean;
  /** Whether there could be any brand with which the caller may do this. */
  mayAnywhere(action: BrandAction): boolean;
  /** `admin` includes `schema:read`. */
  has(scope: ServerScope): boolean;
  /** The scopes, in order. Those who have the same text may do the same. */
  readonly text: string;
}

const brandScope = /^brand:(\*|[\w-]{1,32}):(read|write|pii)$/;
/** A wildcard is no brand's name, so no brand_id can ask for it. */
const everyBrand = '*';

export const isScope = (text: string): boolean =>
  brandScope.test(text) || serverScopes.some((scope) => scope === text);

/** Scopes that are none of ours (`openid`, another service's) give nothing. */
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
  return {
    may: (action, brandId) => brands[action].has(everyBrand) || brands[action].has(brandId),
    mayAnywhere: (action) => brands[action].size > 0,
    has: (scope) => server.has(scope) || server.has('admin'),
    text: [...given].filter(isScope).sort().join(' '),
  };
};
