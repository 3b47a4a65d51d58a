import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../src/config/config';
import { createNodeIds, type NodeRef } from '../../src/graphql/relay/node-id';
import { firstExample, secondExample } from '../../src/sandbox/seed';
import { callers } from '../support/callers';
import { firstAttempts } from '../support/first-attempts';
import { seededCardKey, seededCardKeys } from '../support/seeded-cards';
import { testApp, type Answer, type TestApp } from '../support/test-app';

const { brandId } = firstExample;
const seededBrand = '1001622624';
const known = callers({
  shop: [`brand:${brandId}:pii`, `brand:${seededBrand}:read`],
  other: ['brand:1005:read'],
});
const { shop, other } = known.headers;

let app: TestApp;
let idOf: (ref: NodeRef) => string;
beforeAll(async () => {
  app = await testApp({
    sandbox: { membersPerBrand: 120 },
    change: (config: Config) => {
      idOf = createNodeIds(config.ids.key).encode;
      return {
        ...config,
        auth: known.settings,
        server: { ...config.server, queryDeadlineMs: 20_000 },
      };
    },
  });
});
afterAll(async () => {
  await app.close();
  known.remove();
});

/** The fields of each type that need no further call. */
const document = `query Cards($representations: [_Any!]!) { _entities(representations: $representations) {
  __typename
  ... on Brand { id brandId }
  ... on CardTemplate { id cardId }
  ... on MembershipActivity { id activityId }
  ... on UserCard { id userCardCode }
} }`;
type Entities = Answer<{ _entities: readonly (Readonly<Record<string, unknown>> | null)[] }>;
const ask = (
  representations: readonly unknown[],
  headers: Readonly<Record<string, string>> = shop,
): Promise<Entities> => app.ask(document, { representations }, headers);
const cardOf = (member: number) => ({ __typename: 'UserCard', ...seededCardKey(member) });

describe('_entities', () => {
  it('returns objects of every type in order, by id and by keys, each with one call', async () => {
    // No other test reads this card, its template and the activity.
    const { cardId, userCardCode } = secondExample;
    const card = { kind: 'UserCard', ...secondExample } as const;
    const ids = {
      brand: idOf({ kind: 'Brand', brandId }),
      template: idOf({ kind: 'CardTemplate', brandId, cardId }),
      card: idOf(card),
    };
    const before = [firstAttempts(app, 'GET_USER_CARD'), firstAttempts(app, 'GET_CARD_TEMPLATE')] as const;
    const { data, errors, extensions } = await ask([
      { __typename: 'UserCard', ...secondExample },
      { __typename: 'Brand', brandId },
      { __typename: 'CardTemplate', id: ids.template },
      { __typename: 'UserCard', id: ids.card },
      { __typename: 'Brand', id: ids.brand },
      { __typename: 'CardTemplate', brandId, cardId },
      { __typename: 'MembershipActivity', brandId, activityId: '10001' },
    ]);
    expect(errors).toEqual([]);
    const shown = {
      card: { __typename: 'UserCard', id: ids.card, userCardCode },
      brand: { __typename: 'Brand', id: ids.brand, brandId },
      template: { __typename: 'CardTemplate', id: ids.template, cardId },
    };
    expect(data?._entities).toEqual([
      ...[shown.card, shown.brand, shown.template],
      ...[shown.card, shown.brand, shown.template],
      {
        __typename: 'MembershipActivity',
        id: idOf({ kind: 'MembershipActivity', brandId, activityId: '10001' }),
        activityId: '10001',
      },
    ]);
    expect(firstAttempts(app, 'GET_USER_CARD') - before[0]).toBe(1);
    expect(firstAttempts(app, 'GET_CARD_TEMPLATE') - before[1]).toBe(1);
    expect(extensions.throttle.map(({ plannedCalls }) => plannedCalls)).toEqual([1, 1, 1]);
  });

  it('of 20 cards plans and makes 20 calls, and then none', async () => {
    const cards = seededCardKeys(20).map((key) => ({ __typename: 'UserCard', ...key }));
    const before = firstAttempts(app, 'GET_USER_CARD');
    const { errors, extensions } = await ask([...cards, ...cards]);
    expect(errors).toEqual([]);
    expect(firstAttempts(app, 'GET_USER_CARD') - before).toBe(20);
    expect(extensions.throttle).toMatchObject([{ plannedCalls: 20 }]);
    await ask([...cards, ...cards]);
    // The third is the whole response of the second: every execution makes lookups.
    const lookups = app.calls.length;
    const third = await ask([...cards, ...cards]);
    expect([third.errors, app.calls.length]).toEqual([[], lookups]);
    expect(firstAttempts(app, 'GET_USER_CARD') - before).toBe(20);
  });

  it('fails each wrong representation alone, at its path, and repeats none of it', async () => {
    const secret = 'o-secret';
    const before = app.arrived();
    const { data, errors, text, status } = await ask([
      { __typename: 'Brand', brandId },
      { __typename: 'UserCard', ...firstExample, openid: `../${secret}` },
      { __typename: 'UserCard', openid: secret },
      { __typename: secret },
      secret,
      { __typename: 'UserCard', id: secret },
      { __typename: 'UserCard', ...firstExample, userCardCode: 478515832665 },
      { __typename: 'UserCard', ...firstExample, brandId: '1005', openid: secret },
    ]);
    expect(status).toBe(200);
    expect(data?._entities.map((entity) => entity?.__typename)).toEqual([
      'Brand',
      ...Array<undefined>(7).fill(undefined),
    ]);
    expect(errors.map(({ path, extensions }) => [path?.[1], extensions.code])).toEqual([
      ...[1, 2, 3, 4].map((index) => [index, 'BAD_USER_INPUT']),
      [5, 'NOT_FOUND'],
      [6, 'BAD_USER_INPUT'],
    ]);
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^openid must /),
      expect.stringMatching(/; missing: brandId, cardId, userCardCode\.$/),
      expect.stringMatching(/^__typename must be one of /),
      'A representation must be an object.',
      'id names no UserCard in a brand that you may read.',
      'userCardCode must be a string.',
    ]);
    expect(text).not.toContain(secret);
    expect([app.arrived(), app.reports]).toEqual([before, []]);
  });

  it('reads representations in the document, with variables in them', async () => {
    const { data, errors } = await app.ask(
      `query ($brandId: ID!, $all: [_Any!]!) {
        a: _entities(representations: [{ __typename: "Brand", brandId: $brandId }, { __typename: "Brand", brandId: 1004 }]) { __typename }
        b: _entities(representations: $all) { ... on Brand { brandId } }
      }`,
      { brandId, all: [{ __typename: 'Brand', brandId }] },
      shop,
    );
    expect(data).toEqual({ a: [{ __typename: 'Brand' }, null], b: [{ brandId }] });
    expect(errors.map(({ path, message }) => [path, message])).toEqual([
      [['a', 1], 'brandId must be a string.'],
    ]);
  });

  it('takes no more entries than every list', async () => {
    const before = app.arrived();
    const brands = Array.from({ length: 101 }, () => ({ __typename: 'Brand', brandId }));
    const { data, errors } = await ask(brands);
    expect(data).toBeNull();
    expect(errors.map(({ message }) => message)).toEqual(['representations must have at most 100 entries.']);
    expect(app.arrived()).toBe(before);
  });

  it('is null for objects of other brands, cached or not', async () => {
    expect((await ask([cardOf(100)])).data?._entities[0]).toBeTruthy();
    const before = app.arrived();
    const { data, errors } = await ask([cardOf(100), cardOf(110), { __typename: 'Brand', brandId }], other);
    expect([data?._entities, errors, app.arrived()]).toEqual([[null, null, null], [], before]);
  });

  it('decrypts personal data for those who may see it, and the audit log has it', async () => {
    const query = `query Till($representations: [_Any!]!) { _entities(representations: $representations) { ... on UserCard { phoneNumber } } }`;
    const representations = [{ __typename: 'UserCard', ...firstExample }, cardOf(101)];
    app.audit.length = 0;
    const { data, errors, headers } = await app.ask(query, { representations }, shop);
    expect(data?._entities).toEqual([
      { phoneNumber: expect.stringMatching(/^1\d{10}$/) as string },
      { phoneNumber: null },
    ]);
    expect(errors.map(({ path, extensions }) => [path, extensions.code])).toEqual([
      [['_entities', 1, 'phoneNumber'], 'FORBIDDEN'],
    ]);
    expect(app.audit.map(({ operation, caller }) => [operation, caller])).toEqual([['Till', 'key:shop']]);
    expect(headers.get('cache-control')).toBe('private, no-store');
  });
});

it('no request header makes the server trace its fields', async () => {
  const { errors, extensions } = await ask([{ __typename: 'Brand', brandId }], {
    ...shop,
    'apollo-federation-include-trace': 'ftv1',
  });
  expect(errors).toEqual([]);
  expect(Object.keys(extensions).sort()).toEqual(['cache', 'throttle']);
});

describe('_service', () => {
  it('is the committed subgraph, and costs nothing', async () => {
    const committed = readFileSync(join(__dirname, '..', '..', 'schema', 'subgraph.graphql'), 'utf8');
    const { data, errors, extensions } = await app.ask<{ _service: { sdl: string } }>(
      '{ _service { sdl } }',
      {},
      other,
    );
    expect([errors, extensions.throttle]).toEqual([[], []]);
    expect(data?._service.sdl).toBe(committed);
  });
});
