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
 * Known expiry dates. Of several platform certificates or public keys only the one that ends last counts, because the
 * account works until then. A public key ends on the date in the configuration.
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
    // With a public key, platform certificates are not used.
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
