import type { KeyObject } from 'node:crypto';
import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import { redacted } from '../../shared/redacted';
import { unseal } from '../crypto/encryption';
import { isSamePair, type PrivateKey, type RemoteKey } from '../crypto/private-key';
import { expiriesOf, type Expiry } from './expiry';
import type {
  BrandCredential,
  PartnerCredential,
  PlatformCertificate,
  Route,
  SignerSettings,
  WechatPayPublicKey,
} from '../settings';
import type { Signer } from '../crypto/signature';
import { defined } from '../../shared/defined';

/** One identity at WeChat Pay with its keys. Keys may be replaced at any time; every attempt reads the current ones. */
export interface Account {
  signer(): Signer;
  /** The key that encrypts personal fields, and its id for Wechatpay-Serial. Throws MISCONFIGURED if there is none. */
  sealingKey(): WechatPayPublicKey;
  /**
   * The public-key id for Wechatpay-Serial when nothing is encrypted; `undefined` in platform-certificate mode. Throws
   * MISCONFIGURED if the brand route has none, because every request there must name one.
   */
  publicKeyId(): string | undefined;
  /** WeChat Pay's key by public-key id or hex certificate serial; `undefined` if unknown. */
  verifyingKey(serial: string): KeyObject | undefined;
  /** Decrypts a personal field of a response. Rejects as `unseal` of the crypto folder does. */
  unseal(sealed: string): Promise<string>;
  /** The current APIv3 key or brand API key, then the keys it replaced within the last 25 hours. */
  symmetricKeys(): readonly KeyObject[];
  addCertificates(certificates: readonly PlatformCertificate[]): void;
  certificates(): readonly PlatformCertificate[];
  /** Known expiry dates of certificates and keys. */
  expiries(): readonly Expiry[];
  /**
   * Replaces the keys of this identity. Downloaded certificates stay. Former private keys still decrypt. Former public keys
   * verify for another 10 minutes, for responses to requests that named them. The former API key opens notifications for
   * another 25 hours, because WeChat Pay redelivers for a day.
   */
  replace(credential: BrandCredential | PartnerCredential): void;
}

/** Makes the key that another process holds; `name` is `brand …` or `partner …`. */
export type OpenKey = (settings: SignerSettings, name: string) => RemoteKey;

interface AccountIdentity {
  readonly route: Route;
  readonly id: string;
  readonly credential: BrandCredential | PartnerCredential;
  readonly openKey: OpenKey;
}

export const createAccount = ({ route, id, credential, openKey }: AccountIdentity, clock: Clock): Account => {
  const open = (signer: SignerSettings): RemoteKey => openKey(signer, `${route} ${id}`);
  // Replaced as a whole, so that no attempt combines one key's serial with another key's bytes.
  let keys = keysOf(credential, open);
  let former: { readonly publicKeys: readonly WechatPayPublicKey[]; readonly until: number } = {
    publicKeys: [],
    until: 0,
  };
  let formerSymmetric: readonly { readonly key: KeyObject; readonly until: number }[] = [];

  const isValid = ({ notBefore, notAfter }: PlatformCertificate): boolean =>
    notBefore <= clock.wallNow() && clock.wallNow() < notAfter;
  /** The newest certificate encrypts (partner 4012715700). */
  const sealingCertificate = (): WechatPayPublicKey | undefined => {
    const [newest] = [...keys.certificates.values()]
      .filter(isValid)
      .sort((a, b) => b.notBefore - a.notBefore);
    return newest && { id: newest.serial, key: newest.key };
  };

  const account: Account = {
    signer: () => ({ route, id, serial: keys.serial, privateKey: keys.privateKey }),
    sealingKey() {
      const key = keys.publicKeys[0] ?? sealingCertificate();
      if (key === undefined)
        throw new AppError(
          'MISCONFIGURED',
          `no key to encrypt personal fields with; configure publicKeys of the ${route} ${id}`,
        );
      return key;
    },
    publicKeyId: () => (route === 'brand' ? account.sealingKey().id : keys.publicKeys[0]?.id),
    verifyingKey(serial) {
      const certificate = keys.certificates.get(serial.toUpperCase());
      return certificate !== undefined && isValid(certificate)
        ? certificate.key
        : [...keys.publicKeys, ...(clock.now() < former.until ? former.publicKeys : [])].find(
            (key) => key.id === serial,
          )?.key;
    },
    unseal: (sealed) => unseal(sealed, [keys.privateKey, ...keys.formerPrivateKeys]),
    symmetricKeys: () => [
      ...(keys.symmetricKey === undefined ? [] : [keys.symmetricKey]),
      ...formerSymmetric.filter(({ until }) => clock.now() < until).map(({ key }) => key),
    ],
    addCertificates(found) {
      keys = { ...keys, certificates: merge(keys.certificates, found) };
    },
    certificates: () => [...keys.certificates.values()],
    expiries: () => expiriesOf(keys, [...keys.certificates.values()]),
    replace(next) {
      const fresh = keysOf(next, open);
      former = { publicKeys: keys.publicKeys, until: clock.now() + formerPublicKeyMs };
      const replaced = keys.symmetricKey;
      if (replaced !== undefined && fresh.symmetricKey?.equals(replaced) !== true)
        formerSymmetric = [
          { key: replaced, until: clock.now() + formerSymmetricKeyMs },
          ...formerSymmetric,
        ].slice(0, maxFormerKeys);
      keys = {
        ...fresh,
        formerPrivateKeys: formerOf(fresh, keys),
        certificates: merge(keys.certificates, [...fresh.certificates.values()]),
      };
    },
  };
  // Redacted, so that printing an account prints no key.
  return redacted(account);
};

type Certificates = ReadonlyMap<string, PlatformCertificate>;

const keysOf = (
  credential: BrandCredential | PartnerCredential,
  open: (signer: SignerSettings) => RemoteKey,
) => {
  const { serial, certificateNotAfter, publicKeys } = credential;
  const privateKey: PrivateKey =
    'url' in credential.privateKey ? open(credential.privateKey) : credential.privateKey;
  const formerPrivateKeys: readonly PrivateKey[] = credential.formerPrivateKeys;
  const [symmetricKey, certificates] =
    'mchid' in credential ? [credential.apiV3Key, credential.platformCertificates] : [credential.apiKey, []];
  return {
    serial,
    privateKey,
    ...defined({ certificateNotAfter }),
    formerPrivateKeys,
    publicKeys,
    symmetricKey,
    certificates: merge(new Map(), certificates),
  };
};

/** Responses to requests made before a change of public keys have arrived by then, ms. */
const formerPublicKeyMs = 600_000;
/** The last redelivery of a notification comes a day after the first (WeChat Pay's notification schedule), ms. */
const formerSymmetricKeyMs = 25 * 3_600_000;
/** Each former key costs one decryption attempt when the newer ones fail. */
const maxFormerKeys = 8;

type PrivateKeys = Pick<ReturnType<typeof keysOf>, 'privateKey' | 'formerPrivateKeys'>;

/** The former keys in the configuration, then the keys used until now, newest first. */
const formerOf = (fresh: PrivateKeys, held: PrivateKeys): readonly PrivateKey[] =>
  [...fresh.formerPrivateKeys, held.privateKey, ...held.formerPrivateKeys]
    .filter(
      (key, index, all) =>
        !isSamePair(key, fresh.privateKey) && all.findIndex((other) => isSamePair(other, key)) === index,
    )
    .slice(0, maxFormerKeys);

const merge = (held: Certificates, found: readonly PlatformCertificate[]): Certificates =>
  new Map([...held, ...found.map((certificate) => [certificate.serial, certificate] as const)]);
