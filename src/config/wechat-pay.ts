import type { KeyObject } from 'node:crypto';
import type {
  BrandCredential,
  PartnerCredential,
  SignerSettings,
  WechatPayPublicKey,
  WechatPaySettings,
} from '../wechatpay/settings';
import type { BrandFile } from './brand-files';
import { brandIdRule, readBrands } from './brands';
import { ownCertificate, platformCertificates } from './certificates';
import { defaults } from './config';
import { entries, flag, members, problem, text, unique, whole, type Setting } from './reader';
import {
  isPairOf,
  privateKeyOf,
  publicKeyOf,
  secret,
  secretFile,
  symmetricKeyOf,
  type SecretSource,
} from './secrets';
import { serialOf } from './serial';
import { readSigner } from './signer';
import { readAddress, readConnections, readLimits } from './upstream';
import { defined } from '../shared/defined';

export interface ReadOptions {
  readonly source: SecretSource;
  /** Ms since the Unix epoch. */
  readonly now: number;
  /** Further brands, each in a file of its own. Default: none. */
  readonly brandFiles?: readonly BrandFile[];
}

/** Reads the settings of WeChat Pay. Problems are collected in the settings. */
export const readWechatPay = (
  settings: Readonly<
    Record<
      'brands' | 'brandCredentials' | 'partner' | 'hosts' | 'timeouts' | 'connections' | 'limits',
      Setting
    >
  >,
  options: ReadOptions,
): WechatPaySettings => {
  const { brandFiles = [], ...here } = options;
  const credentials: readonly GivenCredential[] = [
    ...entries(settings.brandCredentials).map((entry) => ({
      own: members(entry, ['brandId', ...brandCredentialNames]),
      options: here,
    })),
    ...brandFiles.flatMap(({ brand, credential, source }) =>
      credential.value === undefined
        ? []
        : [
            {
              own: { ...members(credential, brandCredentialNames), brandId: brand.brandId },
              options: { ...here, source },
            },
          ],
    ),
  ];
  unique(
    credentials.map(({ own }) => own.brandId),
    'brand',
  );
  const partner = settings.partner.value === undefined ? undefined : readPartner(settings.partner, options);
  const hosts = members(settings.hosts, ['main', 'backup', 'relay']);
  const relay = flag(hosts.relay, false);
  const timeouts = members(settings.timeouts, ['connectMs', 'headersMs', 'bodyMs']);
  const ms = (setting: Setting, fallback: number) =>
    whole(setting, { min: 1, max: 60_000, default: fallback });
  return {
    brands: readBrands(settings.brands, {
      brandFiles,
      withCredential: credentials.map(({ own }) => own.brandId.value),
      hasPartner: settings.partner.value !== undefined,
    }),
    brandCredentials: credentials.flatMap(({ own, options: from }) => readBrandCredential(own, from) ?? []),
    ...defined({ partner }),
    hosts: {
      main: readAddress(hosts.main, { fallback: defaults.hosts.main, relay }),
      // With a relay, the real host is no second way: it may not be reachable at all.
      backup: readAddress(hosts.backup, { fallback: defaults.hosts.backup, relay }),
      ...(relay ? { relay } : {}),
    },
    timeouts: {
      connectMs: ms(timeouts.connectMs, defaults.timeouts.connectMs),
      headersMs: ms(timeouts.headersMs, defaults.timeouts.headersMs),
      bodyMs: ms(timeouts.bodyMs, defaults.timeouts.bodyMs),
    },
    connections: readConnections(settings.connections),
    limits: readLimits(settings.limits),
  };
};

const credentialNames = [
  'serial',
  'privateKeyFile',
  'privateKeyEnv',
  'signer',
  'certificateFile',
  'formerPrivateKeyFiles',
  'publicKeys',
] as const;
const brandCredentialNames = ['apiKeyFile', 'apiKeyEnv', ...credentialNames] as const;
type CredentialSettings = Readonly<Record<(typeof credentialNames)[number], Setting>>;

type BrandCredentialSettings = CredentialSettings &
  Readonly<Record<'brandId' | 'apiKeyFile' | 'apiKeyEnv', Setting>>;

/** A credential as written, and where its paths start. */
interface GivenCredential {
  readonly own: BrandCredentialSettings;
  readonly options: ReadOptions;
}

const readBrandCredential = (
  own: BrandCredentialSettings,
  options: ReadOptions,
): BrandCredential | undefined => {
  const brandId = text(own.brandId, brandIdRule);
  const credential = readCredential(own, options);
  if (credential?.publicKeys.length === 0)
    problem(own.publicKeys, 'the brand route needs at least one WeChat Pay public key (id and file)');
  const apiKey = symmetricKeyOf(
    own.apiKeyFile,
    secret({ byFile: own.apiKeyFile, byEnv: own.apiKeyEnv }, { ...options, optional: true }),
  );
  if (brandId === undefined || credential === undefined) return undefined;
  return { brandId, ...credential, ...defined({ apiKey }) };
};

const readPartner = (setting: Setting, options: ReadOptions): PartnerCredential | undefined => {
  const own = members(setting, [
    'mchid',
    'apiV3KeyFile',
    'apiV3KeyEnv',
    'platformCertificateFiles',
    ...credentialNames,
  ]);
  const mchid = text(own.mchid, { pattern: /^\d{6,32}$/, as: 'the mchid of the service provider, digits' });
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

const readCredential = (own: CredentialSettings, options: ReadOptions) => {
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

const readPrivateKey = (own: CredentialSettings, options: ReadOptions): KeyObject | undefined =>
  privateKeyOf(own.privateKeyFile, secret({ byFile: own.privateKeyFile, byEnv: own.privateKeyEnv }, options));

/** The process that holds the private key of the certificate. */
const readRemoteKey = (
  own: CredentialSettings,
  { ofCertificate, source }: ReadOptions & { readonly ofCertificate: KeyObject | undefined },
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
const ownHalf = (privateKey: KeyObject | SignerSettings): KeyObject =>
  'url' in privateKey ? privateKey.publicKey : privateKey;

interface KeySource {
  /** Our own key, to detect its use in place of WeChat Pay's. */
  readonly ownKey: KeyObject | undefined;
  readonly parts: ReadOptions;
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
