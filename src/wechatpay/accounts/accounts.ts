import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import type { Call } from '../../traffic/calls/call';
import { isUnasked } from '../crypto/encryption';
import { createAccount, type Account, type OpenKey } from './account';
import { decryptionKeyMissing } from './decryption-key-missing';
import { createBrands, type Brands } from './brands';
import { createCredentialStates, type CredentialStates } from './credential-states';
import { createRouteChoice, credentialNames } from './route-choice';
import type { BrandCredential, PartnerCredential, Route, WechatPaySettings } from '../settings';

export interface Accounts extends CredentialStates {
  /** Throws MISCONFIGURED if there is none. */
  get(account: Call['account']): Account;
  /** The account that acts for the brand on one of the routes. Throws MISCONFIGURED if there is none. */
  of(brandId: string, routes: readonly Route[]): Call['account'];
  /** Called after a failure caused by the account. For one minute, brands on `auto` use another account if they can. */
  avoid(account: Call['account']): void;
  /** Decrypts a personal field of the brand's cards, whichever account it was encrypted for. Rejects as `unseal` of an account. */
  unseal(brandId: string, sealed: string): Promise<string>;
  readonly partners: () => readonly Account[];
  /** The mchid of the partner that the brand has; `undefined` without one, or if the brand is not configured. */
  readonly partnerOf: (brandId: string) => string | undefined;
  /** Calls back with every partner that is added later. */
  readonly onPartnerAdded: (listener: (account: Account) => void) => void;
  /** Those of brandCredentials, with their brand_ids. */
  readonly ofBrands: () => readonly (readonly [brandId: string, account: Account])[];
  readonly all: () => readonly Account[];
  readonly brands: Brands;
  /**
   * Takes over the brands of newly read settings, and adds or removes credentials of brands and partners. Keys of credentials that
   * stay are replaced by `planRotation`.
   */
  take(settings: Pick<WechatPaySettings, 'brands' | 'brandCredentials' | 'partner' | 'partners'>): void;
}

export const createAccounts = (
  settings: WechatPaySettings,
  clock: Clock,
  openKey: OpenKey = noSigners,
): Accounts => {
  const { brandCredentials } = settings;
  const brands = createBrands(settings.brands);
  const partnerAccount = (credential: PartnerCredential): Account =>
    createAccount({ route: 'partner', id: credential.mchid, credential, openKey }, clock);
  let partnerAccounts: ReadonlyMap<string, Account> = new Map(
    partnersIn(settings).map((credential) => [credential.mchid, partnerAccount(credential)]),
  );
  /** The partner of brands that name none. */
  let usualPartner = settings.partner?.mchid;
  const listeners: ((account: Account) => void)[] = [];
  const partnerOf = (brandId: string): string | undefined => {
    const brand = brands.get(brandId);
    const mchid = brand && (brand.partner ?? usualPartner);
    return mchid !== undefined && partnerAccounts.has(mchid) ? mchid : undefined;
  };
  const brandAccount = (credential: BrandCredential): Account =>
    createAccount({ route: 'brand', id: credential.brandId, credential, openKey }, clock);
  let brandAccounts: ReadonlyMap<string, Account> = new Map(
    brandCredentials.map((credential) => [credential.brandId, brandAccount(credential)]),
  );
  const choice = createRouteChoice({
    routeOf: (brandId) => brands.get(brandId)?.route,
    accountIdOf: (route, brandId) =>
      route === 'partner' ? partnerOf(brandId) : brandAccounts.has(brandId) ? brandId : undefined,
    clock,
  });

  const get: Accounts['get'] = ({ route, id }) => {
    const account = (route === 'brand' ? brandAccounts : partnerAccounts).get(id);
    if (account === undefined)
      throw new AppError('MISCONFIGURED', `configure ${credentialNames[route]} for ${id}`);
    return account;
  };

  const credentials = createCredentialStates({
    partner: () => [...partnerAccounts.keys()],
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
    partners: () => [...partnerAccounts.values()],
    partnerOf,
    onPartnerAdded(listener) {
      listeners.push(listener);
    },
    brands,
    take(next) {
      brands.replace(next.brands);
      const held = partnerAccounts;
      usualPartner = next.partner?.mchid;
      partnerAccounts = new Map(
        partnersIn(next).map((credential) => [
          credential.mchid,
          held.get(credential.mchid) ?? partnerAccount(credential),
        ]),
      );
      brandAccounts = new Map(
        next.brandCredentials.map((credential) => [
          credential.brandId,
          brandAccounts.get(credential.brandId) ?? brandAccount(credential),
        ]),
      );
      for (const [mchid, account] of partnerAccounts)
        if (!held.has(mchid)) for (const listener of listeners) listener(account);
    },
    ofBrands: () => [...brandAccounts],
    all: () => [...partnerAccounts.values(), ...brandAccounts.values()],
  };
};

/** All partners of the settings. */
export const partnersIn = ({
  partner,
  partners = [],
}: Pick<WechatPaySettings, 'partner' | 'partners'>): readonly PartnerCredential[] => [
  ...(partner === undefined ? [] : [partner]),
  ...partners,
];

const noSigners: OpenKey = () => {
  throw new AppError('MISCONFIGURED', 'keys in other processes are not available here');
};
