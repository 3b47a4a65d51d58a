import { finding, type Finding } from '../operating/finding';
import type { WechatPaySettings } from '../wechatpay/settings';

export interface CertificateState {
  /** Why the partner route can verify nothing; `undefined` if it can. */
  readonly missing: string | undefined;
  /** Ms since the Unix epoch. */
  readonly now: number;
}

/**
 * What readiness says of platform certificates. A missing one takes the process out of service only if every brand needs it;
 * an expired file beside a valid key is never used.
 */
export const certificateFindings = (
  { brands, brandCredentials, partner }: WechatPaySettings,
  { missing, now }: CertificateState,
): readonly Finding[] => {
  const usesPartner = ({ brandId, route }: (typeof brands)[number]): boolean =>
    route === 'partner' ||
    (route === 'auto' && !brandCredentials.some((credential) => credential.brandId === brandId));
  const expired = (partner?.platformCertificates ?? []).filter(({ notAfter }) => notAfter <= now);
  return [
    ...(missing === undefined
      ? []
      : [finding('certificate.missing', missing, brands.every(usesPartner) ? 'failing' : 'warning')]),
    ...expired.map(({ serial, notAfter }) =>
      finding(
        'certificate.ended',
        `the platform certificate ${serial} of partner.platformCertificateFiles ended at ${new Date(notAfter).toISOString()} and is not used; remove its file from the list`,
      ),
    ),
  ];
};
