import type { KeyObject } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { partnersIn, type Accounts } from './accounts';
import { isSamePair } from '../crypto/private-key';
import type { BrandCredential, PartnerCredential, WechatPaySettings } from '../settings';

/** The effect of changed settings. */
export interface Rotation {
  /** Identities whose keys change, and credentials that are added or removed, for the log. */
  readonly changed: readonly string[];
  /** Why the change must not be applied; empty if it may be. */
  readonly problems: readonly string[];
  /** Applies the change, and takes over brands and credentials. Every attempt that begins afterwards uses the new keys. */
  apply(accounts: Accounts): void;
}

type AnyCredential = BrandCredential | PartnerCredential;

/**
 * Compares the keys of the identities found both before and after. A new API certificate has a new serial number and a new
 * key. If only one of the two has changed, the other file is missing, and WeChat Pay would refuse every call.
 */
export const planRotation = (before: WechatPaySettings, after: WechatPaySettings): Rotation => {
  const known = new Map(credentialsOf(before).map((credential) => [nameOf(credential), credential]));
  const pairs = credentialsOf(after).flatMap((next) => {
    const held = known.get(nameOf(next));
    return held === undefined || isSame(held, next) ? [] : [{ held, next }];
  });
  return {
    changed: [...pairs.map(({ next }) => nameOf(next)), ...listed(before, after)],
    problems: pairs.flatMap(({ held, next }) => {
      const newKey = !isSamePair(held.privateKey, next.privateKey);
      const newSerial = held.serial !== next.serial;
      if (newKey === newSerial) return [];
      return newKey
        ? `${nameOf(next)}: the private key has changed but not the serial; change both, they belong to one certificate`
        : `${nameOf(next)}: the serial has changed but not the private key; change both, they belong to one certificate`;
    }),
    apply(accounts) {
      for (const { next } of pairs)
        accounts
          .get('mchid' in next ? { route: 'partner', id: next.mchid } : { route: 'brand', id: next.brandId })
          .replace(next);
      accounts.take(after);
    },
  };
};

/** Credentials that only one of the settings has. */
const listed = (before: WechatPaySettings, after: WechatPaySettings): readonly string[] => {
  const namesIn = (settings: WechatPaySettings): ReadonlySet<string> =>
    new Set(credentialsOf(settings).map(nameOf));
  const [held, next] = [namesIn(before), namesIn(after)];
  return [
    ...[...next].filter((name) => !held.has(name)).map((name) => `${name} added`),
    ...[...held].filter((name) => !next.has(name)).map((name) => `${name} removed`),
  ];
};

const credentialsOf = (settings: WechatPaySettings): readonly AnyCredential[] => [
  ...partnersIn(settings),
  ...settings.brandCredentials,
];

const nameOf = (credential: AnyCredential): string =>
  'mchid' in credential ? `partner ${credential.mchid}` : `brand ${credential.brandId}`;

const isSame = (a: AnyCredential, b: AnyCredential): boolean =>
  a.serial === b.serial &&
  a.certificateNotAfter === b.certificateNotAfter &&
  isSamePair(a.privateKey, b.privateKey) &&
  isDeepStrictEqual(signerOf(a), signerOf(b)) &&
  sameKeys(a.formerPrivateKeys, b.formerPrivateKeys) &&
  sameKeys(symmetricOf(a), symmetricOf(b)) &&
  sameKeys(
    a.publicKeys.map(({ key }) => key),
    b.publicKeys.map(({ key }) => key),
  ) &&
  JSON.stringify(a.publicKeys.map(({ id, notAfter }) => [id, notAfter])) ===
    JSON.stringify(b.publicKeys.map(({ id, notAfter }) => [id, notAfter])) &&
  certificatesOf(a) === certificatesOf(b);

/** How the key's process is reached; `undefined` if the key is in this one. */
const signerOf = ({ privateKey }: AnyCredential): unknown =>
  'url' in privateKey ? [privateKey.url, privateKey.timeoutMs, privateKey.token?.header] : undefined;

const symmetricOf = (credential: AnyCredential): readonly KeyObject[] => {
  const key = 'mchid' in credential ? credential.apiV3Key : credential.apiKey;
  return key === undefined ? [] : [key];
};

const certificatesOf = (credential: AnyCredential): string =>
  'mchid' in credential ? credential.platformCertificates.map(({ serial }) => serial).join() : '';

const sameKeys = (a: readonly KeyObject[], b: readonly KeyObject[]): boolean =>
  a.length === b.length && a.every((key, index) => b[index]?.equals(key) === true);
