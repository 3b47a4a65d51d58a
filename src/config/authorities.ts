import { X509Certificate } from 'node:crypto';
import { pemBlocks } from './pem';
import { problem, type Setting } from './reader';
import { secretFile, type SecretSource } from './secrets';

/** Reads a file of certificates in PEM to trust. */
export const readAuthorities = (setting: Setting, source: SecretSource): readonly string[] => {
  const content = secretFile(setting, source);
  if (content === undefined) return [];
  const certificates = pemBlocks(content).filter(({ label }) => label === 'CERTIFICATE');
  if (certificates.length === 0) {
    problem(setting, 'holds no certificate in PEM; it must list the authorities to trust');
    return [];
  }
  return certificates.flatMap(({ text: pem }, index) => {
    try {
      return [new X509Certificate(pem).toString()];
    } catch {
      problem(setting, `has a certificate that cannot be read (number ${index + 1})`);
      return [];
    }
  });
};
