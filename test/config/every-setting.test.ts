import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { loadConfig } from '../../src/config/load';
import { exposedFiles } from '../../src/config/file-rights';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { systemClock } from '../../src/shared/clock';
import { certify } from '../support/certify';
import { aKey } from '../support/callers';
import { brandOf, configFile, credential, type ConfigFile } from '../support/config-on-disk';
import { printKeyFile } from '../../src/auth/api-key-file';

type Path = readonly (string | number)[];

/** Every leaf and every section of a value. */
const pathsOf = (value: unknown, path: Path = []): readonly Path[] =>
  typeof value !== 'object' || value === null
    ? [path]
    : [
        ...(path.length === 0 ? [] : [path]),
        ...Object.entries(value).flatMap(([name, member]) =>
          pathsOf(member, [...path, Array.isArray(value) ? Number(name) : name]),
        ),
      ];

const shown = (path: Path): string =>
  path.map((one, index) => (typeof one === 'number' ? `[${one}]` : index === 0 ? one : `.${one}`)).join('');

describe('every setting of the configuration', () => {
  let sandbox: Sandbox;
  let file: ConfigFile;
  let full: Record<string, unknown>;
  beforeAll(async () => {
    sandbox = await startSandbox({ membersPerBrand: 1 });
    file = configFile(sandbox);
    mkdirSync(join(file.directory, 'audit'));
    const key = Buffer.alloc(32, 9).toString('base64');
    file.put('audit.key', key);
    mkdirSync(join(file.directory, 'brands.d'));
    file.put(
      'brands.d/second.yaml',
      stringify({ brandId: '1005', name: 'b', route: 'partner', budget: { reserve: '10%' } }),
    );
    file.put(
      'ca.pem',
      await certify({ privateKeyPem: sandbox.provision.partner.privateKeyPem, serial: '0A' }),
    );
    file.put('store.url', 'rediss://127.0.0.1:6379');
    file.put('webhook.secret', `whsec_${Buffer.alloc(32, 7).toString('base64')}`);
    file.put('apiv3.key', sandbox.provision.partner.apiV3Key);
    file.put('partner.pem', sandbox.provision.partner.privateKeyPem);
    file.put('partner-cert.pem', await certify(sandbox.provision.partner));
    file.put('traces.url', 'https://traces.example.com/adapt_t0ken/api/otlp/traces\n');
    file.put('signer.token', 'a-token-of-the-signer');
    file.put('jwks.json', JSON.stringify({ keys: [{ kty: 'RSA' }] }));
    file.put('api-keys.json', printKeyFile([aKey('a', []).record]));
    file.put('documents.json', readFileSync(join(__dirname, '../../schema/documents.json')));
    const { serial } = brandOf(sandbox);
    const { publicKeyId } = sandbox.provision.wechatPay;
    full = {
      server: {
        host: '127.0.0.1',
        port: '0',
        development: false,
        queryDeadlineMs: '3000',
        mutationDeadlineMs: '8000',
        drainMs: '10000',
      },
      auth: {
        apiKeys: { file: 'api-keys.json' },
        jwt: {
          issuer: 'https://id.example.com/',
          audience: 'cards',
          jwksFile: 'jwks.json',
          algorithms: ['RS256'],
          type: 'JWT',
          maxAgeSeconds: '600',
          laneClaim: 'lane',
          members: {
            openidClaim: 'openid',
            brands: [{ brandId: '1004', openidClaim: 'shop_openid' }],
            mutations: ['createPreAuthToken'],
            requests: { perSecond: '5', burst: '20' },
            plannedCalls: { perSecond: '5', burst: '30' },
            maxStreams: '3',
          },
        },
        requests: { perSecond: '50', burst: '200' },
      },
      maxDecryptions: '100',
      maxDecryptionsPerSecond: '200',
      brands: [
        {
          brandId: '1004',
          name: 'a',
          route: 'auto',
          partner: '1900000002',
          limits: { GET_USER_CARD: '20' },
          budget: { reserve: '10%', ceiling: '4' },
        },
      ],
      brandCredentials: [{ ...credential(serial, publicKeyId), formerPrivateKeyFiles: ['partner.pem'] }],
      brandsDirectory: 'brands.d',
      partner: {
        mchid: sandbox.provision.partner.mchid,
        serial: sandbox.provision.partner.serial,
        signer: { url: 'https://kms.internal/keys/partner', tokenFile: 'signer.token', timeoutMs: '1000' },
        certificateFile: 'partner-cert.pem',
        publicKeys: [{ id: publicKeyId, file: 'wechatpay.pem', notAfter: '2099-01-31' }],
        apiV3KeyFile: 'apiv3.key',
      },
      partners: [
        {
          mchid: '1900000002',
          serial: sandbox.provision.partner.serial,
          privateKeyFile: 'partner.pem',
          publicKeys: [{ id: publicKeyId, file: 'wechatpay.pem' }],
          apiV3KeyFile: 'apiv3.key',
        },
      ],
      hosts: { main: sandbox.url, backup: sandbox.url, relay: true },
      network: { proxy: { url: 'http://proxy.internal:3128', except: ['id.example.com'] }, caFile: 'ca.pem' },
      timeouts: { connectMs: '2000', headersMs: '5000', bodyMs: '5000' },
      connections: { max: '256', maxPerBrand: '32' },
      limits: { GET_USER_CARD: { brand: '5', partner: '10' } },
      budgets: { interactiveReserve: '20%', brandCeiling: '50%', callerCeiling: '5' },
      callers: [{ caller: 'key:crm', lane: 'bulk', ceiling: '25%' }],
      ids: { keyFile: 'ids.key' },
      encryptionKeys: [{ id: 'k1', file: 'ids.key' }],
      cache: { maxBytes: '67108864' },
      http: {
        basePath: '/member-cards',
        console: true,
        corsOrigins: ['https://shop.example.com'],
        corsHeaders: ['x-shop-version'],
        headersTimeoutMs: '500',
        requestTimeoutMs: '500',
        idleTimeoutMs: '500',
        maxConnections: '10',
        maxConnectionsPerAddress: '5',
        drainDelayMs: '0',
      },
      metrics: { host: '127.0.0.1', port: '0' },
      tracing: { urlFile: 'traces.url', samplePercent: '10', serviceName: 'cards' },
      audit: { directory: 'audit', keyFile: 'audit.key' },
      notifications: { path: '/n', confirm: [{ brandId: '1004', level: 'a', allocateCodes: true }] },
      subscriptions: { keptEvents: '1000', maxStreams: '1', maxStreamsPerCaller: '1' },
      redis: {
        urlFile: 'store.url',
        sentinels: ['redis://127.0.0.1:26379'],
        prefix: 'cards',
        caFile: 'ca.pem',
        maxInstances: '4',
      },
      database: { directory: 'data' },
      bulk: { retainFilesDays: '2', retainResultsDays: '14', retainPausedDays: '9' },
      directory: { brands: ['1004'], retainDays: '30' },
      webhooks: [
        {
          id: 'crm',
          url: 'https://crm.example.com/cards',
          secretFile: 'webhook.secret',
          secondSecretFile: 'webhook.secret',
          brandIds: ['1004'],
          kinds: ['USER_CARD_CREATE'],
          personalMembers: ['openid'],
          allowPrivateNetwork: false,
        },
      ],
      rules: {
        CREATE_CARD_TEMPLATE: {
          legal_agreement: { maxLength: '4096', required: true, characters: 'any' },
          'user_information.custom_field_list': { minEntries: '1', maxEntries: '2' },
          'purchase_information.price': { min: '1', max: '100' },
        },
      },
      queryLimits: { depth: '5', upstreamCalls: '5' },
      trustedDocuments: { mode: 'enforce', files: ['documents.json'] },
    };
  });
  afterAll(async () => {
    await sandbox.close();
    file.remove();
  });

  const problems = async (document: unknown): Promise<readonly string[]> => {
    file.put('config.yaml', stringify(document));
    try {
      await loadConfig({ file: file.path, env: {}, clock: systemClock });
      return [];
    } catch (error) {
      return (error as { readonly problems: readonly string[] }).problems;
    }
  };
  const without = (path: Path, value: unknown): unknown => {
    const document = structuredClone(full);
    const owner = path.slice(0, -1).reduce<unknown>((one, name) => Reflect.get(Object(one), name), document);
    Reflect.set(Object(owner), path.at(-1) ?? '', value);
    return document;
  };

  it('is in the configuration of this test', async () => {
    expect(await problems(full)).toEqual([]);
  });

  /** Texts with any content. */
  const free = new Set([
    'server.host',
    'metrics.host',
    'auth.jwt.issuer',
    'auth.jwt.audience',
    'auth.jwt.laneClaim',
    'auth.jwt.members.openidClaim',
    'auth.jwt.members.brands[0].openidClaim',
    'brands[0].brandId',
    'brands[0].name',
    'brandCredentials[0].brandId',
    'notifications.confirm[0].level',
    'audit.directory',
    'database.directory',
    'redis.prefix',
    'http.corsHeaders[0]',
    'network.proxy.except[0]',
    'tracing.serviceName',
  ]);
  it.each<[string, unknown]>([
    ['left without a value', null],
    ['an empty text', ''],
    ['a list of lists', [[]]],
    ['a mapping of something else', { S3cretPassw0rd: 'x' }],
    ['rubbish', 'S3cretPassw0rd'],
  ])(
    'is a problem at its own path when it is %s',
    async (_, wrong) => {
      const silent: string[] = [];
      const leaked: string[] = [];
      for (const path of pathsOf(full)) {
        const name = shown(path);
        if (wrong === 'S3cretPassw0rd' && free.has(name)) continue;
        const operationEvent = await problems(without(path, wrong));
        if (!operationEvent.some((one) => one.startsWith(name))) silent.push(name);
        if (operationEvent.some((one) => one.includes('S3cret'))) leaked.push(name);
      }
      expect(silent).toEqual([]);
      expect(leaked).toEqual([]);
    },
    60_000,
  );

  it('is a problem if its file is missing, is a directory or has wrong content', async () => {
    const named = pathsOf(full).filter((path) => {
      const last = [...path].reverse().find((one) => typeof one === 'string') ?? '';
      const value = path.reduce<unknown>((one, name) => Reflect.get(Object(one), name), full);
      return typeof value === 'string' && /file|url/i.test(last);
    });
    expect(named.length).toBeGreaterThan(10);
    file.put('rubbish', 'CANARY');
    const silent: string[] = [];
    for (const path of named)
      for (const wrong of ['nowhere', '.', 'rubbish']) {
        const operationEvent = await problems(without(path, wrong));
        if (!operationEvent.some((one) => one.startsWith(shown(path))))
          silent.push(`${shown(path)}: ${wrong}`);
        expect(operationEvent.join()).not.toMatch(/CANARY/);
      }
    expect(silent).toEqual([]);
  });

  it('has a finding while others may read its secret file', async () => {
    file.put('config.yaml', stringify(full));
    for (const name of ['config.yaml', 'wechatpay.pem', 'partner-cert.pem', 'documents.json', 'jwks.json'])
      chmodSync(join(file.directory, name), 0o644);
    const secrets = [
      'brand.pem',
      'partner.pem',
      'ids.key',
      'apiv3.key',
      'audit.key',
      'store.url',
      'webhook.secret',
      'signer.token',
      'traces.url',
      'api-keys.json',
    ];
    for (const name of secrets) chmodSync(join(file.directory, name), 0o600);
    const { files } = await loadConfig({ file: file.path, env: {}, clock: systemClock });
    expect(exposedFiles(files)).toEqual([]);
    for (const name of secrets) {
      for (const mode of [0o640, 0o604, 0o620]) {
        chmodSync(join(file.directory, name), mode);
        expect(exposedFiles(files).join()).toMatch(new RegExp(`mode ${mode.toString(8)}.*chmod 600`));
      }
      chmodSync(join(file.directory, name), 0o600);
    }
    chmodSync(join(file.directory, 'wechatpay.pem'), 0o666);
    expect(exposedFiles(files).join()).toMatch(/publicKeys\[0\]\.file: the file has mode 666.*chmod go-w/);
    writeFileSync(join(file.directory, 'wechatpay.pem'), sandbox.provision.wechatPay.publicKeyPem);
  });
});
