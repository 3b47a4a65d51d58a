import type { KeyObject } from 'node:crypto';
import { interfaceNames } from '../wechatpay/interfaces';
import type {
  BrandCredential,
  BrandSettings,
  PartnerCredential,
  WechatPayPublicKey,
  WechatPaySettings,
} from '../wechatpay/settings';
import { defaults } from './config';
import { isLoopback } from './exposure';
import {
  choice,
  entries,
  mapping,
  members,
  numeric,
  problem,
  text,
  unique,
  whole,
  type Setting,
} from './reader';
import {
  certificateOf,
  isPairOf,
  privateKeyOf,
  publicKeyOf,
  secret,
  secretFile,
  symmetricKeyOf,
  type SecretSource,
} from './secrets';

const serialRule = { pattern: /^[0-9A-F]{8,64}$/i, as: 'the serial number of the API certificate, in hex' };
const brandIdRule = { pattern: /^[\w-]{1,32}$/, as: 'a brand_id of letters, digits, - and _' };

export interface ReadParts {
  readonly source: SecretSource;
  /** Clock time in ms. */
  readonly now: number;
}

/** The part of the configuration that is about WeChat Pay. Problems are collected in the settings. */
export const readWechatPay = (
  settings: Readonly<
    Record<'brands' | 'brandCredentials' | 'partner' | 'hosts' | 'timeouts' | 'limits', Setting>
  >,
  parts: ReadParts,
): WechatPaySettings => {
  const credentials = entries(settings.brandCredentials).map((entry) =>
    members(entry, ['brandId', 'apiKeyFile', 'apiKeyEnv', ...credentialNames]),
  );
  unique(
    credentials.map(({ brandId }) => brandId),
    'brand',
  );
  const partner = settings.partner.value === undefined ? undefined : readPartner(settings.partner, parts);
  const hosts = members(settings.hosts, ['main', 'backup']);
  const timeouts = members(settings.timeouts, ['connectMs', 'headersMs', 'bodyMs']);
  const ms = (setting: Setting, otherwise: number) => whole(setting, { least: 1, most: 60_000, otherwise });
  return {
    brands: readBrands(settings.brands, {
      withCredential: credentials.map(({ brandId }) => brandId.value),
      hasPartner: settings.partner.value !== undefined,
    }),
    brandCredentials: credentials.flatMap((own) => readBrandCredential(own, parts) ?? []),
    ...(partner === undefined ? {} : { partner }),
    hosts: {
      main: readOrigin(hosts.main, defaults.hosts.main),
      backup: readOrigin(hosts.backup, defaults.hosts.backup),
    },
    timeouts: {
      connectMs: ms(timeouts.connectMs, defaults.timeouts.connectMs),
      headersMs: ms(timeouts.headersMs, defaults.timeouts.headersMs),
      bodyMs: ms(timeouts.bodyMs, defaults.timeouts.bodyMs),
    },
    limits: readLimits(settings.limits),
  };
};

const readBrands = (
  setting: Setting,
  {
    withCredential,
    hasPartner,
  }: { readonly withCredential: readonly unknown[]; readonly hasPartner: boolean },
): readonly BrandSettings[] => {
  const brands = entries(setting, 'one brand').map((entry) => members(entry, ['brandId', 'name', 'route']));
  unique(
    brands.map(({ brandId }) => brandId),
    'brand',
  );
  return brands.flatMap(({ brandId, name, route }) => {
    const id = text(brandId, brandIdRule);
    const shown = text(name, { as: "the brand's display name" });
    const way = choice(route, ['brand', 'partner', 'auto']);
    if (id === undefined || shown === undefined || way === undefined) return [];
    if (way === 'brand' && !withCredential.includes(id))
      problem(route, `"brand" needs an entry for ${id} under brandCredentials; add one, or write "partner"`);
    if (way === 'partner' && !hasPartner)
      problem(route, '"partner" needs the partner section; add it, or write "brand"');
    if (way === 'auto' && !hasPartner && !withCredential.includes(id))
      problem(
        route,
        `"auto" needs the partner section or an entry for ${id} under brandCredentials; add one`,
      );
    return [{ brandId: id, name: shown, route: way }];
  });
};

const credentialNames = [
  'serial',
  'privateKeyFile',
  'privateKeyEnv',
  'formerPrivateKeyFiles',
  'publicKeys',
] as const;
type CredentialSettings = Readonly<Record<(typeof credentialNames)[number], Setting>>;

const readBrandCredential = (
  own: CredentialSettings & Readonly<Record<'brandId' | 'apiKeyFile' | 'apiKeyEnv', Setting>>,
  parts: ReadParts,
): BrandCredential | undefined => {
  const brandId = text(own.brandId, brandIdRule);
  const credential = readCredential(own, parts);
  if (credential?.publicKeys.length === 0)
    problem(own.publicKeys, 'the brand route needs at least one WeChat Pay public key (id and file)');
  const apiKey = symmetricKeyOf(
    own.apiKeyFile,
    secret({ byFile: own.apiKeyFile, byEnv: own.apiKeyEnv }, { ...parts, optional: true }),
  );
  if (brandId === undefined || credential === undefined) return undefined;
  return { brandId, ...credential, ...(apiKey === undefined ? {} : { apiKey }) };
};

const readPartner = (setting: Setting, parts: ReadParts): PartnerCredential | undefined => {
  const own = members(setting, [
    'mchid',
    'apiV3KeyFile',
    'apiV3KeyEnv',
    'platformCertificateFiles',
    ...credentialNames,
  ]);
  const mchid = text(own.mchid, { pattern: /^\d{6,32}$/, as: 'the mchid of the service provider, digits' });
  const credential = readCredential(own, parts);
  const apiV3Key = symmetricKeyOf(
    own.apiV3KeyFile,
    secret({ byFile: own.apiV3KeyFile, byEnv: own.apiV3KeyEnv }, { ...parts, optional: true }),
  );
  const platformCertificates = entries(own.platformCertificateFiles).flatMap(
    (entry) => readCertificate(entry, { privateKey: credential?.privateKey, parts }) ?? [],
  );
  if (platformCertificates.some(({ serial }) => serial === credential?.serial))
    problem(own.serial, "is that of WeChat Pay's certificate; it must be that of your own API certificate");
  if (credential?.publicKeys.length === 0 && platformCertificates.length === 0 && apiV3Key === undefined)
    problem(
      setting,
      'needs publicKeys (id and file), or platformCertificateFiles, or apiV3KeyFile to download them with',
    );
  if (mchid === undefined || credential === undefined) return undefined;
  return { mchid, ...credential, platformCertificates, ...(apiV3Key === undefined ? {} : { apiV3Key }) };
};

const readCredential = (own: CredentialSettings, parts: ReadParts) => {
  const serial = text(own.serial, serialRule)?.toUpperCase();
  const privateKey = privateKeyOf(
    own.privateKeyFile,
    secret({ byFile: own.privateKeyFile, byEnv: own.privateKeyEnv }, parts),
  );
  const formerPrivateKeys = entries(own.formerPrivateKeyFiles).flatMap(
    (entry) => privateKeyOf(entry, secretFile(entry, parts.source)) ?? [],
  );
  const publicKeys = entries(own.publicKeys).flatMap(
    (entry) => readPublicKey(entry, { privateKey, parts }) ?? [],
  );
  if (serial === undefined || privateKey === undefined) return undefined;
  return { serial, privateKey, formerPrivateKeys, publicKeys };
};

interface KeyParts {
  /** Ours, to tell it from WeChat Pay's. */
  readonly privateKey: KeyObject | undefined;
  readonly parts: ReadParts;
}

const readPublicKey = (setting: Setting, { privateKey, parts }: KeyParts): WechatPayPublicKey | undefined => {
  const own = members(setting, ['id', 'file', 'env']);
  const id = text(own.id, { pattern: /^PUB_KEY_ID_\d{10,64}$/, as: 'PUB_KEY_ID_ followed by digits' });
  const key = publicKeyOf(own.file, secret({ byFile: own.file, byEnv: own.env }, parts));
  if (key !== undefined && privateKey !== undefined && isPairOf(key, privateKey))
    return problem(own.file, "is the public half of your own key; it must be WeChat Pay's public key");
  return id === undefined || key === undefined ? undefined : { id, key };
};

const readCertificate = (setting: Setting, { privateKey, parts: { source, now } }: KeyParts) => {
  const certificate = certificateOf(setting, { pem: secretFile(setting, source), now });
  if (certificate !== undefined && privateKey !== undefined && isPairOf(certificate.key, privateKey))
    return problem(setting, "is your own certificate; it must be WeChat Pay's platform certificate");
  return certificate;
};

const readOrigin = (setting: Setting, otherwise: string): string => {
  if (setting.value === undefined) return otherwise;
  const rule = { as: `an https origin such as ${otherwise}` };
  const value = text(setting, rule);
  if (value === undefined || !URL.canParse(value)) {
    if (value !== undefined) problem(setting, `must be ${rule.as}`);
    return otherwise;
  }
  const { protocol, hostname, origin } = new URL(value);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(hostname)))
    problem(setting, `must be ${rule.as}; http is for loopback only`);
  if (value.replace(/\/$/, '') !== origin) problem(setting, `must be ${rule.as}, without a path`);
  return origin;
};

const readLimits = (setting: Setting): WechatPaySettings['limits'] =>
  Object.fromEntries(
    mapping(setting).map((entry) => {
      if (!interfaceNames.some((name) => name === entry.name))
        problem(entry, `is no interface; it takes ${interfaceNames.join(', ')}`);
      const { brand, partner } = members(entry, ['brand', 'partner']);
      return [entry.name, { ...limitOf('brand', brand), ...limitOf('partner', partner) }];
    }),
  );

const limitOf = <Name extends string>(name: Name, setting: Setting): { [Key in Name]?: number } => {
  if (setting.value === undefined) return {};
  const value = numeric(setting) ?? 0;
  if (value > 0 && value <= 10_000) return { [name]: value } as { [Key in Name]?: number };
  problem(setting, 'must be a number of calls per second above 0');
  return {};
};
