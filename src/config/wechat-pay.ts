import type { BrandCredential, WechatPaySettings } from '../wechatpay/settings';
import type { BrandFile } from './brand-files';
import { brandIdRule, readBrands } from './brands';
import { defaults } from './config';
import {
  credentialNames,
  readCredential,
  type CredentialOptions,
  type CredentialSettings,
} from './credential';
import { readPartners } from './partners';
import { entries, flag, members, problem, text, unique, whole, type Setting } from './reader';
import { secret, symmetricKeyOf } from './secrets';
import { readAddress, readConnections, readLimits } from './upstream';
import { defined } from '../shared/defined';

export interface ReadOptions extends CredentialOptions {
  /** Further brands, each in a file of its own. Default: none. */
  readonly brandFiles?: readonly BrandFile[];
}

/** Reads the settings of WeChat Pay. Problems are collected in the settings. */
export const readWechatPay = (
  settings: Readonly<
    Record<
      | 'brands'
      | 'brandCredentials'
      | 'partner'
      | 'partners'
      | 'hosts'
      | 'timeouts'
      | 'connections'
      | 'limits',
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
  const { partner, partners, hasUsual, mchids } = readPartners(settings, here);
  const hosts = members(settings.hosts, ['main', 'backup', 'relay']);
  const relay = flag(hosts.relay, false);
  const timeouts = members(settings.timeouts, ['connectMs', 'headersMs', 'bodyMs']);
  const ms = (setting: Setting, fallback: number) =>
    whole(setting, { min: 1, max: 60_000, default: fallback });
  return {
    brands: readBrands(settings.brands, {
      brandFiles,
      withCredential: credentials.map(({ own }) => own.brandId.value),
      hasPartner: hasUsual,
      mchids,
    }),
    brandCredentials: credentials.flatMap(({ own, options: from }) => readBrandCredential(own, from) ?? []),
    ...defined({ partner }),
    ...(partners.length === 0 ? {} : { partners }),
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

const brandCredentialNames = ['apiKeyFile', 'apiKeyEnv', ...credentialNames] as const;
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
