import { finding, type Finding } from '../operating/finding';
import { partnersIn } from '../wechatpay/accounts/accounts';
import type { WechatPaySettings } from '../wechatpay/settings';

export interface CertificateState {
  /** The partners that can verify nothing, by mchid, and why. */
  readonly missing: ReadonlyMap<string, string>;
  /** Ms since the Unix epoch. */
  readonly now: number;
}

/**
 * What readiness says of platform certificates. A missing one takes the process out of service only if every brand needs it;
 * an expired file beside a valid key is never used.
 */
export const certificateFindings = (
  settings: WechatPaySettings,
  { missing, now }: CertificateState,
): readonly Finding[] => {
  const { brands, brandCredentials, partner: usual } = settings;
  const partners = partnersIn(settings);
  const needsMissing = ({ brandId, route, partner = usual?.mchid }: (typeof brands)[number]): boolean =>
    missing.has(partner ?? '') &&
    (route === 'partner' ||
      (route === 'auto' && !brandCredentials.some((credential) => credential.brandId === brandId)));
  const expired = partners
    .flatMap(({ platformCertificates }) => platformCertificates)
    .filter(({ notAfter }) => notAfter <= now);
  const level = brands.every(needsMissing) ? 'failing' : 'warning';
  return [
    ...[...missing].map(([mchid, why]) =>
      finding('certificate.missing', partners.length > 1 ? `partner ${mchid}: ${why}` : why, level),
    ),
    ...expired.map(({ serial, notAfter }) =>
      finding(
        'certificate.ended',
        `the platform certificate ${serial} of partner.platformCertificateFiles ended at ${new Date(notAfter).toISOString()} and is not used; remove its file from the list`,
      ),
    ),
  ];
};
