import { createPrivateKey, createPublicKey, createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaults, type Config } from '../config/config';
import { ownTrustedDocuments } from '../config/trusted-documents';
import { exampleCalls, type ExampleCall } from '../sandbox/example-calls';
import type { Provision } from '../sandbox/provision';
import { startSandbox, type Sandbox } from '../sandbox/server';
import type { Route, WechatPaySettings } from '../wechatpay/settings';

/** Starts what runs without a configuration: the sandbox on its own port, and settings that use it. */
export const startDemo = async (
  port: number,
): Promise<{
  readonly sandbox: Sandbox;
  readonly config: Config;
  /** Calls with which a reader can make something happen in the sandbox. */
  readonly calls: readonly ExampleCall[];
  /** Of the first brand: WeChat Pay notifies on the route on which a template was created. */
  readonly route: Route;
  /** Stops the sandbox and forgets what the demo has stored. */
  readonly close: () => Promise<void>;
}> => {
  const sandbox = await startSandbox();
  const directory = mkdtempSync(join(tmpdir(), 'member-cards-'));
  const auditDirectory = mkdtempSync(join(tmpdir(), 'member-cards-audit-'));
  const demo = demoConfig(sandbox, port);
  const config: Config = {
    ...demo,
    database: { directory, isTemporary: true },
    // So that the console has something to show.
    audit: { directory: auditDirectory, key: createSecretKey(randomBytes(32)) },
    directory: {
      brandIds: demo.wechatPay.brands.map(({ brandId }) => brandId),
      retainDays: defaults.directory.retainDays,
    },
  };
  // On another route, notifications would come from an account that does not serve the brand.
  const route = config.wechatPay.brands[0]?.route === 'brand' ? 'brand' : 'partner';
  return {
    sandbox,
    config,
    calls: exampleCalls(sandbox.url, route),
    route,
    async close() {
      await sandbox.close();
      // The sandbox forgets its cards, so there is nothing to go on with.
      for (const one of [directory, auditDirectory]) rmSync(one, { recursive: true, force: true });
    },
  };
};

export const demoConfig = (sandbox: Pick<Sandbox, 'url' | 'provision'>, port: number): Config => ({
  server: { ...defaults.server, port, development: true },
  wechatPay: settingsFor(sandbox.provision, sandbox.url),
  // Known to everybody, like all data of the demo: so an id that a client stored is still valid after a restart.
  ids: { key: createSecretKey(Buffer.from('the demo names no real customers')) },
  encryptionKeys: [{ id: 'demo', key: createSecretKey(randomBytes(32)) }],
  maxDecryptions: defaults.maxDecryptions,
  maxDecryptionsPerSecond: defaults.maxDecryptionsPerSecond,
  cache: defaults.cache,
  bulk: defaults.bulk,
  http: { ...defaults.http, console: true },
  network: defaults.network,
  notifications: defaults.notifications,
  subscriptions: defaults.subscriptions,
  webhooks: [],
  rules: {},
  budgets: {},
  callers: [],
  queryLimits: defaults.queryLimits,
  trustedDocuments: ownTrustedDocuments(),
  files: [],
});

/** The first brand uses the partner route, the only one that imports by phone; the others use the brand route. */
export const settingsFor = (provision: Provision, url: string): WechatPaySettings => {
  const { wechatPay, brands, partner } = provision;
  const publicKeys = [{ id: wechatPay.publicKeyId, key: createPublicKey(wechatPay.publicKeyPem) }];
  return {
    hosts: { main: url, backup: url },
    timeouts: defaults.timeouts,
    connections: defaults.connections,
    brands: brands.map(({ brandId, name }, index) => ({
      brandId,
      name,
      route: index === 0 ? 'partner' : 'brand',
    })),
    brandCredentials: brands.map(({ brandId, serial, privateKeyPem, apiKey }) => ({
      brandId,
      serial,
      privateKey: createPrivateKey(privateKeyPem),
      formerPrivateKeys: [],
      publicKeys,
      apiKey: createSecretKey(Buffer.from(apiKey)),
    })),
    partner: {
      mchid: partner.mchid,
      serial: partner.serial,
      privateKey: createPrivateKey(partner.privateKeyPem),
      formerPrivateKeys: [],
      publicKeys,
      apiV3Key: createSecretKey(Buffer.from(partner.apiV3Key)),
      platformCertificates: [],
    },
    limits: {},
  };
};
