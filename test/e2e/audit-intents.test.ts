import type { AuditEvent } from '../../src/audit/event';
import { servedSchema } from '../../src/graphql/schema/schema';
import { firstExample } from '../../src/sandbox/seed';
import { interfaces, type InterfaceName } from '../../src/wechatpay/api/interfaces';
import { ownMutations } from '../support/own-mutations';
import { png } from '../support/pictures';
import { rootFieldSamples } from '../support/root-field-samples';
import { rootFieldOperations } from '../support/root-fields';
import { testApp, type TestApp } from '../support/test-app';
import { ofUserCard } from '../support/by-key';

const { brandId } = firstExample;
const confirming = '1001622624';

/** Every write that the server can make, each made as its users do. */
interface Write {
  readonly name: string;
  /** Resolves to the code of the error, `undefined` without one. */
  run(app: TestApp): Promise<unknown>;
}

const mutations = rootFieldOperations(servedSchema(), { known: [], skip: [] })
  .filter(({ kind, name }) => kind === 'mutation' && !ownMutations.includes(name))
  .map((operation): Write => ({
    name: operation.name,
    async run(app) {
      const { errors } = await app.ask(operation.query, operation.variables(rootFieldSamples(brandId, 'x')));
      return errors[0]?.extensions.code;
    },
  }));

const upload: Write = {
  name: 'uploadImage',
  async run(app) {
    const response = await fetch(new URL(`/images?brandId=${brandId}`, app.url), {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: new Uint8Array(png()),
    });
    const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
    return errors?.[0]?.extensions.code;
  },
};

let users = 0;
const confirmation: Write = {
  name: 'confirmUserCard',
  async run(app) {
    const before = app.confirms.length;
    users += 1;
    app.sandbox.users.open({
      brandId: confirming,
      cardId: `p${confirming}Seed-Template-0`,
      route: 'brand',
      openid: `oIntent-${String(users)}`,
    });
    while (app.confirms.length === before) await new Promise((resolve) => setTimeout(resolve, 20));
    return app.confirms[before]?.code;
  },
};

/** By kind, to distinguish the automatic confirmation from the mutation of the same name. */
const writes: readonly (readonly [string, Write])[] = [
  ...mutations.map((write) => [`the mutation ${write.name}`, write] as const),
  ['the upload of a picture', upload],
  ['an automatic confirmation', confirmation],
];

const arrivedWrites = ({ sandbox }: TestApp) =>
  sandbox.ledger.entries().filter((entry) => interfaces[entry.interface as InterfaceName].method !== 'GET');

/** An application that confirms openings itself. */
const start = (onRecord: (event: AuditEvent) => void): Promise<TestApp> =>
  testApp({
    change: (config) => ({
      ...config,
      notifications: {
        ...config.notifications,
        confirm: [{ brandId: confirming, level: '白银会员', allocateCodes: true }],
      },
    }),
    audit: onRecord,
  });

describe('a write to WeChat Pay', () => {
  let app: TestApp;
  /** Writes that had arrived upstream when their intent was recorded. */
  const arrivedBefore: number[] = [];
  beforeAll(async () => {
    app = await start((event) => {
      if (event.kind === 'INTENT') arrivedBefore.push(arrivedWrites(app).length);
    });
  });
  afterAll(() => app.close());
  beforeEach(() => {
    app.sandbox.ledger.clear();
    app.audit.splice(0);
    app.intents.splice(0);
    arrivedBefore.splice(0);
  });

  it('is in this list: every mutation, the upload, the confirmation', () => {
    const all = Object.keys(servedSchema().getMutationType()?.getFields() ?? {});
    expect(writes.length).toBe(all.filter((name) => !ownMutations.includes(name)).length + 2);
    expect(mutations.length).toBeGreaterThan(10);
  });

  it.each(writes)('by %s is recorded before it is sent, and afterwards', async (_, write) => {
    await write.run(app);
    // Otherwise the tests of a full disk would prove nothing about it.
    expect(arrivedWrites(app).length).toBeGreaterThan(0);
    expect(arrivedBefore).toEqual([0]);
    expect(app.intents).toMatchObject([{ operation: write.name, targetHash: expect.any(String) as string }]);
    // Personal data in the response is recorded too.
    expect(app.audit.filter(({ kind }) => kind === 'MUTATION')).toMatchObject([
      { operation: write.name, id: app.intents[0]?.id },
    ]);
  });

  it('has an intent of its own if one request makes two', async () => {
    const input = ofUserCard({ ...firstExample, level: '金卡' });
    const { errors } = await app.ask(
      `mutation ($input: UpdateUserCardInput!) {
        a: updateUserCard(input: $input) { userErrors { code } } b: updateUserCard(input: $input) { userErrors { code } } }`,
      { input },
    );
    expect(errors).toEqual([]);
    expect(app.intents).toHaveLength(2);
    expect(app.audit.map(({ id }) => id)).toEqual(app.intents.map(({ id }) => id));
    expect(new Set(app.intents.map(({ id }) => id)).size).toBe(2);
  });
});

describe('while the audit cannot be written, a write to WeChat Pay', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await start(() => {
      throw new Error('the disk is full');
    });
  });
  afterAll(() => app.close());

  it.each(writes)('by %s is not sent, and is reported as not done', async (_, write) => {
    expect(await write.run(app)).toBe('AUDIT_UNAVAILABLE');
    expect(arrivedWrites(app)).toEqual([]);
  });
});
