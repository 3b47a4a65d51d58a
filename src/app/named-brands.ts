import type { Config } from '../config/config';

/** What sections outside `brands` say of single brands. It applies without a restart, as brands themselves do. */
export const brandsNamedBy = {
  directory: ({ directory }: Pick<Config, 'directory'>) => directory?.brandIds,
  webhooks: ({ webhooks }: Pick<Config, 'webhooks'>) =>
    webhooks.map(({ id, brandIds }) => ({ id, brandIds })),
  auth: ({ auth }: Pick<Config, 'auth'>) => auth?.tokens?.members.openidClaims,
} as const;

/** The rest of these sections, which waits for a restart. */
export const besidesBrands = {
  directory: (directory: Config['directory']) => directory && { retainDays: directory.retainDays },
  webhooks: (webhooks: Config['webhooks']) => webhooks.map(({ brandIds: _, ...others }) => others),
  auth: (auth: Config['auth']) => {
    if (auth?.tokens === undefined) return auth;
    const { openidClaims: _, ...members } = auth.tokens.members;
    return { ...auth, tokens: { ...auth.tokens, members } };
  },
} as const;
