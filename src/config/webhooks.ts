import { createSecretKey, type KeyObject } from 'node:crypto';
import { redacted } from '../shared/redacted';
import { defined } from '../shared/defined';
import { addressIn, isPublicAddress } from '../webhooks/public-address';
import { personalMembers, webhookKinds, type WebhookSettings } from '../webhooks/settings';
import { choice, entries, flag, members, problem, text, unique, type Setting } from './reader';
import { secret, type SecretSource } from './secrets';

export interface WebhookReadOptions {
  readonly source: SecretSource;
  readonly brandIds: readonly string[];
  /** Whether there is a database, in which deliveries wait. */
  readonly hasDatabase: boolean;
}

/** Reads which systems are told of events. Problems are collected in the setting. */
export const readWebhooks = (
  setting: Setting,
  { source, brandIds, hasDatabase }: WebhookReadOptions,
): readonly WebhookSettings[] => {
  const listed = entries(setting).map((entry) =>
    members(entry, [
      'id',
      'url',
      'secretFile',
      'secretEnv',
      'secondSecretFile',
      'secondSecretEnv',
      'brandIds',
      'kinds',
      'personalMembers',
      'allowPrivateNetwork',
    ]),
  );
  unique(
    listed.map(({ id }) => id),
    'webhook',
  );
  if (listed.length > 0 && !hasDatabase)
    problem(setting, 'needs the section database, in which messages wait for their delivery; write it');
  return listed.flatMap((own): readonly WebhookSettings[] => {
    const id = text(own.id, {
      pattern: /^[a-z0-9-]{1,32}$/,
      as: 'a name of 1 to 32 small letters, digits and hyphens',
    });
    const allowPrivateNetwork = flag(own.allowPrivateNetwork, false);
    const url = urlOf(own.url, allowPrivateNetwork);
    const key = keyOf(own.secretFile, secret({ byFile: own.secretFile, byEnv: own.secretEnv }, { source }));
    const second = secret(
      { byFile: own.secondSecretFile, byEnv: own.secondSecretEnv },
      { source, optional: true },
    );
    const secondKey = keyOf(own.secondSecretFile, second);
    const brands = listOf(own.brandIds, brandIds, 'brand');
    const kinds = listOf(own.kinds, webhookKinds, 'kind');
    const personal = listOf(own.personalMembers, personalMembers, 'member');
    if (id === undefined || url === undefined || key === undefined) return [];
    return [
      {
        id,
        url,
        secret: key,
        kinds: kinds ?? webhookKinds,
        personalMembers: personal ?? [],
        allowPrivateNetwork,
        ...defined({ brandIds: brands, secondSecret: secondKey }),
      },
    ];
  });
};

const listOf = <const Value extends string>(
  setting: Setting,
  values: readonly Value[],
  of: string,
): readonly Value[] | undefined => {
  if (setting.value === undefined) return undefined;
  const listed = entries(setting, `one ${of}`);
  unique(listed, of);
  return listed.flatMap((entry) => choice(entry, values) ?? []);
};

/** Problems never show any part of the address: receivers put tokens into it. */
const urlOf = (setting: Setting, allowPrivateNetwork: boolean): string | undefined => {
  const value = text(setting, { as: 'https://HOST/PATH' });
  if (value === undefined) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol === 'http:' && !allowPrivateNetwork)
    return problem(setting, 'must be https://HOST/PATH; http:// needs allowPrivateNetwork: true');
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username + url.password + url.hash !== '')
    return problem(setting, 'must be https://HOST/PATH, without user, password and #');
  const address = addressIn(url.hostname);
  if (!allowPrivateNetwork && address !== undefined && !isPublicAddress(address))
    return problem(setting, 'is an address of a private network; it needs allowPrivateNetwork: true');
  return value;
};

const secretRule =
  'must be whsec_ and 24 to 64 bytes in base64; make one with: echo "whsec_$(openssl rand -base64 32)"';

const keyOf = (setting: Setting, value: string | undefined): KeyObject | undefined => {
  if (value === undefined) return undefined;
  const [, encoded] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value.trim()) ?? [];
  const bytes = Buffer.from(encoded ?? '', 'base64');
  return bytes.length >= 24 && bytes.length <= 64
    ? redacted(createSecretKey(bytes))
    : problem(setting, secretRule);
};
