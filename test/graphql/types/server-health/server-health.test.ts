import { callers } from '../../../support/callers';
import { testApp, type TestApp } from '../../../support/test-app';

describe('serverHealth', () => {
  const known = callers({ shop: ['brand:1004:read'], admin: ['admin'] });
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({
      change: (config) => ({
        ...config,
        auth: known.settings,
        wechatPay: {
          ...config.wechatPay,
          brandCredentials: config.wechatPay.brandCredentials.map((credential) => ({
            ...credential,
            publicKeys: credential.publicKeys.map((key) => ({ ...key, notAfter: Date.now() + 86_400_000 })),
          })),
        },
      }),
    });
  });
  afterAll(async () => {
    await app.close();
    known.remove();
  });

  interface Health {
    readonly serverHealth: {
      readonly status: string;
      readonly findings: readonly Readonly<Record<string, string>>[];
      readonly keys: readonly { readonly kind: string; readonly keyId: string; readonly endTime: string }[];
    };
  }
  const ask = (headers: Readonly<Record<string, string>>) =>
    app.ask<Health>(
      '{ serverHealth { status findings { code level meaning action detail } keys { kind keyId endTime } } }',
      {},
      headers,
    );

  it('tells administrators in their language what is wrong, and which keys end when', async () => {
    const { data } = await ask({ ...known.headers.admin, 'accept-language': 'zh' });
    expect(data?.serverHealth.status).toBe('READY');
    const [ending] = data?.serverHealth.findings.filter(({ code }) => code === 'key.ending') ?? [];
    expect(ending).toMatchObject({
      level: 'WARNING',
      meaning: '证书或密钥将在 30 天内到期，或已到期。',
      action: '配置新的证书或密钥。',
    });
    const [first] = data?.serverHealth.keys ?? [];
    expect(first?.kind).toBe('PUBLIC_KEY');
    expect(Date.parse(first?.endTime ?? '')).toBeGreaterThan(Date.now());
    expect(ending?.detail).toContain(first?.keyId);
    expect(app.arrived()).toBe(0);
  });

  it('is for administrators', async () => {
    const { data, errors } = await ask(known.headers.shop);
    expect([data, errors[0]?.extensions.code]).toEqual([{ serverHealth: null }, 'FORBIDDEN']);
  });
});
