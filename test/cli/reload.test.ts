import { brandOf, credential } from '../support/config-on-disk';
import { reloadingApp, until, type ReloadingApp } from '../support/reloading-app';
import { newPair } from '../support/key-pairs';

const newSerial = '5AAA000000000000000000000000000000000001';

describe('a configuration that changes while the server runs', () => {
  let running: ReloadingApp;
  let sandbox: ReloadingApp['sandbox'];
  let file: ReloadingApp['file'];
  let reloading: ReloadingApp['reloading'];
  let applied: ReloadingApp['applied'];
  let refused: ReloadingApp['refused'];
  let ask: ReloadingApp['ask'];
  beforeEach(async () => {
    running = await reloadingApp();
    ({ sandbox, file, reloading, applied, refused, ask } = running);
  });
  afterEach(() => running.close());

  const control = async (path: string, body: unknown): Promise<void> => {
    const response = await fetch(`${sandbox.url}/sandbox/${path}`, {
      method: 'PUT',
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(200);
  };
  const card = (members: string, maxAge = ''): string => {
    const { cardId, openid, userCardCode } = sandbox.example;
    return `{ userCard(by: { key: { brandId: "1004", cardId: "${cardId}", openid: "${openid}", userCardCode: "${userCardCode}" } }${maxAge}) { ${members} } }`;
  };
  const fromUpstream = () => card('phoneNumber', ', maxAgeSeconds: 0');
  const { publicKey, privateKey } = newPair();
  const newKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const acceptNewKey = () =>
    control('certificates', {
      route: 'brand',
      id: '1004',
      add: { serial: newSerial, publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }) },
    });
  const revoke = (serial: string) => control('certificates', { route: 'brand', id: '1004', revoke: serial });
  const withSerial = (serial: string) => ({
    brandCredentials: [credential(serial, sandbox.provision.wechatPay.publicKeyId)],
  });

  it('rotates the key under load without a failed request', async () => {
    await control('limits', { limits: { GET_USER_CARD: 500 } });
    file.write({ limits: { GET_USER_CARD: { brand: '100' } } });
    await reloading.now();
    // Encrypted for the old key, and cached.
    await ask(card('level'));

    const failures: string[] = [];
    let answers = 0;
    let stopped = false as boolean;
    const clients = Array.from({ length: 8 }, async () => {
      while (!stopped) {
        const text = await ask(fromUpstream());
        answers += 1;
        if (!/"phoneNumber":"1\d{10}"/.test(text)) failures.push(text);
      }
    });
    const { serial: oldSerial } = brandOf(sandbox);
    await acceptNewKey();
    await until(() => answers > 20);

    // The new key is there, its serial not yet: it must not be used.
    file.put('brand.pem', newKey);
    await reloading.now();
    expect(refused).toEqual([
      [expect.stringMatching(/brand 1004: the private key has changed but not the serial/)],
    ]);
    const before = answers;
    await until(() => answers > before + 20);

    // No signal: the file is watched.
    const appliedBefore = applied.length;
    file.write({ ...withSerial(newSerial), limits: { GET_USER_CARD: { brand: '100' } } });
    await until(() => applied.length > appliedBefore);
    expect(applied.at(-1)).toEqual(['brand 1004']);
    const switched = answers;
    await until(() => answers > switched + 20);

    // A call signed with the old key would fail now.
    await revoke(oldSerial);
    const revoked = answers;
    await until(() => answers > revoked + 50);
    stopped = true;
    await Promise.all(clients);
    expect(failures).toEqual([]);
    expect(sandbox.ledger.entries().filter(({ status }) => status !== 200)).toEqual([]);
  });

  it('still decrypts data encrypted for the old key', async () => {
    const { serial } = brandOf(sandbox);
    await ask(card('level'));
    const calls = sandbox.ledger.entries().length;
    await acceptNewKey();
    file.put('brand.pem', newKey);
    file.write(withSerial(newSerial));
    await reloading.now();
    await revoke(serial);
    expect(await ask(card('phoneNumber'))).toMatch(/"phoneNumber":"1\d{10}"/);
    // From the cache, so that the old ciphertext is used.
    expect(sandbox.ledger.entries()).toHaveLength(calls);
    expect(await ask(fromUpstream())).toMatch(/"phoneNumber":"1\d{10}"/);
  });

  it.each([
    [
      'a key that is none',
      () => file.put('brand.pem', 'rubbish'),
      /privateKeyFile: is not a private key in PEM/,
    ],
    ['half a file', () => file.put('config.yaml', 'brands: ['), /not YAML or JSON/],
    [
      'another serial for the same key',
      () => file.write(withSerial(newSerial)),
      /the serial has changed but not/,
    ],
    ['an unknown setting', () => file.write({ limitz: {} }), /limitz/],
    ["a limit that isn't one", () => file.write({ limits: { GET_USER_CARD: { brand: '0' } } }), /above 0/],
  ])('changes nothing for %s, and logs the reason', async (_, spoil, reason) => {
    spoil();
    await reloading.now();
    expect(applied).toEqual([]);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.join()).toMatch(reason);
    expect(await ask(fromUpstream())).toMatch(/"phoneNumber":"1\d{10}"/);
  });

  it('applies changed rules from the next input on', async () => {
    const { cardId, openid, userCardCode } = sandbox.example;
    const key = `{ brandId: "1004", cardId: "${cardId}", openid: "${openid}", userCardCode: "${userCardCode}" }`;
    const input = `{ userCard: { key: ${key} }, level: "特级会员" }`;
    const update = () =>
      ask(`mutation { updateUserCard(input: ${input}) { userCard { level } userErrors { field code } } }`);
    const sent = () => sandbox.ledger.entries({ interface: 'UPDATE_USER_CARD' }).length;
    file.write({ rules: { UPDATE_USER_CARD: { level: { maxLength: '2' } } } });
    await reloading.now();
    expect(applied[0]).toEqual(['rules']);
    expect(await update()).toContain('{"field":["input","level"],"code":"TOO_LONG"}');
    expect(sent()).toBe(0);
    file.write({});
    await reloading.now();
    expect(await update()).toContain('{"level":"特级会员"}');
    expect(sent()).toBe(1);
  });

  it('applies changed limits from the next call on', async () => {
    const limitOf = async () =>
      /"limitPerSecond":(\d+)/.exec(await ask(card('level', ', maxAgeSeconds: 0')))?.[1];
    expect(await limitOf()).toBe('5');
    file.write({ limits: { GET_USER_CARD: { brand: '2' } } });
    await until(() => applied.length > 0);
    expect(applied).toEqual([['limits']]);
    expect(await limitOf()).toBe('2');
    sandbox.ledger.clear();
    const { cardId, openid } = sandbox.example;
    const many = Array.from(
      { length: 5 },
      (unused, index) =>
        `c${index}: userCard(by: { key: { brandId: "1004", cardId: "${cardId}", openid: "${openid}", userCardCode: "9${index}" } }) { level }`,
    );
    await ask(`{ ${many.join(' ')} }`);
    const times = sandbox.ledger.entries().map(({ at }) => at);
    expect(times).toHaveLength(5);
    for (const [index, at] of times.slice(2).entries())
      expect(at - (times[index] ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  it('lists the sections that need a restart', async () => {
    const seen: (readonly string[])[] = [];
    file.write({ cache: { maxBytes: '2000000' } });
    const result = await running.app.reload(running.load);
    seen.push(result.atNextStart);
    expect(seen).toEqual([['cache']]);
  });

  it('applies a changed manifest of trusted documents, and keeps the former one if it is broken', async () => {
    const enforced = { trustedDocuments: { mode: 'enforce', files: ['web.json', 'mini.json'] } };
    const [first, second] = ['query A { brands { totalCount } }', 'query B { brands { totalCount } }'];
    file.put('web.json', JSON.stringify({ a: first }));
    file.put('mini.json', JSON.stringify({ b: second }));
    expect(await ask(second)).toMatch(/"totalCount":1/);
    file.write(enforced);
    await until(() => applied.length === 1);
    expect(applied[0]).toEqual(['trustedDocuments']);
    const unlisted = 'query C { brands { totalCount } }';
    expect(await ask(second)).toMatch(/"totalCount":1/);
    expect(await ask(unlisted)).toMatch(/"code":"FORBIDDEN"/);

    // No signal: the manifest is watched.
    file.put('mini.json', JSON.stringify({ c: unlisted }));
    await until(() => applied.length === 2);
    expect(await ask(unlisted)).toMatch(/"totalCount":1/);
    // Also what the response cache had.
    expect(await ask(second)).toMatch(/"code":"FORBIDDEN"/);

    file.put('mini.json', '{"c": "query C {');
    await until(() => refused.length === 1);
    expect(refused[0]?.join()).toMatch(/trustedDocuments\.files\[1\]: is not JSON of a manifest/);
    expect(await ask(unlisted)).toMatch(/"totalCount":1/);
  });
});
