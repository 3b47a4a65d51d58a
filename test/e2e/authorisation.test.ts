import type { Config } from '../../src/config/config';
import { permissionsOf } from '../../src/auth/permissions';
import { meets, ruleOf } from '../../src/graphql/access/access';
import { createNodeIds, type NodeRef } from '../../src/graphql/relay/node-id';
import { servedSchema } from '../../src/graphql/schema/schema';
import { firstExample } from '../../src/sandbox/seed';
import { isOpenToMembers } from '../../src/graphql/access/member-access';
import { callers } from '../support/callers';
import { memberBackend, type MemberBackend } from '../support/members';
import { rootFieldOperations, type Samples } from '../support/root-fields';
import { rootFieldSamples } from '../support/root-field-samples';
import { testApp, type Answer, type TestApp } from '../support/test-app';

const { brandId, ...exampleCard } = firstExample;
const otherBrand = '1001622624';
const scopes = {
  wrongBrand: ['read', 'write', 'pii'].map((action) => `brand:${otherBrand}:${action}`),
  read: [`brand:${brandId}:read`],
  write: [`brand:${brandId}:write`],
  pii: [`brand:${brandId}:pii`],
  admin: ['admin'],
  readHereWriteThere: [`brand:${brandId}:read`, `brand:${otherBrand}:write`],
  everyBrand: ['brand:*:read'],
} as const;

const operations = rootFieldOperations(servedSchema(), {
  known: ['brandId', 'cardId', 'openid', 'userCardCode', 'activityId', 'id', 'ids', 'by'],
  // Personal fields have tests of their own.
  skip: ['phoneNumber', 'userInformation'],
});

let app: TestApp;
let idOf: (ref: NodeRef) => string;
const known = callers(scopes);
let backend: MemberBackend;
beforeAll(async () => {
  backend = await memberBackend({}, known.settings);
  app = await testApp({
    change: (config: Config) => {
      idOf = createNodeIds(config.ids.key).encode;
      return { ...config, auth: backend.settings };
    },
  });
});
afterAll(async () => {
  await app.close();
  known.remove();
  backend.remove();
});

const samplesOf = (brand: string): Samples =>
  rootFieldSamples(brand, idOf({ ...exampleCard, kind: 'UserCard', brandId: brand }));

type Operation = (typeof operations)[number];
const run = (operation: Operation, brand: string, name?: keyof typeof scopes): Promise<Answer> =>
  runAs(operation, brand, name === undefined ? {} : known.headers[name]);
const runAs = (
  operation: Operation,
  brand: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> => app.ask(operation.query, operation.variables(samplesOf(brand)), headers);
const codes = ({ errors }: Answer): readonly unknown[] => errors.map(({ extensions }) => extensions.code);
/** Without what the budget of the caller's own brands happens to be: calls of the last second count in it. */
const withoutBudget = ({ text }: Answer): string =>
  text.replace(/"(available|queueDepth|waitMs)":\d+/g, '"$1":0');
/** A brand that is not configured, to compare with. */
const absentBrand = '999999';
const takesBrand = ({ query, rule }: Operation): boolean => query.includes('$') && rule !== 'admin';

describe.each(operations.map((operation) => [operation.name, operation] as const))('%s', (_, operation) => {
  it('is refused without a caller', async () => {
    const { status, data } = await run(operation, brandId);
    expect([status, data]).toEqual([401, null]);
  });

  it('responds to a caller of another brand as for an unknown brand, and calls nothing upstream', async () => {
    const arrived = app.arrived();
    const denied = await run(operation, brandId, 'wrongBrand');
    const absent = await run(operation, absentBrand, 'wrongBrand');
    expect(withoutBudget(denied)).toBe(withoutBudget(absent));
    expect(denied.text).not.toContain(`"${brandId}"`);
    expect(denied.status).toBe(200);
    expect(denied.headers.get('cache-control')).toBe(absent.headers.get('cache-control'));
    expect(app.arrived()).toBe(arrived);
  });

  it.each(['read', 'write', 'pii', 'admin'] as const)(
    'is open to the scope %s according to its rule',
    async (scope) => {
      const rule = ruleOf({ access: operation.rule });
      if (rule === undefined) throw new Error('no rule');
      const arrived = app.arrived();
      const answer = await run(operation, brandId, scope);
      if (meets(rule, permissionsOf(scopes[scope]))) {
        expect(codes(answer)).not.toContain('FORBIDDEN');
        const absent = await run(operation, absentBrand, scope);
        if (takesBrand(operation)) expect(answer.text).not.toBe(absent.text);
        else if (rule === 'admin') expect(answer.data).not.toBeNull();
        else if (rule !== 'anyone') expect(answer.text).toContain(`"${brandId}"`);
      } else {
        expect(codes(answer)).toEqual(['FORBIDDEN']);
        expect(answer.data?.[operation.name] ?? null).toBeNull();
        expect(app.arrived()).toBe(arrived);
      }
    },
  );

  it('shows a member what is open to members, and of another member nothing', async () => {
    const arrived = app.arrived();
    const { openid, userCardCode } = exampleCard;
    const other = await runAs(operation, brandId, await backend.headersOf('o1004-nobody'));
    // What the brand shows to everyone needs no call here.
    expect(app.arrived()).toBe(arrived);
    expect(other.text).not.toMatch(new RegExp(`"(openid|userCardCode)":"(${openid}|${userCardCode})"`));
    // A closed field that cannot be null would take the rest of its object with it.
    const query = operation.query.replace(/throttle \{[^}]*\}/g, '');
    const own = await runAs({ ...operation, query }, brandId, await backend.headersOf(openid));
    const isOpen = operation.kind === 'query' && isOpenToMembers('Query', operation.name);
    if (isOpen) {
      expect(own.data?.[operation.name]).toBeTruthy();
      expect(new Set([...codes(own), 'FORBIDDEN'])).toEqual(new Set(['FORBIDDEN']));
    } else {
      expect(codes(own)).toEqual(['FORBIDDEN']);
      expect(own.text).toBe(other.text);
      expect(app.arrived()).toBe(arrived);
    }
  });

  it('refuses writes to a brand that the caller may only read', async () => {
    const answer = await run(operation, brandId, 'readHereWriteThere');
    const absent = await run(operation, absentBrand, 'readHereWriteThere');
    if (operation.kind === 'mutation') expect(answer.text).toBe(absent.text);
    else if (operation.rule === 'admin') expect(codes(answer)).toEqual(['FORBIDDEN']);
    else expect(codes(answer)).not.toContain('FORBIDDEN');
  });
});

describe('the rules of this schema', () => {
  it('are those of the matrix: queries need read or admin, mutations write or admin', () => {
    const rules = Object.fromEntries(operations.map(({ name, kind, rule }) => [name, [kind, rule]]));
    expect(rules).toMatchObject({
      brand: ['query', 'read'],
      brands: ['query', 'read'],
      cardTemplate: ['query', 'read'],
      node: ['query', 'read'],
      nodes: ['query', 'read'],
      userCard: ['query', 'read'],
      userCards: ['query', 'read'],
      budgetUse: ['query', 'admin'],
      serverHealth: ['query', 'admin'],
      webhookDeliveries: ['query', 'admin'],
      auditEntries: ['query', 'admin'],
      auditVerification: ['query', 'admin'],
      redeliverWebhook: ['mutation', 'admin'],
      createCardTemplate: ['mutation', 'write'],
      importUserCardByPhone: ['mutation', 'write'],
      updateUserCard: ['mutation', 'write'],
    });
  });
});

describe('what the cache has from one caller', () => {
  const { cardId, openid, userCardCode } = firstExample;
  const card = (brand: string): string =>
    `userCard(by: { key: { brandId: "${brand}", cardId: "${cardId}", openid: "${openid}", userCardCode: "${userCardCode}" } }) { level }`;
  const list = (brand: string): string =>
    `brand(brandId: "${brand}") { userCards(openid: "${openid}") { totalCount nodes { level } } cardTemplates { totalCount } }`;

  it('is not returned to a caller of another brand, by keys, list or id', async () => {
    const id = idOf({ kind: 'UserCard', brandId, cardId, openid, userCardCode });
    const templateId = idOf({ kind: 'CardTemplate', brandId, cardId });
    const brandNode = idOf({ kind: 'Brand', brandId });
    const ask = (name: keyof typeof scopes) =>
      app.ask(
        `{ ${card(brandId)} ${list(brandId)} nodes(ids: ["${id}", "${templateId}", "${brandNode}"]) { id } }`,
        {},
        known.headers[name],
      );
    const warmed = await ask('everyBrand');
    expect(warmed.errors).toEqual([]);
    expect(warmed.data?.nodes).toEqual([{ id }, { id: templateId }, { id: brandNode }]);
    const { data, errors, extensions } = await ask('wrongBrand');
    expect([data, errors]).toEqual([{ userCard: null, brand: null, nodes: [null, null, null] }, []]);
    expect(extensions).toEqual({ throttle: [], cache: { hits: 0, stale: 0, misses: 0 } });
  });

  it('is not returned for keys of another brand', async () => {
    await app.ask(`{ ${card(brandId)} }`, {}, known.headers.everyBrand);
    const { data, extensions } = await app.ask(`{ ${card(otherBrand)} }`, {}, known.headers.wrongBrand);
    expect(data).toEqual({ userCard: null });
    expect(extensions.cache).toEqual({ hits: 0, stale: 0, misses: 1 });
  });

  it('does not change the list of brands of each caller', async () => {
    const ask = async (name: keyof typeof scopes) => {
      const { data } = await app.ask<{ brands: { totalCount: number; nodes: { brandId: string }[] } }>(
        '{ brands { totalCount nodes { brandId } } }',
        {},
        known.headers[name],
      );
      return data?.brands;
    };
    expect(await ask('wrongBrand')).toEqual({ totalCount: 1, nodes: [{ brandId: otherBrand }] });
    expect((await ask('everyBrand'))?.totalCount).toBeGreaterThan(1);
  });
});
