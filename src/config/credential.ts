import type { KeyObject } from 'node:crypto';
import type { SignerSettings, WechatPayPublicKey } from '../wechatpay/settings';
import { ownCertificate } from './certificates';
import { entries, members, problem, text, type Setting } from './reader';
import { isPairOf, privateKeyOf, publicKeyOf, secret, secretFile, type SecretSource } from './secrets';
import { serialOf } from './serial';
import { readSigner } from './signer';
import { defined } from '../shared/defined';

/** Where the paths and variables of a credential start, and the time. */
export interface CredentialOptions {
  readonly source: SecretSource;
  /** Ms since the Unix epoch. */
  readonly now: number;
}

export const credentialNames = [
  'serial',
  'privateKeyFile',
  'privateKeyEnv',
  'signer',
  'certificateFile',
  'formerPrivateKeyFiles',
  'publicKeys',
] as const;
export type CredentialSettings = Readonly<Record<(typeof credentialNames)[number], Setting>>;

/** Reads what credentials of brands and partners have in common. */
export const readCredential = (own: CredentialSettings, options: CredentialOptions) => {
  const localKey = own.signer.value === undefined ? readPrivateKey(own, options) : undefined;
  const certificate = ownCertificate(own.certificateFile, { ownKey: localKey, ...options });
  const privateKey = localKey ?? readRemoteKey(own, { ofCertificate: certificate?.key, ...options });
  const formerPrivateKeys = entries(own.formerPrivateKeyFiles).flatMap(
    (entry) => privateKeyOf(entry, secretFile(entry, options.source)) ?? [],
  );
  const publicKeys = entries(own.publicKeys).flatMap(
    (entry) => readPublicKey(entry, { ownKey: privateKey && ownHalf(privateKey), parts: options }) ?? [],
  );
  const serial = serialOf({ ...own, ofCertificate: certificate?.serial });
  if (serial === undefined || privateKey === undefined) return undefined;
  return {
    serial,
    privateKey,
    ...defined({ certificateNotAfter: certificate?.notAfter }),
    formerPrivateKeys,
    publicKeys,
  };
};

const readPrivateKey = (own: CredentialSettings, options: CredentialOptions): KeyObject | undefined =>
  privateKeyOf(own.privateKeyFile, secret({ byFile: own.privateKeyFile, byEnv: own.privateKeyEnv }, options));

/** The process that holds the private key of the certificate. */
const readRemoteKey = (
  own: CredentialSettings,
  { ofCertificate, source }: CredentialOptions & { readonly ofCertificate: KeyObject | undefined },
): SignerSettings | undefined => {
  // Its absence is a problem of the private key.
  if (own.signer.value === undefined) return undefined;
  for (const other of [own.privateKeyFile, own.privateKeyEnv])
    if (other.value !== undefined) problem(own.signer, `write only one of signer and ${other.path}`);
  if (own.certificateFile.value === undefined)
    problem(
      own.certificateFile,
      "is missing: with signer, every signature is verified by the certificate's key",
    );
  const signer = readSigner(own.signer, source);
  return signer === undefined || ofCertificate === undefined
    ? undefined
    : { ...signer, publicKey: ofCertificate };
};

/** The key by which our own certificate is told from WeChat Pay's. */
export const ownHalf = (privateKey: KeyObject | SignerSettings): KeyObject =>
  'url' in privateKey ? privateKey.publicKey : privateKey;

interface KeySource {
  /** Our own key, to detect its use in place of WeChat Pay's. */
  readonly ownKey: KeyObject | undefined;
  readonly parts: CredentialOptions;
}

const readPublicKey = (
  setting: Setting,
  { ownKey, parts: options }: KeySource,
): WechatPayPublicKey | undefined => {
  const own = members(setting, ['id', 'file', 'env', 'notAfter']);
  const id = text(own.id, { pattern: /^PUB_KEY_ID_\d{10,64}$/, as: 'PUB_KEY_ID_ followed by digits' });
  const key = publicKeyOf(own.file, secret({ byFile: own.file, byEnv: own.env }, options));
  if (key !== undefined && ownKey !== undefined && isPairOf(key, ownKey))
    return problem(own.file, "is the public half of your own key; it must be WeChat Pay's public key");
  const notAfter = dayOf(own.notAfter);
  return id === undefined || key === undefined ? undefined : { id, key, ...defined({ notAfter }) };
};

/** The start of a day in WeChat Pay's time zone, ms since the Unix epoch. */
const dayOf = (setting: Setting): number | undefined => {
  if (setting.value === undefined) return undefined;
  const day = text(setting, { pattern: /^\d{4}-\d{2}-\d{2}$/, as: 'a date such as 2027-01-31' });
  if (day === undefined) return undefined;
  const at = Date.parse(`${day}T00:00:00+08:00`);
  return Number.isNaN(at) ? problem(setting, 'must be a date such as 2027-01-31') : at;
};
