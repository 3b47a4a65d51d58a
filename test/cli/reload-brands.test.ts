import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { reloadingApp, until, type ReloadingApp } from '../support/reloading-app';

describe('brands that change while the server runs', () => {
  let running: ReloadingApp;
  const other = () => {
    const found = running.sandbox.provision.brands.find(({ brandId }) => brandId !== '1004');
    if (found === undefined) throw new Error('the sandbox has one brand');
    return found;
  };
  /** What the directory holds for the second brand: its keys beside it, under its own paths. */
  const put = (directory: string, changes: Readonly<Record<string, unknown>> = {}): void => {
    const { brandId, name, serial, privateKeyPem } = other();
    const { publicKeyId, publicKeyPem } = running.sandbox.provision.wechatPay;
    running.file.put(join(directory, 'keys/brand.pem'), privateKeyPem);
    running.file.put(join(directory, 'keys/wechatpay.pem'), publicKeyPem);
    const credential = {
      serial,
      privateKeyFile: 'keys/brand.pem',
      publicKeys: [{ id: publicKeyId, file: 'keys/wechatpay.pem' }],
    };
    running.file.put(
      join(directory, 'second.yaml'),
      stringify({ brandId, name, route: 'brand', credential, ...changes }),
    );
  };
  const templates = (brandId: string): Promise<string> =>
    running.ask(`{ brand(brandId: "${brandId}") { name cardTemplates(first: 1) { totalCount } } }`);
  beforeEach(async () => {
    running = await reloadingApp((file) => {
      mkdirSync(join(file.directory, 'brands.d/keys'), { recursive: true });
      file.write({ brandsDirectory: './brands.d' });
    });
  });
  afterEach(() => running.close());

  it('are added by a file, used with its credential, and gone with it', async () => {
    const { brandId, name } = other();
    expect(await templates(brandId)).toMatch(/"brand":null/);

    put('brands.d');
    await until(() => running.applied.length > 0);
    expect(running.applied[0]).toEqual([`brand ${brandId} added`, 'brands']);
    expect(JSON.parse(await templates(brandId))).toMatchObject({
      data: { brand: { name, cardTemplates: { totalCount: expect.any(Number) as number } } },
    });
    expect(await templates('1004')).toMatch(/"totalCount"/);

    put('brands.d', { name: '改名', limits: { GET_USER_CARD: 3 }, budget: { ceiling: '50%' } });
    await until(() => running.applied.at(-1)?.join() === 'brands');
    expect(await templates(brandId)).toMatch(/改名/);
    const throttle = `{ brand(brandId: "${brandId}") { throttle { interface limitPerSecond } } }`;
    expect(await running.ask(throttle)).toMatch(/"interface":"GET_USER_CARD","limitPerSecond":3\b/);

    rmSync(join(running.file.directory, 'brands.d/second.yaml'));
    await until(() => running.applied.at(-1)?.join() === `brand ${brandId} removed,brands`);
    expect(await templates(brandId)).toMatch(/"brand":null/);
    expect(running.refused).toEqual([]);
  });

  it('stay as they are if a file has a problem, which names it and its setting', async () => {
    const { refused } = running;
    const last = (): string => refused.at(-1)?.join('\n') ?? '';
    put('brands.d', { route: 'sideways' });
    await until(() => /^brands\.d\/second\.yaml\.route: must be brand or partner or auto$/.test(last()));
    put('brands.d', { brandId: '1004' });
    await until(() => /second\.yaml\.brandId: is listed twice/.test(last()));
    running.file.put('brands.d/second.yaml', 'brandId: [');
    await until(() => /^brands\.d\/second\.yaml: is not YAML or JSON \(line \d\)$/.test(last()));
    expect(await templates('1004')).toMatch(/"totalCount"/);
    put('brands.d');
    await until(() => running.applied.length > 0);
  });
});

describe('brands of several partners', () => {
  const names = ['1900000001', '1900000002'];
  let running: ReloadingApp;
  beforeEach(async () => {
    running = await reloadingApp(() => undefined, { partners: 2 });
  });
  afterEach(() => running.close());

  /** The mchid or brand_id whose key signs a call for the brand. */
  const signer = async (brandId: string): Promise<string | undefined> => {
    const key = `{ brandId: "${brandId}", cardId: "c", openid: "o", userCardCode: "u" }`;
    expect(await running.ask(`{ userCard(by: { key: ${key} }, maxAgeSeconds: 0) { level } }`)).toMatch(
      /"userCard":null/,
    );
    return running.sandbox.ledger.entries({ interface: 'GET_USER_CARD' }).at(-1)?.dimension;
  };

  it('are signed for with the keys of their own partner, which may come without a restart', async () => {
    const { provision } = running.sandbox;
    const first = provision.partner;
    const [second] = provision.partners;
    if (second === undefined) throw new Error('the sandbox has one partner');
    running.file.put('first.pem', first.privateKeyPem);
    running.file.put('second.pem', second.privateKeyPem);
    running.file.put('wechatpay.pem', provision.wechatPay.publicKeyPem);
    running.file.put('second.key', second.apiV3Key);
    const [one, two] = provision.brands.map(({ brandId, name }) => ({ brandId, name, route: 'partner' }));
    const partner = {
      mchid: first.mchid,
      serial: first.serial,
      privateKeyFile: 'first.pem',
      publicKeys: [{ id: provision.wechatPay.publicKeyId, file: 'wechatpay.pem' }],
    };
    running.file.write({ partner, brands: [one, two], brandCredentials: [] });
    await until(() => running.applied.at(-1)?.includes('brands') === true);
    expect([await signer(one?.brandId ?? ''), await signer(two?.brandId ?? '')]).toEqual([
      names[0],
      names[0],
    ]);

    // Of this one, WeChat Pay's certificates are downloaded.
    const partners = [
      {
        mchid: second.mchid,
        serial: second.serial,
        privateKeyFile: 'second.pem',
        apiV3KeyFile: 'second.key',
      },
    ];
    running.file.write({
      ...{ partner, partners, brandCredentials: [] },
      brands: [one, { ...two, partner: second.mchid }],
    });
    await until(() => running.applied.at(-1)?.includes(`partner ${second.mchid} added`) === true);
    expect([await signer(one?.brandId ?? ''), await signer(two?.brandId ?? '')]).toEqual(names);
    expect(running.refused).toEqual([]);
  });
});
