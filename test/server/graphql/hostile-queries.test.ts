import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getIntrospectionQuery } from 'graphql';
import { callers } from '../../support/callers';
import { seededCardKeys } from '../../support/seeded-cards';
import { testApp, type TestApp } from '../../support/test-app';

const card = 'userCard(by: { key: { brandId: "1004", cardId: "c", openid: "o", userCardCode: "1" } })';

describe('a hostile query', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({
      change: (config) => ({ ...config, server: { ...config.server, development: false } }),
    });
  });
  afterAll(() => app.close());

  const nested = (levels: number): string =>
    `{ brand(brandId: "1004") { cardTemplates { nodes { ${'brand { cardTemplates { nodes { '.repeat(levels)} cardId ${'} } }'.repeat(levels)} } } } }`;

  it.each<[string, string, Record<string, unknown>, RegExp]>([
    ['deep nesting', nested(4), {}, /at most 12 deep/],
    ['many root fields', `{ ${'brands { totalCount } '.repeat(11)} }`, {}, /at most 10 root fields/],
    [
      'many aliases',
      `{ brands { ${Array.from({ length: 21 }, (_, i) => `a${i}: totalCount`).join(' ')} } }`,
      {},
      /at most 20 aliases/,
    ],
    ['a flood of one field', `{ brands { nodes { ${'name '.repeat(1000)} } } }`, {}, /at most 500 fields/],
    [
      'fragments that double',
      `{ brands { nodes { ...f0 } } } ${Array.from({ length: 20 }, (_, i) => `fragment f${i} on Brand { ...f${i + 1} ...f${i + 1} }`).join(' ')} fragment f20 on Brand { name }`,
      {},
      /at most 500 fields/,
    ],
    [
      'fragments in a circle',
      '{ brands { nodes { ...a } } } fragment a on Brand { name ...b } fragment b on Brand { name ...a }',
      {},
      /Cannot spread fragment "a" within itself/,
    ],
    [
      'many fragments',
      `{ brands { nodes { ${Array.from({ length: 31 }, (_, i) => `...f${i}`).join(' ')} } } } ${Array.from({ length: 31 }, (_, i) => `fragment f${i} on Brand { name }`).join(' ')}`,
      {},
      /at most 30 fragments/,
    ],
    [
      'many directives',
      `{ brands { ${'totalCount @include(if: true) '.repeat(21)} } }`,
      {},
      /at most 20 directives/,
    ],
    ['many tokens', `{ brands { ${'totalCount '.repeat(2000)} } }`, {}, /at most 2000 tokens/],
    [
      'a long list of literals',
      `{ nodes(ids: [${'"a" '.repeat(201)}]) { id } }`,
      {},
      /A list may have at most 200 entries/,
    ],
    [
      'a long list in a variable',
      'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
      { ids: Array.from({ length: 201 }, String) },
      /A list may have at most 200 entries/,
    ],
    [
      'many variables',
      '{ brands { totalCount } }',
      Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`v${i}`, i])),
      /at most 50 variables/,
    ],
    [
      'deep variables',
      '{ brands { totalCount } }',
      { v: JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as unknown },
      /nested at most 10 deep/,
    ],
    [
      'large variables',
      '{ brands { totalCount } }',
      { v: 'x'.repeat(270_000) },
      /The variables may have at most 262144 bytes/,
    ],
    [
      'nested introspection',
      '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }',
      {},
      /Maximum introspection depth exceeded/,
    ],
  ])(
    'with %s is refused with the rule that it breaks, and nothing is sent',
    async (_, query, variables, message) => {
      const { status, errors, data } = await app.ask(query, variables, {
        accept: 'application/graphql-response+json',
      });
      expect(errors.map((error) => error.message).join()).toMatch(message);
      expect(data).toBeNull();
      expect(status).toBe(400);
      expect(app.arrived()).toBe(0);
    },
  );

  it('gets its limit in Chinese if the caller prefers it', async () => {
    const { errors } = await app.ask(nested(4), {}, { 'accept-language': 'zh-CN,zh;q=0.9' });
    expect(errors).toMatchObject([
      { message: '字段嵌套最多 12 层（含片段）。', extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  it('with a thousand wrong values gets ten errors', async () => {
    const { errors } = await app.ask('query ($i: [UserCardRef!]!) { userCards(by: $i) { level } }', {
      i: Array.from({ length: 100 }, () => ({ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, j: 10 })),
    });
    expect(errors).toHaveLength(11);
    expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['BAD_USER_INPUT']));
    expect(app.reports).toEqual([]);
    const unknown = await app.ask(
      `{ ${Array.from({ length: 9 }, (_, i) => `x${i}`).join(' ')} brands { ${Array.from({ length: 500 }, (_, i) => `y${i}`).join(' ')} } }`,
    );
    expect(unknown.errors.length).toBeLessThanOrEqual(11);
  });
});

describe('an expensive query', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await testApp({
      change: (config) => ({ ...config, queryLimits: { ...config.queryLimits, operationMs: 8_000 } }),
    });
  });
  afterEach(() => app.close());

  const keys = (count: number, brandId = '1002') =>
    Array.from({ length: count }, (_, index) => ({
      key: {
        brandId,
        cardId: `p${brandId}Seed-Template-0`,
        openid: `o${brandId}-member-00000`,
        userCardCode: String(471_000 + index),
      },
    }));
  const cards = 'query ($keys: [UserCardRef!]!) { userCards(by: $keys) { level } }';
  const planned = ({ extensions }: Awaited<ReturnType<TestApp['ask']>>) =>
    extensions.throttle.map(({ brandId, interface: name, plannedCalls, actualCalls }) => [
      brandId,
      name,
      plannedCalls,
      actualCalls,
    ]);

  it('is refused above the bound with the sum, and nothing is sent', async () => {
    const aliases = ['a', 'b', 'c'].map((name) => `${name}: userCards(by: $${name}) { level }`).join(' ');
    const answer = await app.ask(
      `query ($a: [UserCardRef!]!, $b: [UserCardRef!]!, $c: [UserCardRef!]!) { ${aliases} }`,
      {
        a: keys(100),
        b: keys(100, '1004'),
        c: keys(1, '1001622624'),
      },
      { 'accept-language': 'zh' },
    );
    expect(answer).toMatchObject({
      status: 200,
      data: null,
      errors: [
        {
          message: '该操作可能需要 201 次上游调用，最多允许 200 次。',
          extensions: { code: 'QUERY_TOO_EXPENSIVE', plannedCalls: 201 },
        },
      ],
    });
    expect(planned(answer)).toEqual([
      ['1002', 'GET_USER_CARD', 100, 0],
      ['1004', 'GET_USER_CARD', 100, 0],
      ['1001622624', 'GET_USER_CARD', 1, 0],
    ]);
    expect(app.arrived()).toBe(0);
  });

  it('is refused if its calls cannot be made in the longest time of an operation, and nothing is sent', async () => {
    const answer = await app.ask(cards, { keys: keys(60) });
    expect(answer.errors).toMatchObject([
      {
        message: expect.stringMatching(/needs 60 calls of one interface/) as string,
        extensions: { code: 'QUERY_TOO_EXPENSIVE', plannedCalls: 60 },
      },
    ]);
    expect(answer.errors[0]?.extensions).not.toHaveProperty('retryAfterMs');
    expect(app.arrived()).toBe(0);
  });

  it('runs if the cache can serve it', async () => {
    // Five a second: there is time for 40 calls.
    const all = seededCardKeys(45).map((key) => ({ key }));
    for (let from = 0; from < all.length;)
      if ((await app.ask(cards, { keys: all.slice(from, from + 15) })).errors.length === 0) from += 15;
    const warm = await app.ask(cards, { keys: all });
    expect(warm.errors).toEqual([]);
    expect(planned(warm)).toEqual([['1001622624', 'GET_USER_CARD', 45, 0]]);
    const insisting = await app.ask(cards.replace('by: $keys)', 'by: $keys, maxAgeSeconds: 0)'), {
      keys: all,
    });
    expect(insisting.errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_EXPENSIVE' } }]);
  });
});

describe('an operation that takes long', () => {
  it('is ended at its time limit, and returns the results until then', async () => {
    const app = await testApp({
      change: (config) => ({
        ...config,
        server: { ...config.server, queryDeadlineMs: 20_000 },
        queryLimits: { ...config.queryLimits, operationMs: 300 },
      }),
    });
    try {
      // Given up by the time limit, or not at all before the deadline.
      app.sandbox.faults.set([{ kind: 'blackHole' }]);
      const { data, errors } = await app.ask(`{ brands { totalCount } ${card} { level } }`);
      expect(app.operations[0]?.durationMs).toBeLessThan(10_000);
      expect(data).toMatchObject({ brands: { totalCount: expect.any(Number) as number }, userCard: null });
      expect(errors).toMatchObject([{ path: ['userCard'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
    } finally {
      await app.close();
    }
  });
});

describe('a browser', () => {
  it('is shown no landing page outside development', async () => {
    const app = await testApp({
      change: (config) => ({ ...config, server: { ...config.server, development: false } }),
    });
    try {
      const response = await fetch(app.url, { headers: { accept: 'text/html' } });
      expect(response.status).toBe(400);
      expect(response.headers.get('content-type')).toMatch(/json/);
      expect(await response.text()).not.toMatch(/<html|apollo server|sandbox/i);
    } finally {
      await app.close();
    }
  });
});

describe('the schema', () => {
  const introspection = { query: getIntrospectionQuery() };
  const committed = readFileSync(join(__dirname, '..', '..', '..', 'schema', 'schema.graphql'), 'utf8');

  it('is open in development: introspection, and the SDL at /schema.graphql', async () => {
    const app = await testApp();
    try {
      const { data, errors } = await app.ask(introspection.query);
      expect(errors).toEqual([]);
      expect(data).toHaveProperty('__schema');
      const response = await fetch(new URL('/schema.graphql', app.url));
      expect(response.status).toBe(200);
      expect(await response.text()).toBe(committed);
    } finally {
      await app.close();
    }
  });

  it('is closed otherwise to callers without schema:read: introspection is refused, and the path returns 404', async () => {
    const known = callers({ reader: ['brand:*:read'], tool: ['schema:read'] });
    const app = await testApp({
      change: (config) => ({
        ...config,
        auth: known.settings,
        server: { ...config.server, development: false },
      }),
    });
    try {
      const { reader, tool } = known.headers;
      for (const query of [
        introspection.query,
        '{ __type(name: "UserCard") { name } }',
        '{ ...f } fragment f on Query { x: __schema { queryType { name } } }',
        'query q($no: Boolean = false) { __schema @skip(if: $no) { queryType { name } } }',
        '{ _service { sdl } }',
        '{ __typename ...f } fragment f on Query { x: _service { __typename } }',
      ]) {
        const { status, data, errors } = await app.ask(query, {}, reader);
        expect({ query, status, data, codes: errors.map(({ extensions }) => extensions.code) }).toEqual({
          query,
          status: 403,
          data: null,
          codes: ['FORBIDDEN'],
        });
        expect((await app.ask(query, {}, tool)).errors).toEqual([]);
      }
      expect((await app.ask('{ __typename }', {}, reader)).data).toEqual({ __typename: 'Query' });
      const path = new URL('/schema.graphql', app.url);
      const hidden = await fetch(path, { headers: reader });
      const absent = await fetch(new URL('/schema.json', app.url));
      expect(hidden.status).toBe(404);
      expect(await hidden.text()).toBe(await absent.text());
      expect((await fetch(path)).status).toBe(401);
      expect(await (await fetch(path, { headers: tool })).text()).toBe(committed);
    } finally {
      await app.close();
      known.remove();
    }
  });
});
