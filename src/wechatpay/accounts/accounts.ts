import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import type { Call } from '../../traffic/calls/call';
import { isUnasked } from '../crypto/encryption';
import { createAccount, type Account, type OpenKey } from './account';
import { decryptionKeyMissing } from './decryption-key-missing';
import { createBrands, type Brands } from './brands';
import { createCredentialStates, type CredentialStates } from './credential-states';
import { createRouteChoice, credentialNames } from './route-choice';
import type { BrandCredential, Route, WechatPaySettings } from '../settings';

export interface Accounts extends CredentialStates {
  /** Throws MISCONFIGURED if there is none. */
  get(account: Call['account']): Account;
  /** The account that acts for the brand on one of the routes. Throws MISCONFIGURED if there is none. */
  of(brandId: string, routes: readonly Route[]): Call['account'];
  /** Called after a failure caused by the account. For one minute, brands on `auto` use another account if they can. */
  avoid(account: Call['account']): void;
  /** Decrypts a personal field of the brand's cards, whichever account it was encrypted for. Rejects as `unseal` of an account. */
  unseal(brandId: string, sealed: string): Promise<string>;
  readonly partner: Account | undefined;
  /** Those of brandCredentials, with their brand_ids. */
  readonly ofBrands: () => readonly (readonly [brandId: string, account: Account])[];
  readonly all: () => readonly Account[];
  readonly brands: Brands;
  /**
   * Takes over the brands of newly read settings, and adds or removes credentials of brands. Keys of credentials that stay are
   * replaced by `planRotation`.
   */
  take(settings: Pick<WechatPaySettings, 'brands' | 'brandCredentials'>): void;
}

export const createAccounts = (
  settings: WechatPaySettings,
  clock: Clock,
  openKey: OpenKey = noSigners,
): Accounts => {
  const { partner, brandCredentials } = settings;
  const brands = createBrands(settings.brands);
  const partnerAccount =
    partner && createAccount({ route: 'partner', id: partner.mchid, credential: partner, openKey }, clock);
  const brandAccount = (credential: BrandCredential): Account =>
    createAccount({ route: 'brand', id: credential.brandId, credential, openKey }, clock);
  let brandAccounts: ReadonlyMap<string, Account> = new Map(
    brandCredentials.map((credential) => [credential.brandId, brandAccount(credential)]),
  );
  const choice = createRouteChoice({
    routeOf: (brandId) => brands.get(brandId)?.route,
    accountIdOf: (route, brandId) =>
      route === 'partner' ? partner?.mchid : brandAccounts.has(brandId) ? brandId : undefined,
    clock,
  });

  const get: Accounts['get'] = ({ route, id }) => {
    const account =
      route === 'brand' ? brandAccounts.get(id) : id === partner?.mchid ? partnerAccount : undefined;
    if (account === undefined)
      throw new AppError('MISCONFIGURED', `configure ${credentialNames[route]} for ${id}`);
    return account;
  };

  const credentials = createCredentialStates({
    partner: () => (partner === undefined ? [] : [partner.mchid]),
    brand: () => [...brandAccounts.keys()],
  });

  return {
    get,
    ...credentials,
    of: (brandId, allowed) => choice.of(brandId, allowed),
    avoid(account) {
      choice.avoid(account);
    },
    async unseal(brandId, sealed) {
      const holders = choice.all(brandId).map(get);
      let failure: AppError | undefined;
      for (const holder of holders) {
        try {
          return await holder.unseal(sealed);
        } catch (error) {
          // On `auto`, the card may have been read by the other account and be encrypted for its key.
          if (isUnasked(error)) failure ??= error;
        }
      }
      throw failure ?? decryptionKeyMissing(choice.all(brandId).map(({ route }) => route));
    },
    partner: partnerAccount,
    brands,
    take(next) {
      brands.replace(next.brands);
      brandAccounts = new Map(
        next.brandCredentials.map((credential) => [
          credential.brandId,
          brandAccounts.get(credential.brandId) ?? brandAccount(credential),
        ]),
      );
    },
    ofBrands: () => [...brandAccounts],
    all: () => [...(partnerAccount === undefined ? [] : [partnerAccount]), ...brandAccounts.values()],
  };
};

const noSigners: OpenKey = () => {
  throw new AppError('MISCONFIGURED', 'keys in other processes are not available here');
};
