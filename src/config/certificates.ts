import { X509Certificate, type KeyObject } from 'node:crypto';
import type { PlatformCertificate } from '../wechatpay/settings';
import { toPlatformCertificate } from '../wechatpay/transport/certificates';
import { pemBlocks } from './pem';
import { problem, type Setting } from './reader';
import { isPairOf, secretFile, type SecretSource } from './secrets';

export interface CertificateSource {
  /** One half of our key: its certificate is ours, every other one WeChat Pay's. */
  readonly ownKey: KeyObject | undefined;
  readonly source: SecretSource;
}

/**
 * The certificates in the file, without those of the authorities that issued them. An expired one is returned too: readiness
 * warns of it. What was valid yesterday must not prevent a start today.
 */
const certificatesIn = (setting: Setting, source: SecretSource): readonly PlatformCertificate[] => {
  const content = secretFile(setting, source);
  if (content === undefined) return [];
  try {
    const all = pemBlocks(content)
      .filter(({ label }) => label.endsWith('CERTIFICATE'))
      .map(({ text }) => new X509Certificate(text));
    const leaves = all.filter(({ ca }) => !ca);
    const found = (leaves.length > 0 ? leaves : all).map((one) => toPlatformCertificate(one.toString()));
    if (found.length > 0) return found;
  } catch {
    // The parser's error is dropped because it may quote the file.
  }
  problem(setting, 'is not a certificate in PEM');
  return [];
};

/** Our API certificate: of several in the file, the one that belongs to the private key; without one, the first. */
export const ownCertificate = (
  setting: Setting,
  { ownKey, source }: CertificateSource,
): PlatformCertificate | undefined => {
  if (setting.value === undefined) return undefined;
  const found = certificatesIn(setting, source);
  if (ownKey === undefined || found.length === 0) return found[0];
  return (
    found.find(({ key }) => isPairOf(key, ownKey)) ??
    problem(setting, 'is not the certificate of the private key; the two must belong together')
  );
};

/** WeChat Pay's platform certificates: a file may hold several. */
export const platformCertificates = (
  setting: Setting,
  { ownKey, source }: CertificateSource,
): readonly PlatformCertificate[] => {
  const found = certificatesIn(setting, source);
  if (ownKey === undefined || !found.some(({ key }) => isPairOf(key, ownKey))) return found;
  problem(setting, "is your own certificate; it must be WeChat Pay's platform certificate");
  return [];
};
