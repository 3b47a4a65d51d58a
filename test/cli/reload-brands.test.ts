import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { reloadingApp, until, type ReloadingApp } from '../support/reloading-app';
import { startReceiver } from '../support/webhook-receiver';

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

describe('a brand that is added', () => {
  it('is recorded in the directory, and told to webhooks that name it', async () => {
    const receiver = await startReceiver();
    const webhooksOf = (brandIds: readonly string[]) => [
      { id: 'crm', url: receiver.url, secretFile: 'webhook.key', allowPrivateNetwork: true, brandIds },
    ];
    let changes: Readonly<Record<string, unknown>> = {};
    const running = await reloadingApp((file) => {
      mkdirSync(join(file.directory, 'brands.d'));
      file.put('webhook.key', `whsec_${randomBytes(32).toString('base64')}`);
      changes = {
        brandsDirectory: './brands.d',
        database: { directory: join(file.directory, 'data') },
        directory: { brands: 'all' },
      };
      file.write({ ...changes, webhooks: webhooksOf(['1004']) });
    });
    const { sandbox, file, applied } = running;
    const recorded = (id: string): Promise<string> =>
      running.ask(`{ brand(brandId: "${id}") { knownUserCards { knownCount coverage { complete } } } }`);
    const added = sandbox.provision.brands.find(({ brandId }) => brandId !== '1004');
    const { brandId = '', serial = '', privateKeyPem = '', apiKey = '' } = added ?? {};
    file.put('brands.d/second.pem', privateKeyPem);
    file.put('brands.d/second.key', apiKey);
    file.put(
      'brands.d/second.yaml',
      stringify({
        ...{ brandId, name: 'second', route: 'brand' },
        credential: {
          ...{ serial, privateKeyFile: 'second.pem', apiKeyFile: 'second.key' },
          publicKeys: [{ id: sandbox.provision.wechatPay.publicKeyId, file: '../wechatpay.pem' }],
        },
      }),
    );
    file.write({ ...changes, webhooks: webhooksOf(['1004', brandId]) });
    await until(() => applied.some((sections) => sections.includes('webhooks.brandIds')));
    expect(applied.flat()).toContain('directory.brands');

    // The first statement opens the database, which takes longer than WeChat Pay waits for a response.
    expect(await recorded(brandId)).toMatch(/"knownCount":0/);
    sandbox.deliveries.deliverTo(running.notifyUrl);
    const cardId = sandbox.state().templatesOf(brandId)[0]?.card_id ?? '';
    await sandbox.users.open({ brandId, cardId, openid: 'oAdded-1', route: 'brand' }).delivered;
    const [message] = await receiver.has(1);
    expect(JSON.parse(message?.body ?? '')).toMatchObject({ data: { brandId } });
    const [card] = sandbox.state().userCardsOf(brandId, `o${brandId}-member-00000`);
    const key = `{ brandId: "${brandId}", cardId: "${card?.card_id}", openid: "${card?.openid}", userCardCode: "${card?.user_card_code}" }`;
    expect(await running.ask(`{ userCard(by: { key: ${key} }) { level } }`)).not.toMatch(/errors/);
    expect(await recorded(brandId)).toMatch(/"knownCount":1,"coverage":{"complete":true}/);
    expect(running.refused).toEqual([]);
    await running.close();
    await receiver.close();
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
    running.file.put('first.key', first.apiV3Key);
    running.file.put('second.key', second.apiV3Key);
    const [one, two] = provision.brands.map(({ brandId, name }) => ({ brandId, name, route: 'partner' }));
    const partner = {
      mchid: first.mchid,
      serial: first.serial,
      privateKeyFile: 'first.pem',
      apiV3KeyFile: 'first.key',
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

    // Each partner speaks of its own brands only.
    running.file.write({
      ...{
        partner,
        brandCredentials: [],
        partners: partners.map((own) => ({ ...own, publicKeys: partner.publicKeys })),
      },
      brands: [one, { ...two, partner: second.mchid }],
    });
    await until(() => running.applied.length > 2);
    const { deliveries, state, users } = running.sandbox;
    deliveries.deliverTo(running.notifyUrl);
    const answerTo = async (brandId = '', mchid = ''): Promise<number | undefined> => {
      const cardId = state().templatesOf(brandId)[0]?.card_id ?? '';
      const told = deliveries.list().length;
      users.open({ brandId, cardId, route: 'partner', mchid });
      const attempts = () => deliveries.list()[told]?.attempts ?? [];
      await until(() => attempts().length > 0);
      return attempts()[0]?.status;
    };
    expect(await answerTo(one?.brandId, first.mchid)).toBe(204);
    expect(await answerTo(two?.brandId, second.mchid)).toBe(204);
    expect(await answerTo(two?.brandId, first.mchid)).not.toBe(204);
    const body = { ...{ brandId: two?.brandId, cardId: 'c' }, mchid: '1900000003' };
    const control = await fetch(`${running.sandbox.url}/sandbox/users/open`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    expect([control.status, await control.text()]).toEqual([400, expect.stringContaining(names.join(', '))]);
    expect(running.refused).toEqual([]);
  });
});
