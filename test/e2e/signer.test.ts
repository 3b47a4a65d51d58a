import { createPrivateKey } from 'node:crypto';
import type { Config } from '../../src/config/config';
import { peakPerSecond } from '../support/arrivals';
import { brandOf } from '../support/config-on-disk';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { startSigner, type TestSigner } from '../support/signer';
import { testApp, type TestApp } from '../support/test-app';

/** Longer than a slot is confirmed ahead and its grace together, ms. */
const slowMs = 120;
const limit = 5;

interface Ready {
  readonly findings: readonly { readonly code: string; readonly detail: string }[];
}

describe('a brand whose private key is in another process', () => {
  let sandbox: Sandbox;
  let signer: TestSigner;
  let app: TestApp;
  let reads = 0;

  const withSigner = ({ wechatPay, ...config }: Config): Config => ({
    ...config,
    metrics: { host: '127.0.0.1', port: 0 },
    server: { ...config.server, queryDeadlineMs: 12_000 },
    wechatPay: {
      ...wechatPay,
      brands: wechatPay.brands.map((brand) => ({ ...brand, route: 'brand' as const })),
      brandCredentials: wechatPay.brandCredentials.map((credential) =>
        credential.brandId === '1004' ? { ...credential, privateKey: signer.settings } : credential,
      ),
    },
  });
  beforeAll(async () => {
    sandbox = await startSandbox({ membersPerBrand: 60 });
    signer = await startSigner(createPrivateKey(brandOf(sandbox).privateKeyPem));
    app = await testApp({ upstream: sandbox, change: withSigner });
  });
  afterAll(async () => {
    await app.close();
    await signer.close();
    await sandbox.close();
  });
  beforeEach(() => {
    signer.requests.length = 0;
    signer.delay(0);
    signer.answer(undefined);
    sandbox.ledger.clear();
  });

  const keyOf = (code: string): string => {
    const { brandId, cardId, openid } = sandbox.example;
    return `key: { brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "${code}" }`;
  };
  /** A read that no cache serves. */
  const readNew = (headers?: Readonly<Record<string, string>>) =>
    app.ask(`{ userCard(by: { ${keyOf(`none-${(reads += 1)}`)} }) { level } }`, {}, headers);
  const arrivals = () => sandbox.ledger.entries();

  it('reads, decrypts and writes as with the key at hand', async () => {
    const { userCardCode, brandId, cardId, openid } = sandbox.example;
    const by = `by: { ${keyOf(userCardCode)} }`;
    const read = await app.ask(`{ userCard(${by}) { level phoneNumber } }`);
    expect([read.errors, read.data]).toEqual([
      [],
      {
        userCard: {
          level: expect.any(String) as string,
          phoneNumber: expect.stringMatching(/^1\d{10}$/) as string,
        },
      },
    ]);
    const { data, errors } = await app.ask(
      `mutation ($input: UpdateUserCardInput!) { updateUserCard(input: $input) { userCard { level } userErrors { code } } }`,
      { input: { userCard: { key: { brandId, cardId, openid, userCardCode } }, level: '黑金会员' } },
    );
    expect([errors, data]).toEqual([
      [],
      { updateUserCard: { userCard: { level: '黑金会员' }, userErrors: [] } },
    ]);
    expect(signer.requests.map(({ path }) => path)).toContain('/keys/brand-1004/decrypt');
    // The text of no request and no member has reached the other process.
    expect(signer.requests.map(({ text }) => text).join()).not.toContain(openid);
  });

  it('waits for a slow signature before it asks for a slot: none is lost, and none is refused by WeChat Pay', async () => {
    signer.delay(slowMs);
    const answers = await Promise.all(Array.from({ length: 3 * limit }, () => readNew()));
    const codes = answers.flatMap(({ errors }) => errors.map(({ extensions }) => extensions.code));
    // A busy machine may lose one to a timeout; none may be without a slot.
    expect(codes.filter((code) => code !== 'UPSTREAM_UNAVAILABLE')).toEqual([]);
    expect(arrivals().length).toBeGreaterThan(2 * limit);
    expect(arrivals().filter(({ status }) => status === 429)).toEqual([]);
    expect(peakPerSecond(arrivals().map(({ at }) => at))).toBeLessThanOrEqual(limit);
    // Signatures are used, also if a slot was missed.
    expect(signer.requests.length).toBeLessThan(2 * arrivals().length);
  });

  it('sends nothing while nobody signs, serves what is cached, and says so by readiness and metrics', async () => {
    const { userCardCode } = sandbox.example;
    const cached = `{ userCard(by: { ${keyOf(userCardCode)} }) { level } }`;
    await app.ask(cached);
    sandbox.ledger.clear();
    const exchanges = await metric('membercard_upstream_exchanges_total');
    signer.answer((response) => response.writeHead(503).end());
    // A second of attempts is enough.
    const { errors } = await readNew({ prefer: 'wait=1' });
    expect(errors).toMatchObject([{ extensions: { code: 'SIGNER_UNAVAILABLE' } }]);
    expect((await app.ask(cached)).errors).toEqual([]);
    expect(arrivals()).toEqual([]);
    const { findings } = (await (await fetch(`${app.operatorsUrl}/readyz`)).json()) as Ready;
    expect(findings.map(({ code }) => code)).toContain('signer.failing');
    expect(findings.find(({ code }) => code === 'signer.failing')?.detail).toMatch(
      /^the signer of brand 1004 did \d+ of \d+ requests in the last 60 s \(HTTP_503 \d+\)$/,
    );
    // It is no attempt at WeChat Pay: no host is blamed.
    expect(await metric('membercard_upstream_exchanges_total')).toBe(exchanges);
    expect(
      await metric('membercard_signer_requests_total{action="sign",outcome="unavailable"}'),
    ).toBeGreaterThan(0);
  });

  it('does not say that a personal value is for another key while nobody can be asked', async () => {
    const { userCardCode } = sandbox.example;
    await app.ask(`{ userCard(by: { ${keyOf(userCardCode)} }) { level } }`);
    signer.answer((response) => response.writeHead(503).end());
    const { errors } = await app.ask(`{ userCard(by: { ${keyOf(userCardCode)} }) { phoneNumber } }`);
    expect(errors).toMatchObject([
      { path: ['userCard', 'phoneNumber'], extensions: { code: 'SIGNER_UNAVAILABLE' } },
    ]);
  });

  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`${app.operatorsUrl}/metrics`)).text();
    return text
      .split('\n')
      .filter((line) => line.startsWith(name))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };
});
