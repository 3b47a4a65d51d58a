import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { createCallPolicies } from '../../src/app/call-policies';
import { createReload } from '../../src/app/reload';
import { demoConfig } from '../../src/cli/demo';
import { defaults, type Config } from '../../src/config/config';
import { createEffectiveRules } from '../../src/graphql/inputs/rules/effective-rules';
import { createKeyRing } from '../../src/shared/key-ring';
import { systemClock } from '../../src/shared/clock';
import { createAccounts } from '../../src/wechatpay/accounts/accounts';
import { newPair } from '../support/key-pairs';
import { startSandbox } from '../support/sandbox';

type Path = readonly (string | number)[];

const isLeaf = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || value instanceof Map || 'type' in value;
const pathsOf = (value: unknown, path: Path = []): readonly Path[] =>
  isLeaf(value)
    ? [path]
    : Object.entries(value as object).flatMap(([name, member]) =>
        pathsOf(member, [...path, Array.isArray(value) ? Number(name) : name]),
      );

/** Another value of the same kind. */
const other = (value: unknown): unknown => {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (value instanceof Map) return new Map([...value, ['another', 'query Q { __typename }']]);
  if (typeof value === 'string') return `${value}0`;
  const { type } = value as KeyObject;
  return type === 'secret' ? createSecretKey(randomBytes(32)) : newPair()[`${type}Key`];
};
const changed = (value: unknown, [step, ...rest]: Path): unknown => {
  if (step === undefined) return other(value);
  if (Array.isArray(value))
    return value.map((member: unknown, index) => (index === step ? changed(member, rest) : member));
  return { ...(value as object), [step]: changed(Reflect.get(value as object, step), rest) };
};

describe('every setting', () => {
  it('that changes is applied, named as waiting for a restart, or refused', async () => {
    const sandbox = await startSandbox({ membersPerBrand: 1 });
    await sandbox.close();
    const demo = demoConfig(sandbox, 0);
    const config: Config = {
      ...demo,
      auth: {
        tokens: {
          issuer: 'i',
          audience: 'a',
          jwks: { file: 'f' },
          algorithms: ['RS256'],
          type: 'JWT',
          maxAgeSeconds: 60,
          laneClaim: 'lane',
          members: { ...defaults.members, openidClaims: new Map(), mutations: ['createPreAuthToken'] },
        },
        apiKeys: { file: 'k' },
        requests: defaults.requests,
      },
      wechatPay: {
        ...demo.wechatPay,
        brands: demo.wechatPay.brands.map((brand) => ({
          ...brand,
          limits: { GET_USER_CARD: 20 },
          budget: { reserve: { share: 0.1 }, ceiling: { callsPerSecond: 2 } },
        })),
        limits: { GET_USER_CARD: { brand: 5, partner: 10 } },
      },
      budgets: {
        interactiveReserve: { share: 0.2 },
        brandCeiling: { share: 0.5 },
        callerCeiling: { share: 0.5 },
      },
      callers: [{ caller: 'key:crm', lane: 'bulk', ceiling: { callsPerSecond: 2 } }],
      http: { ...demo.http, corsOrigins: ['https://shop.example.com'] },
      metrics: { host: '127.0.0.1', port: 0 },
      rules: { UPDATE_USER_CARD: { level: { maxLength: 20 } } },
      audit: { directory: 'd', key: createSecretKey(randomBytes(32)) },
      notifications: { path: '/n', confirm: [{ brandId: '1004', level: 'l', allocateCodes: true }] },
      redis: { url: 'redis://127.0.0.1' },
      database: { directory: 'd' },
      directory: { brandIds: ['1004'], retainDays: 30 },
      webhooks: [
        {
          id: 'w',
          url: 'https://w.example.com',
          secret: createSecretKey(Buffer.alloc(32)),
          secondSecret: createSecretKey(Buffer.alloc(32, 1)),
          brandIds: ['1004'],
          kinds: [],
          personalMembers: [],
          allowPrivateNetwork: false,
        },
      ],
    };
    const paths = pathsOf(config);
    expect(paths.length).toBeGreaterThan(80);
    const silent: string[] = [];
    for (const path of paths) {
      const reload = createReload({
        config,
        accounts: createAccounts(config.wechatPay, systemClock),
        policies: createCallPolicies(config),
        rules: createEffectiveRules(config.rules),
        keys: createKeyRing(config.encryptionKeys),
        replaceAuditKey: (key) => config.audit?.key.equals(key) === false,
        replaceConfirmRules: () => undefined,
        replaceDirectoryBrands: () => undefined,
        onReload: () => undefined,
      });
      const reloaded = await reload(() => Promise.resolve(changed(config, path) as Config)).catch(
        () => undefined,
      );
      if (reloaded !== undefined && reloaded.applied.length + reloaded.atNextStart.length === 0)
        silent.push(path.join('.'));
    }
    expect(silent).toEqual([]);
  });
});
