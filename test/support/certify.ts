import 'reflect-metadata';
import { createPrivateKey, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { systemClock } from '../../src/shared/clock';

const day = 86_400_000;
const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

export interface Certified {
  readonly privateKeyPem: string;
  /** Hex. */
  readonly serial: string;
  /** Days until it ends. Default: 20. */
  readonly days?: number;
  /** Whether it is that of an authority. Default: false. */
  readonly isAuthority?: boolean;
  /** IP addresses for which it is valid. Default: none. */
  readonly addresses?: readonly string[];
}

/** A self-signed certificate for the key, as PEM. */
export const certify = async ({
  privateKeyPem,
  serial,
  days = 20,
  isAuthority = false,
  addresses = [],
}: Certified): Promise<string> => {
  const key = createPrivateKey(privateKeyPem);
  const { kty, n, e } = key.export({ format: 'jwk' });
  const made = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serial,
      name: 'CN=1004',
      notBefore: new Date(systemClock.now() - 100 * day),
      notAfter: new Date(systemClock.now() + days * day),
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(isAuthority),
        ...(addresses.length === 0
          ? []
          : [new x509.SubjectAlternativeNameExtension(addresses.map((value) => ({ type: 'ip', value })))]),
      ],
      keys: {
        privateKey: await webcrypto.subtle.importKey(
          'pkcs8',
          key.export({ type: 'pkcs8', format: 'der' }),
          algorithm,
          true,
          ['sign'],
        ),
        publicKey: await webcrypto.subtle.importKey(
          'jwk',
          { kty: kty ?? '', n: n ?? '', e: e ?? '' },
          algorithm,
          true,
          ['verify'],
        ),
      },
    },
    webcrypto,
  );
  return made.toString('pem');
};
