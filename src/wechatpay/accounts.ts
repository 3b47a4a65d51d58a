import type { KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { AppError } from '../shared/errors';
import type { Clock } from '../shared/clock';
import type { Call } from '../traffic/call';
import { unseal } from './encryption';
import type {
  BrandCredential,
  PartnerCredential,
  PlatformCertificate,
  Route,
  WechatPayPublicKey,
  WechatPaySettings,
} from './settings';
import type { Signer } from './signature';

/** One identity at WeChat Pay with its keys. Keys may be replaced while calls run; each attempt asks anew. */
export interface Account {
  signer(): Signer;
  /** What seals personal fields, and its id for the Wechatpay-Serial header. Throws MISCONFIGURED where nothing does. */
  sealingKey(): WechatPayPublicKey;
  /** The id to name in Wechatpay-Serial; absent in platform-certificate mode without fields to seal. */
  publicKeyId(): string | undefined;
  /** By public-key id or upper-case hex certificate serial. */
  verifyingKey(serial: string): KeyObject | undefined;
  /** A personal field of an answer in clear. */
  unseal(sealed: string): string;
  /** APIv3 key or brand API key. */
  symmetricKey(): KeyObject | undefined;
  addCertificates(certificates: readonly PlatformCertificate[]): void;
  certificates(): readonly PlatformCertificate[];
}

export interface Accounts {
  get(account: Call['account']): Account;
  /** The account that acts for the brand on one of the routes. Throws MISCONFIGURED where there is none. */
  of(brandId: string, routes: readonly Route[]): Call['account'];
  readonly partner: Account | undefined;
}

export const createAccounts = (settings: WechatPaySettings, clock: Clock): Accounts => {
  const { partner, brandCredentials, brands } = settings;
  const partnerAccount =
    partner === undefined
      ? undefined
      : createAccount({ route: 'partner', id: partner.mchid, credential: partner }, clock);
  const brandAccounts = new Map(
    brandCredentials.map((credential) => [
      credential.brandId,
      createAccount({ route: 'brand', id: credential.brandId, credential }, clock),
    ]),
  );
  const routes = new Map(brands.map(({ brandId, route }) => [brandId, route]));

  const lookUp = ({ route, id }: Call['account']): Account | undefined =>
    route === 'brand' ? brandAccounts.get(id) : id === partner?.mchid ? partnerAccount : undefined;

  return {
    get(account) {
      const found = lookUp(account);
      if (found === undefined)
        throw new AppError('MISCONFIGURED', `no credential for the ${account.route} route`);
      return found;
    },
    of(brandId, allowed) {
      const preferred = routes.get(brandId);
      if (preferred === undefined) throw new AppError('NOT_FOUND', 'the brand is not configured');
      // An interface that the brand's own route lacks still works through the partner, where there is one.
      const route = allowed.includes(preferred) ? preferred : allowed[0];
      const account =
        route === 'brand' ? { route, id: brandId } : { route: 'partner' as const, id: partner?.mchid ?? '' };
      if (lookUp(account) !== undefined) return account;
      const needed = route === 'brand' ? `a credential of brand ${brandId}` : 'a partner credential';
      throw new AppError('MISCONFIGURED', `this interface needs ${needed}`, {
        publicMessage: [
          `This operation exists on WeChat Pay's ${route ?? 'other'} route only; the server has no credential for it.`,
          `该操作仅支持微信支付${route === 'partner' ? '服务商' : '品牌'}接口,服务器未配置相应凭证。`,
        ],
      });
    },
    partner: partnerAccount,
  };
};

interface Identity {
  readonly route: Route;
  readonly id: string;
  readonly credential: BrandCredential | PartnerCredential;
}

const createAccount = ({ route, id, credential }: Identity, clock: Clock): Account => {
  const { serial, privateKey, formerPrivateKeys, publicKeys } = credential;
  const certificates = new Map(
    ('platformCertificates' in credential ? credential.platformCertificates : []).map((certificate) => [
      certificate.serial,
      certificate,
    ]),
  );
  const symmetricKey = 'mchid' in credential ? credential.apiV3Key : credential.apiKey;

  /** The newest one seals (platform-certificate guide); expired ones do not. */
  const newestCertificate = (): PlatformCertificate | undefined =>
    [...certificates.values()]
      .filter(({ notBefore, notAfter }) => notBefore <= clock.now() && clock.now() < notAfter)
      .sort((a, b) => b.notBefore - a.notBefore)[0];

  const account: Account = {
    signer: () => ({ route, id, serial, privateKey }),
    sealingKey() {
      const certificate = newestCertificate();
      const key = publicKeys[0] ?? (certificate && { id: certificate.serial, key: certificate.key });
      if (key === undefined)
        throw new AppError('MISCONFIGURED', 'no WeChat Pay public key or platform certificate to seal with');
      return key;
    },
    publicKeyId: () => publicKeys[0]?.id,
    verifyingKey(wanted) {
      const certificate = certificates.get(wanted.toUpperCase());
      if (certificate !== undefined) return clock.now() < certificate.notAfter ? certificate.key : undefined;
      return publicKeys.find((key) => key.id === wanted)?.key;
    },
    unseal: (sealed) => unseal(sealed, [privateKey, ...formerPrivateKeys]),
    symmetricKey: () => symmetricKey,
    addCertificates(found) {
      for (const certificate of found) certificates.set(certificate.serial, certificate);
    },
    certificates: () => [...certificates.values()],
  };
  // Whatever prints an account prints no key.
  return Object.defineProperties(account, {
    toJSON: { value: () => '[redacted]' },
    [inspect.custom]: { value: () => '[redacted]' },
  });
};
