import type { PartnerCredential } from '../wechatpay/settings';
import { mchidRule } from './brands';
import { platformCertificates } from './certificates';
import { credentialNames, ownHalf, readCredential, type CredentialOptions } from './credential';
import { entries, members, problem, text, unique, type Setting } from './reader';
import { secret, symmetricKeyOf } from './secrets';
import { defined } from '../shared/defined';

const partnerNames = [
  'mchid',
  'apiV3KeyFile',
  'apiV3KeyEnv',
  'platformCertificateFiles',
  ...credentialNames,
] as const;

/** The partners of the configuration. */
export interface GivenPartners {
  /** The partner of brands that name none. */
  readonly partner: PartnerCredential | undefined;
  /** Those that brands name. */
  readonly partners: readonly PartnerCredential[];
  /** Whether there is a `partner`, though it may have a problem. */
  readonly hasUsual: boolean;
  /** Every mchid, as written. */
  readonly mchids: readonly unknown[];
}

/** Reads the sections `partner` and `partners`. */
export const readPartners = (
  { partner: usual, partners }: Readonly<Record<'partner' | 'partners', Setting>>,
  options: CredentialOptions,
): GivenPartners => {
  const given = [...(usual.value === undefined ? [] : [usual]), ...entries(partners)].map((setting) => ({
    setting,
    own: members(setting, partnerNames),
  }));
  unique(
    given.map(({ own }) => own.mchid),
    'partner',
  );
  const read = given.map(({ setting, own }) => readPartner(setting, own, options));
  const hasUsual = usual.value !== undefined;
  return {
    partner: hasUsual ? read[0] : undefined,
    partners: read.slice(hasUsual ? 1 : 0).flatMap((one) => one ?? []),
    hasUsual,
    mchids: given.map(({ own }) => own.mchid.value),
  };
};

const readPartner = (
  setting: Setting,
  own: Readonly<Record<(typeof partnerNames)[number], Setting>>,
  options: CredentialOptions,
): PartnerCredential | undefined => {
  const mchid = text(own.mchid, mchidRule);
  const credential = readCredential(own, options);
  const apiV3Key = symmetricKeyOf(
    own.apiV3KeyFile,
    secret({ byFile: own.apiV3KeyFile, byEnv: own.apiV3KeyEnv }, { ...options, optional: true }),
  );
  const certificates = entries(own.platformCertificateFiles).flatMap((entry) =>
    platformCertificates(entry, { ownKey: credential && ownHalf(credential.privateKey), ...options }),
  );
  if (certificates.some(({ serial }) => serial === credential?.serial))
    problem(own.serial, "is that of WeChat Pay's certificate; it must be that of your own API certificate");
  const hasKey =
    credential?.publicKeys.length !== 0 ||
    apiV3Key !== undefined ||
    certificates.some(({ notAfter }) => notAfter > options.now);
  if (!hasKey && certificates.length > 0)
    problem(own.platformCertificateFiles, 'lists expired certificates only; download the current one');
  else if (!hasKey)
    problem(
      setting,
      'needs publicKeys (id and file), or platformCertificateFiles, or apiV3KeyFile to download certificates',
    );
  if (mchid === undefined || credential === undefined) return undefined;
  return { mchid, ...credential, platformCertificates: certificates, ...defined({ apiV3Key }) };
};
