import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { parse, stringify } from 'yaml';
import { loadConfig } from '../../src/config/load';
import { systemClock } from '../../src/shared/clock';
import { relativeCost } from '../support/relative-cost';

const pem = (kind: 'private' | 'public', pair: ReturnType<typeof newPair>): string =>
  kind === 'private'
    ? pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    : pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const newPair = (bits = 2048) => generateKeyPairSync('rsa', { modulusLength: bits });
const own = newPair();
const wechatPay = newPair();
const canary = '0123456789abcdef0123456789abCANA';

type Document = Record<string, unknown>;

describe('the configuration', () => {
  let directory: string;
  const file = (name: string): string => join(directory, name);
  const example = readFileSync(join(__dirname, '../../src/config/example.yaml'), 'utf8');
  const env = { BRAND_1004_API_KEY: canary };

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'config-'));
    mkdirSync(file('keys'));
    writeFileSync(file('keys/brand-1004.pem'), pem('private', own));
    writeFileSync(file('keys/partner.pem'), pem('private', own));
    writeFileSync(file('keys/own-public.pem'), pem('public', own));
    writeFileSync(file('keys/small.pem'), pem('private', newPair(1024)));
    writeFileSync(file('keys/wechatpay-brand-1004.pem'), pem('public', wechatPay));
    writeFileSync(file('keys/wechatpay-partner.pem'), pem('public', wechatPay));
    writeFileSync(file('keys/api-keys.json'), '{"keys": []}');
    writeFileSync(file('keys/apiv3.key'), `${canary}\n`);
    writeFileSync(file('keys/encryption-k1.key'), Buffer.alloc(32, 7).toString('base64'));
    writeFileSync(file('keys/ids.key'), Buffer.alloc(32, 8).toString('base64'));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  const load = (document: unknown, environment: Record<string, string> = env) => {
    writeFileSync(file('config.yaml'), typeof document === 'string' ? document : stringify(document));
    return loadConfig({ file: file('config.yaml'), env: environment, clock: systemClock });
  };
  const changed = (change: (document: Document) => void): Document => {
    const document = parse(example) as Document;
    change(document);
    return document;
  };
  const problems = async (document: unknown, environment?: Record<string, string>): Promise<string> => {
    try {
      await load(document, environment);
    } catch (error) {
      return error instanceof Error ? error.message : 'not an Error';
    }
    return 'no problem';
  };

  it('has the values of the annotated example', async () => {
    const config = await load(example);
    expect(config.wechatPay.brands).toEqual([
      { brandId: '1004', name: '示例品牌一', route: 'brand' },
      { brandId: '1001622624', name: '示例品牌二', route: 'partner' },
    ]);
    expect(config.wechatPay.partner?.mchid).toBe('1900000001');
    expect(config.wechatPay.limits).toEqual({ GET_USER_CARD: { brand: 5, partner: 10 } });
    expect(config.rules).toEqual({
      CREATE_CARD_TEMPLATE: { legal_agreement: { maxLength: 20_480, required: false } },
    });
    expect(config.server).toMatchObject({ host: '127.0.0.1', port: 4000, development: false });
  });

  it('trusts the reviewed operations if no manifest is configured', async () => {
    const config = await load(changed((d) => (d.trustedDocuments = { mode: 'enforce' })));
    expect(config.trustedDocuments.documents.size).toBeGreaterThan(5);
    expect((await load(example)).trustedDocuments).toEqual({ mode: 'off', documents: new Map() });
  });

  it('may be JSON', async () => {
    await expect(load(JSON.stringify(parse(example)))).resolves.toBeDefined();
  });

  it('shows no key when printed', async () => {
    const config = await load(example);
    expect(inspect(config, { depth: 10 }) + JSON.stringify(config.wechatPay)).not.toMatch(/CANA|PRIVATE KEY/);
  });

  it.each<[string, (document: Document) => void, RegExp]>([
    ['an unknown setting', (d) => (d.serve = {}), /does not know "serve"; did you mean "server"/],
    [
      'a port out of range',
      (d) => (d.server = { port: 70_000 }),
      /server\.port: must be a whole number from 0 to 65535/,
    ],
    [
      'a route that is none',
      (d) => (d.brands = [{ brandId: '1004', name: 'a', route: 'both' }]),
      /brands\[0\]\.route: must be brand or partner or auto/,
    ],
    [
      'a brand without a credential',
      (d) => (d.brandCredentials = []),
      /brands\[0\]\.route: "brand" needs an entry for 1004 under brandCredentials/,
    ],
    [
      'no partner for a partner brand',
      (d) => delete d.partner,
      /brands\[1\]\.route: "partner" needs the partner section/,
    ],
    [
      'a partner that is not there',
      (d) => (d.brands = [{ brandId: '1004', name: 'a', route: 'partner', partner: '1900000002' }]),
      /brands\[0\]\.partner: is not the mchid of partner or of an entry of partners/,
    ],
    [
      'a partner listed twice',
      (d) => (d.partners = [d.partner]),
      /partners\[0\]\.mchid: is listed twice; list every partner once/,
    ],
    [
      'nothing to choose from for a brand on auto',
      (d) => {
        delete d.partner;
        d.brandCredentials = [];
        d.brands = [{ brandId: '1004', name: 'a', route: 'auto' }];
      },
      /brands\[0\]\.route: "auto" needs the partner section or an entry for 1004 under brandCredentials/,
    ],
    [
      'a brand listed twice',
      (d) => (d.brands as unknown[]).push((d.brands as unknown[])[0]),
      /brands\[2\]\.brandId: is listed twice/,
    ],
    ['no brands', (d) => (d.brands = []), /brands: must list at least one brand/],
    ['no authentication against real hosts', (d) => delete d.auth, /auth: is missing; with real hosts/],
    [
      'a plain http host',
      (d) => (d.hosts = { main: 'http://api.mch.weixin.qq.com' }),
      /hosts\.main: must be an https address .*hosts\.relay: true/,
    ],
    [
      'a host that only begins like loopback',
      (d) => (d.hosts = { main: 'http://127.evil.example' }),
      /hosts\.main: must be an https address .*http is for loopback, and for a relay/,
    ],
    [
      'a relay without its address',
      (d) => (d.hosts = { relay: true }),
      /hosts\.main: is missing; with relay: true, write the address of the relay/,
    ],
    [
      'an address with a password',
      (d) => (d.hosts = { main: 'https://user:CANARY@api.mch.weixin.qq.com' }),
      /hosts\.main: must be an https address .*only a relay's path may follow the host/,
    ],
    [
      'an address with a query',
      (d) => (d.hosts = { main: 'https://api.mch.weixin.qq.com/a?CANARY' }),
      /hosts\.main: must be an https address .*only a relay's path may follow the host/,
    ],
    [
      'a store that is no Redis',
      (d) => (d.redis = { url: 'http://127.0.0.1:6379' }),
      /redis\.url: must be redis:\/\/HOST:PORT/,
    ],
    [
      'an encryption key that is no base64',
      (d) => (d.encryptionKeys = [{ id: 'k1', file: './keys/apiv3.key' }]),
      /encryptionKeys\[0\]\.file: must be 32 bytes in base64/,
    ],
    [
      'a limit for no interface',
      (d) => (d.limits = { GET_CARD: { brand: 1 } }),
      /limits: name 1 is not a setting; it takes CREATE_CARD_TEMPLATE/,
    ],
    [
      'a limit of nothing',
      (d) => (d.limits = { GET_USER_CARD: { brand: 0 } }),
      /limits\.GET_USER_CARD\.brand: must be a number of calls per second above 0/,
    ],
    [
      'a limit of a brand for no interface',
      (d) => (d.brands = [{ brandId: '1004', name: 'a', route: 'brand', limits: { GET_CARD: 1 } }]),
      /brands\[0\]\.limits: name 1 is not a setting; it takes CREATE_CARD_TEMPLATE/,
    ],
    [
      'a part of a limit that is none',
      (d) => (d.budgets = { brandCeiling: '120%' }),
      /budgets\.brandCeiling: must be calls per second above 0, or a share of the limit such as 50%/,
    ],
    [
      'an interactive reserve in calls',
      (d) => (d.budgets = { interactiveReserve: '2' }),
      /budgets\.interactiveReserve: must be a share such as 20%/,
    ],
    [
      'an interactive reserve of everything',
      (d) => (d.budgets = { interactiveReserve: '100%' }),
      /budgets\.interactiveReserve: must leave at least 20% of each limit for the others/,
    ],
    [
      'reserves that leave nothing',
      (d) =>
        (d.brands = ['1004', '1005'].map((brandId) => ({
          ...{ brandId, name: brandId, route: 'partner' },
          budget: { reserve: '45%' },
        }))),
      /brands: the reserves of a partner's brands together must leave at least 20% of each limit/,
    ],
    [
      'a lane that callers cannot have',
      (d) => (d.callers = [{ caller: 'key:crm', lane: 'interactive' }]),
      /callers\[0\]\.lane: must be bulk/,
    ],
    [
      'a caller without its kind',
      (d) => (d.callers = [{ caller: 'crm', lane: 'bulk' }]),
      /callers\[0\]\.caller: must be a caller as in the log, e\.g\. key:crm or token:crm/,
    ],
    [
      'more connections for one brand than for all',
      (d) => (d.connections = { max: '10', maxPerBrand: '11' }),
      /connections\.maxPerBrand: must not be above connections\.max/,
    ],
    [
      'rules of no interface',
      (d) => (d.rules = { CREATE_CARD: {} }),
      /rules: (?:does not know "CREATE_CARD"; did you mean|name 1 is not a setting)/,
    ],
    [
      "a rule of no field, by the contract's name",
      (d) => (d.rules = { CREATE_CARD_TEMPLATE: { legalAgreement: { maxLength: 1 } } }),
      /rules\.CREATE_CARD_TEMPLATE: does not know "legalAgreement"; did you mean "legal_agreement"\?/,
    ],
    [
      'a bound that the field does not have',
      (d) => (d.rules = { SYNC_USER_POINTS: { point_balance: { maxLength: 1 } } }),
      /rules\.SYNC_USER_POINTS\.point_balance: name 1 is not a setting; it takes min, max/,
    ],
    [
      'a bound that is no number',
      (d) => (d.rules = { CREATE_CARD_TEMPLATE: { legal_agreement: { maxLength: 'long' } } }),
      /rules\.CREATE_CARD_TEMPLATE\.legal_agreement\.maxLength: must be a whole number from 0/,
    ],
    [
      'a longer text than a request has room for',
      (d) => (d.rules = { CREATE_CARD_TEMPLATE: { legal_agreement: { maxLength: '100000' } } }),
      /rules\.CREATE_CARD_TEMPLATE\.legal_agreement: needs queryLimits\.variableBytes of at least 300000; raise it too/,
    ],
    [
      'a longer list than a request has room for',
      (d) => (d.rules = { CREATE_MEMBERSHIP_ACTIVITY: { product_coupon_stock_list: { maxEntries: '300' } } }),
      /product_coupon_stock_list: needs queryLimits\.listEntries of at least 300; raise it too/,
    ],
    [
      'bounds the wrong way round',
      (d) => (d.rules = { CREATE_MEMBERSHIP_ACTIVITY: { product_coupon_stock_list: { maxEntries: '0' } } }),
      /product_coupon_stock_list: minEntries must not be above maxEntries/,
    ],
    [
      'a query limit of nothing',
      (d) => (d.queryLimits = { depth: 0 }),
      /queryLimits\.depth: must be a whole number from 1 to 100/,
    ],
    [
      'a query limit that there is not',
      (d) => (d.queryLimits = { depht: 3 }),
      /queryLimits: does not know "depht"; did you mean "depth"/,
    ],
    [
      'a mode of trusted documents that there is not',
      (d) => (d.trustedDocuments = { mode: 'on' }),
      /trustedDocuments\.mode: must be off or log or enforce/,
    ],
    [
      'the former name of the list of manifests',
      (d) => (d.trustedDocuments = { mode: 'log', file: './documents.json' }),
      /trustedDocuments: "file" is now called "files"/,
    ],
    [
      'a manifest that is not there',
      (d) => (d.trustedDocuments = { mode: 'log', files: ['./nowhere.json'] }),
      /trustedDocuments\.files\[0\]: the file cannot be read/,
    ],
    [
      'a manifest that is none',
      (d) => (d.trustedDocuments = { mode: 'log', files: ['./keys/apiv3.key'] }),
      /trustedDocuments\.files\[0\]: is not JSON of a manifest/,
    ],
    [
      'a manifest whose document was changed by hand',
      (d) => {
        const operations = [{ id: '0'.repeat(64), body: '{ a }' }];
        writeFileSync(file('documents.json'), JSON.stringify({ operations }));
        d.trustedDocuments = { mode: 'enforce', files: ['./documents.json'] };
      },
      /operations\[0\]\.id: is not the SHA-256 of the text/,
    ],
    ['no key of the ids', (d) => delete d.ids, /ids\.keyFile: is missing; write ids\.keyFile or keyEnv/],
    [
      'a key of the ids that is no base64',
      (d) => (d.ids = { keyFile: './keys/apiv3.key' }),
      /ids\.keyFile: must be 32 bytes in base64; make one with: openssl rand -base64 32/,
    ],
    [
      'no encryption key',
      (d) => (d.encryptionKeys = []),
      /encryptionKeys: must list at least one key.*openssl rand -base64 32/,
    ],
  ])('reports %s', async (_, change, expected) => {
    expect(await problems(changed(change))).toMatch(expected);
  });

  const credential = (change: Document) => (document: Document) => {
    const [first] = document.brandCredentials as Document[];
    Object.assign(first ?? {}, change);
  };

  it.each<[string, Document, RegExp]>([
    [
      'a key file that is not there',
      { privateKeyFile: './keys/nope.pem' },
      /privateKeyFile: the file cannot be read/,
    ],
    [
      'a public key for a private one',
      { privateKeyFile: './keys/own-public.pem' },
      /privateKeyFile: is not a private key in PEM/,
    ],
    [
      'a key that is too small',
      { privateKeyFile: './keys/small.pem' },
      /privateKeyFile: must have at least 2048 bits/,
    ],
    [
      'a file and a variable',
      { privateKeyEnv: 'X' },
      /write only one of brandCredentials\[0\]\.privateKeyFile or privateKeyEnv/,
    ],
    [
      'a variable that is not set',
      { privateKeyFile: undefined, privateKeyEnv: 'NOT_SET' },
      /privateKeyEnv: names an environment variable that is not set/,
    ],
    [
      'a serial that is none',
      { serial: 'xyz' },
      /serial: must be the serial number of the API certificate, in hex/,
    ],
    [
      'our own public key in the place of WeChat Pay’s',
      { publicKeys: [{ id: 'PUB_KEY_ID_0111111111111111', file: './keys/own-public.pem' }] },
      /is the public half of your own key/,
    ],
    [
      'a private key in the place of WeChat Pay’s',
      { publicKeys: [{ id: 'PUB_KEY_ID_0111111111111111', file: './keys/brand-1004.pem' }] },
      /is a private key; it must be the public key/,
    ],
    ['no public key at all', { publicKeys: [] }, /the brand route needs at least one WeChat Pay public key/],
    [
      'a wrong public key id',
      { publicKeys: [{ id: '1', file: './keys/wechatpay-brand-1004.pem' }] },
      /id: must be PUB_KEY_ID_ followed by digits/,
    ],
  ])('reports %s', async (_, change, expected) => {
    expect(await problems(changed(credential(change)))).toMatch(expected);
  });

  it('reports all problems at once, and no secret', async () => {
    const operationEvent = await problems(
      changed((document) => {
        document.server = { port: -1 };
        document.hosts = { main: 'ftp://x' };
      }),
      { BRAND_1004_API_KEY: `${canary}-too-long` },
    );
    expect(operationEvent).toMatch(/has 3 problems/);
    expect(operationEvent).not.toMatch(/CANA/);
  });

  it('quotes no line of a file that does not parse', async () => {
    const operationEvent = await problems(`partner: {{ apiV3Key: ${canary}`);
    expect(operationEvent).toMatch(/not YAML or JSON \(line \d+\)/);
    expect(operationEvent).not.toMatch(/CANA/);
  });

  it('does not print a secret that was written in place of the name of its variable', async () => {
    const operationEvent = await problems(changed(credential({ apiKeyEnv: canary })));
    expect(operationEvent).toMatch(/apiKeyEnv: names an environment variable that is not set/);
    expect(operationEvent).not.toMatch(/CANA/);
  });

  it('keeps every digit of an id that YAML reads as a number', async () => {
    const ids = ['0012', '12345678901234567890123', '1e3'];
    const { wechatPay: settings } = await load(
      `${stringify(changed((d) => delete d.brands))}\nbrands:\n${ids
        .map((id) => `  - { brandId: ${id}, name: a, route: partner }\n`)
        .join('')}`,
    );
    expect(settings.brands.map(({ brandId }) => brandId)).toEqual(ids);
  });

  it('reports missing brands together with other problems, and an alias without an anchor', async () => {
    const both = await problems(changed((d) => Object.assign(d, { brands: [], server: { port: -1 } })));
    expect(both).toMatch(/brands: must list at least one brand/);
    expect(both).toMatch(/server\.port/);
    expect(await problems(`${stringify(changed(() => undefined))}\nx: *nowhere\n`)).toMatch(
      /alias|not YAML or JSON/,
    );
  });

  it('costs no more for each of many brands than for each of a few', async () => {
    const brands = (count: number): Document => {
      const name = `brands-${String(count)}`;
      mkdirSync(file(name), { recursive: true });
      for (let index = 0; index < count; index += 1)
        writeFileSync(
          file(`${name}/${String(index)}.yaml`),
          stringify({
            brandId: String(20_000 + index),
            name: 'a',
            route: 'brand',
            credential: {
              serial: 'A1B2C3D4E5F6A1B2C3D4E5F6A1B2C3D4E5F6A1B2',
              privateKeyFile: '../keys/brand-1004.pem',
              publicKeys: [{ id: 'PUB_KEY_ID_0112345678', file: '../keys/wechatpay-brand-1004.pem' }],
            },
          }),
        );
      return changed((document) => {
        document.brandsDirectory = `./${name}`;
      });
    };
    const [few, many] = [brands(10), brands(100)];
    expect((await load(many)).wechatPay.brandCredentials.length).toBeGreaterThanOrEqual(100);
    const cost = await relativeCost(() => load(many), { unit: () => load(few), below: 20 });
    expect(cost).toBeLessThan(20);
  }, 60_000);

  it('cannot be changed afterwards', async () => {
    const config = await load(example);
    expect(Object.isFrozen(config.wechatPay.brands[0])).toBe(true);
  });

  it('names a missing file', async () => {
    await expect(loadConfig({ file: file('none.yaml'), env: {}, clock: systemClock })).rejects.toThrow(
      /cannot be read/,
    );
  });
});
