import type { BrandCredential, PartnerCredential, PlatformCertificate } from '../settings';

/** A certificate or key that will stop working. */
export interface Expiry {
  readonly kind: 'API_CERTIFICATE' | 'PUBLIC_KEY' | 'PLATFORM_CERTIFICATE';
  /** Serial or public-key id. */
  readonly id: string;
  /** Unix time in ms. */
  readonly notAfter: number;
}

/**
 * What is known to end. Of several platform certificates or public keys only the one that ends last counts: with it the
 * account goes on. A public key ends where the configuration says so.
 */
export const expiriesOf = (
  credential: Pick<BrandCredential | PartnerCredential, 'serial' | 'certificateNotAfter' | 'publicKeys'>,
  certificates: readonly PlatformCertificate[],
): readonly Expiry[] => {
  const { serial, certificateNotAfter, publicKeys } = credential;
  const lastKey = publicKeys.reduce<(typeof publicKeys)[number] | undefined>(
    (last, key) => (endOf(key) > endOf(last) ? key : last),
    publicKeys[0],
  );
  const lastCertificate = certificates.toSorted((a, b) => a.notAfter - b.notAfter).at(-1);
  return [
    ...(certificateNotAfter === undefined
      ? []
      : [{ kind: 'API_CERTIFICATE' as const, id: serial, notAfter: certificateNotAfter }]),
    ...(lastKey?.notAfter === undefined
      ? []
      : [{ kind: 'PUBLIC_KEY' as const, id: lastKey.id, notAfter: lastKey.notAfter }]),
    // A public key takes the certificates' place.
    ...(lastCertificate === undefined || publicKeys.length > 0
      ? []
      : [
          {
            kind: 'PLATFORM_CERTIFICATE' as const,
            id: lastCertificate.serial,
            notAfter: lastCertificate.notAfter,
          },
        ]),
  ];
};

const endOf = (key: { readonly notAfter?: number } | undefined): number => key?.notAfter ?? Infinity;
