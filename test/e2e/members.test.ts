import { getNamedType, isInputObjectType, type GraphQLInputObjectType } from 'graphql';
import { memberMutations } from '../../src/auth/settings';
import type { Config } from '../../src/config/config';
import { createNodeIds, type NodeRef } from '../../src/graphql/relay/node-id';
import { servedSchema } from '../../src/graphql/schema/schema';
import { firstExample, secondExample } from '../../src/sandbox/seed';
import { memberBackend, type MemberBackend } from '../support/members';
import { png } from '../support/pictures';
import { testApp, type Answer, type TestApp } from '../support/test-app';
import { inputOf } from '../support/by-key';

const { brandId } = firstExample;
const argumentsOf = ({ brandId: brand, ...key }: typeof firstExample): string =>
  Object.entries({ brandId: brand, ...key })
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join(', ');
const codes = ({ errors }: Answer<unknown>): readonly unknown[] =>
  errors.map(({ extensions }) => extensions.code);

describe('a member', () => {
  let backend: MemberBackend;
  let app: TestApp;
  let idOf: (ref: NodeRef) => string;
  let own: Readonly<Record<string, string>>;
  let other: Readonly<Record<string, string>>;
  beforeAll(async () => {
    backend = await memberBackend();
    app = await testApp({
      change(config: Config) {
        idOf = createNodeIds(config.ids.key).encode;
        return { ...config, auth: backend.settings };
      },
    });
    own = await backend.headersOf(firstExample.openid);
    other = await backend.headersOf(secondExample.openid);
  });
  afterAll(async () => {
    await app.close();
    backend.remove();
  });

  const calls = async <T>(ask: () => Promise<T>): Promise<readonly [T, number]> => {
    const before = app.arrived();
    return [await ask(), app.arrived() - before];
  };

  it('reads their own cards with one call, their template with a second', async () => {
    const query = `{ viewer { isMember scopes brands { nodes { name } } userCards {
      totalCount nodes { userCardCode level phoneNumber validDateInformation { type } cardTemplate { cardTitle } } } } }`;
    // A member whom no other test reads, with a template of their own.
    const headers = await backend.headersOf('o1004-member-00001');
    const before = ['LIST_USER_CARDS', 'GET_CARD_TEMPLATE'].map((name) => app.arrived(name));
    const [{ data, errors }, sent] = await calls(() =>
      app.ask<{ viewer: { userCards: { nodes: object[] } } }>(query, {}, headers),
    );
    expect(errors).toEqual([]);
    expect(data?.viewer).toMatchObject({
      isMember: true,
      scopes: ['brand:1004:member'],
      brands: { nodes: [{ name: '山岚咖啡' }] },
    });
    expect(data?.viewer.userCards.nodes).toEqual([
      {
        userCardCode: expect.any(String) as string,
        level: expect.any(String) as string,
        phoneNumber: expect.stringMatching(/^1\d{10}$/) as string,
        validDateInformation: { type: expect.any(String) as string },
        cardTemplate: { cardTitle: expect.any(String) as string },
      },
    ]);
    expect(sent).toBe(2);
    expect(['LIST_USER_CARDS', 'GET_CARD_TEMPLATE'].map((name) => app.arrived(name))).toEqual(
      before.map((count) => count + 1),
    );
  });

  describe.each([
    [
      'userCard',
      (of: typeof firstExample) => `userCard(by: { key: { ${argumentsOf(of)} } }) { userCardCode }`,
    ],
    [
      'userCards',
      (of: typeof firstExample) => `userCards(by: [{ key: { ${argumentsOf(of)} } }]) { userCardCode }`,
    ],
    [
      '_entities',
      (of: typeof firstExample) =>
        `_entities(representations: [{ __typename: "UserCard", ${argumentsOf(of)} }]) { ... on UserCard { userCardCode } }`,
    ],
    ['node', (of: typeof firstExample) => `node(id: "${idOf({ kind: 'UserCard', ...of })}") { id }`],
    ['nodes', (of: typeof firstExample) => `nodes(ids: ["${idOf({ kind: 'UserCard', ...of })}"]) { id }`],
    [
      'brand.userCards',
      ({ openid }: typeof firstExample) =>
        `brand(brandId: "${brandId}") { userCards(openid: "${openid}") { nodes { userCardCode } } }`,
    ],
  ] as const)('by %s', (_, field) => {
    it('sees their own card', async () => {
      const { data, errors } = await app.ask(`{ ${field(firstExample)} }`, {}, own);
      expect(errors).toEqual([]);
      expect(JSON.stringify(data)).toMatch(/"(userCardCode|id)":/);
    });

    it('is refused every other card alike, cached or absent, and nothing is sent', async () => {
      // The other member's card is in the cache.
      expect((await app.ask(`{ ${field(secondExample)} }`, {}, other)).errors).toEqual([]);
      const absent = { ...secondExample, openid: 'o1004-nobody', userCardCode: '404' };
      const ask = (of: typeof firstExample) => app.ask(`{ ${field(of)} }`, {}, own);
      const [denied, sent] = await calls(() => ask(secondExample));
      const unknown = await ask(absent);
      expect([codes(denied), sent]).toEqual([['FORBIDDEN'], 0]);
      expect(denied.text).toBe(unknown.text);
      expect(denied.text).not.toContain(secondExample.userCardCode);
    });
  });

  it('has a response of their own from the response cache', async () => {
    const query = '{ viewer { userCards { nodes { userCardCode openid } } } }';
    for (let times = 0; times < 3; times += 1)
      for (const [headers, of] of [
        [own, firstExample],
        [other, secondExample],
      ] as const) {
        const { text } = await app.ask(query, {}, headers);
        expect(text).toContain(of.openid);
        expect(text).toContain(of.userCardCode);
        expect(text).not.toContain((of === firstExample ? secondExample : firstExample).openid);
      }
  });

  it('sees personal data in clear, recorded in the audit log under a name without the openid', async () => {
    app.audit.length = 0;
    const { data, headers } = await app.ask<{ userCard: { phoneNumber: string } }>(
      `{ userCard(by: { key: { ${argumentsOf(firstExample)} } }) { phoneNumber userInformation { commonFieldList { value } } } }`,
      {},
      own,
    );
    expect(data?.userCard.phoneNumber).toMatch(/^1\d{10}$/);
    expect(headers.get('cache-control')).toBe('private, no-store');
    expect(new Set(app.audit.map(({ caller }) => caller))).toEqual(
      new Set([expect.stringMatching(/^member:sha256-[0-9a-f]{24}$/)]),
    );
    expect(JSON.stringify([app.audit, app.operations, app.calls])).not.toContain(firstExample.openid);
  });

  it.each([
    [`brand(brandId: "${brandId}") { throttle { interface } }`],
    [`brand(brandId: "${brandId}") { cardTemplates { totalCount } }`],
    [`brand(brandId: "${brandId}") { membershipActivities { totalCount } }`],
    [`viewer { brands { nodes { cardTemplate(cardId: "${firstExample.cardId}") { cardTitle } } } }`],
    [`viewer { userCards { nodes { attach } } }`],
    [`viewer { userCards { nodes { extra } } }`],
    [`viewer { userCards { nodes { cardTemplate { notifyUrl outRequestNo } } } }`],
  ])('cannot read what is for staff: %s', async (field) => {
    const answer = await app.ask(`{ ${field} }`, {}, own);
    expect(new Set(codes(answer))).toEqual(new Set(['FORBIDDEN']));
    expect(answer.text).not.toMatch(/"(interface|totalCount|notifyUrl|attach)":[^n]/);
  });

  it('does not learn how much of the call budget is used', async () => {
    const { extensions } = await app.ask('{ viewer { userCards { totalCount } } }', {}, own);
    expect(extensions.throttle).toEqual([]);
  });

  it('sees no other brand', async () => {
    const elsewhere = { ...firstExample, brandId: '1001622624' };
    const [answer, sent] = await calls(() =>
      app.ask(
        `{ brand(brandId: "1001622624") { name } userCard(by: { key: { ${argumentsOf(elsewhere)} } }) { level } brands { totalCount } }`,
        {},
        own,
      ),
    );
    expect(answer.data).toEqual({ brand: null, userCard: null, brands: { totalCount: 1 } });
    expect([answer.errors, sent]).toEqual([[], 0]);
  });

  it('cannot upload pictures, nor read the schema', async () => {
    const { origin } = new URL(app.url);
    const upload = await fetch(`${origin}/images?brandId=${brandId}`, {
      method: 'POST',
      headers: { 'content-type': 'image/png', ...own },
      body: 'x',
    });
    expect(upload.status).toBe(404);
    const hidden = await memberBackend();
    const closed = await testApp({
      upstream: app.sandbox,
      change: (config) => ({
        ...config,
        auth: hidden.settings,
        server: { ...config.server, development: false },
      }),
    });
    const headers = await hidden.headersOf(firstExample.openid);
    const introspection = await closed.ask('{ __schema { queryType { name } } }', {}, headers);
    expect(codes(introspection)).toEqual(['FORBIDDEN']);
    await closed.close();
    hidden.remove();
  });

  it('is staff or a member: staff has no cards of its own, and is told so', async () => {
    const staff = await backend.headersOf(undefined, { scope: 'brand:1004:read', sub: 'till' });
    const answer = await app.ask<{ viewer: object }>(
      '{ viewer { callerId isMember scopes brands { totalCount } userCards { totalCount } } }',
      {},
      staff,
    );
    expect(answer.data?.viewer).toEqual({
      callerId: 'token:till',
      isMember: false,
      scopes: ['brand:1004:read'],
      brands: { totalCount: 1 },
      userCards: null,
    });
    expect(codes(answer)).toEqual(['FORBIDDEN']);
  });

  it.each<[string, string | undefined, Record<string, unknown>, RegExp]>([
    ['no openid', undefined, {}, /no claim openid/],
    ['an openid that is none', 'o o', {}, /openid is not an openid/],
    ['an openid that is a list', undefined, { openid: ['a'] }, /openid is not an openid/],
    ['scopes of staff too', 'o1', { scope: 'brand:1004:member brand:1004:read' }, /of a member and of staff/],
    [
      'scopes of an administrator too',
      'o1',
      { scope: 'brand:1004:member admin' },
      /of a member and of staff/,
    ],
    ['every brand', 'o1', { scope: 'brand:*:member' }, /each brand/],
  ])('with a token with %s is refused, and the log says why', async (_, openid, changes, reason) => {
    const answer = await app.ask('{ viewer { isMember } }', {}, await backend.headersOf(openid, changes));
    expect([answer.status, codes(answer)]).toEqual([401, ['UNAUTHENTICATED']]);
    expect(app.refusals).toContainEqual(
      expect.objectContaining({
        kind: 'unauthenticated',
        detail: expect.stringMatching(reason) as string,
      }),
    );
  });
});

/** The fields of an input, with the keys of an object in place of the reference to it. */
const fieldsOf = (input: GraphQLInputObjectType): readonly string[] =>
  Object.values(input.getFields()).flatMap(({ name, type }) => {
    const named = getNamedType(type);
    const key =
      isInputObjectType(named) && named.isOneOf ? getNamedType(named.getFields().key?.type) : undefined;
    return isInputObjectType(key) ? Object.keys(key.getFields()) : [name];
  });

describe('a member who may write', () => {
  const card = { ...firstExample };
  let backend: MemberBackend;
  let app: TestApp;
  let own: Readonly<Record<string, string>>;
  beforeAll(async () => {
    backend = await memberBackend({ mutations: ['updateUserCard', 'createPreAuthToken'] });
    app = await testApp({ change: (config) => ({ ...config, auth: backend.settings }) });
    own = await backend.headersOf(firstExample.openid);
  });
  afterAll(async () => {
    await app.close();
    backend.remove();
  });
  beforeEach(() => {
    app.audit.length = 0;
    app.intents.length = 0;
  });

  const update = (input: object, headers = own) =>
    app.ask(
      `mutation ($input: UpdateUserCardInput!) { updateUserCard(input: $input) {
        userCard { userCardCode phoneNumber } userErrors { code } } }`,
      { input: inputOf('updateUserCard', input) },
      headers,
    );

  it('changes their own personal data', async () => {
    const { data, errors } = await update({ ...card, phoneNumber: '13912345678' });
    expect(errors).toEqual([]);
    expect(data?.updateUserCard).toMatchObject({ userCard: { phoneNumber: '13912345678' }, userErrors: [] });
    expect(app.intents[0]?.caller).toMatch(/^member:sha256-/);
  });

  it.each<[string, object]>([
    ["another member's card", { ...secondExample, phoneNumber: '13912345678' }],
    ['a card of nobody', { ...secondExample, openid: 'o1004-nobody', phoneNumber: '13912345678' }],
    ['what is the brand’s to set', { ...card, level: 'gold' }],
    ['that beside what is theirs', { ...card, phoneNumber: '13912345678', attach: 'x' }],
  ])('cannot change %s: nothing is sent, and the refusal is recorded', async (_, input) => {
    const before = app.arrived('UPDATE_USER_CARD');
    const answer = await update(input);
    expect([codes(answer), answer.data?.updateUserCard ?? null]).toEqual([['FORBIDDEN'], null]);
    expect([app.arrived('UPDATE_USER_CARD') - before, app.intents]).toEqual([0, []]);
    expect(app.audit.map(({ kind, outcome }) => [kind, outcome])).toEqual([['MUTATION', 'FORBIDDEN']]);
  });

  it('cannot use a mutation that is not listed', async () => {
    const answer = await app.ask(
      'mutation ($input: InvalidateUserCardInput!) { invalidateUserCard(input: $input) { userErrors { code } } }',
      { input: inputOf('invalidateUserCard', card) },
      own,
    );
    expect([codes(answer), app.arrived('INVALIDATE_USER_CARD')]).toEqual([['FORBIDDEN'], 0]);
  });

  it('cannot upload pictures', async () => {
    const upload = await fetch(new URL(`/images?brandId=${brandId}`, app.url), {
      method: 'POST',
      headers: { 'content-type': 'image/png', ...own },
      body: png(716, 320),
    });
    expect([upload.status, app.arrived('UPLOAD_IMAGE')]).toEqual([404, 0]);
    expect(app.intents).toEqual([]);
  });

  it('gets the mutations of the table only if each names the user by openid', () => {
    const inputs = Object.fromEntries(
      Object.values(servedSchema().getMutationType()?.getFields() ?? {}).map(({ name, args }) => {
        const input = getNamedType(args[0]?.type);
        return [name, isInputObjectType(input) ? fieldsOf(input) : []];
      }),
    );
    for (const [name, fields] of Object.entries(memberMutations)) {
      expect(inputs[name]).toEqual(expect.arrayContaining([...fields]));
      expect(fields).toContain('openid');
    }
  });
});

describe('events of a member', () => {
  let backend: MemberBackend;
  let app: TestApp;
  beforeAll(async () => {
    backend = await memberBackend({ maxStreams: 2 });
    app = await testApp({ change: (config) => ({ ...config, auth: backend.settings }) });
  });
  afterAll(async () => {
    await app.close();
    backend.remove();
  });
  const subscription = `subscription { userCardEvents(brandId: "${brandId}", lastEventId: "0") {
    eventId openid userCardCode userCard { userCardCode } } }`;

  /** Events of two members in turn; the last one is the first member's. */
  const happen = async (): Promise<void> => {
    for (const one of [secondExample, firstExample, secondExample, firstExample])
      await app.sandbox.users.lookAtPoints(one).delivered;
  };
  /** What arrives until the text holds `count` events or ends. */
  const readUntil = async (response: Response, count: number): Promise<string> => {
    const reader = response.body?.getReader();
    let text = '';
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
      text += new TextDecoder().decode(part.value as Uint8Array);
      if (text.split('"userCardEvents"').length > count) await reader?.cancel();
    }
    return text;
  };
  const open = (headers: Readonly<Record<string, string>>, query = subscription): Promise<Response> =>
    fetch(`${app.url}/stream`, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });

  it('are their own, stored or new, by header and by ticket', async () => {
    await happen();
    const own = await backend.headersOf(firstExample.openid);
    const issued = await fetch(`${app.url}/ticket`, { method: 'POST', headers: own });
    const { ticket } = (await issued.json()) as { readonly ticket: string };
    const streams = [
      await open(own),
      await fetch(`${app.url}?${new URLSearchParams({ query: subscription, ticket }).toString()}`, {
        headers: { accept: 'text/event-stream' },
      }),
    ];
    const texts = Promise.all(streams.map((stream) => readUntil(stream, 4)));
    await happen();
    for (const text of await texts) {
      expect(text.split('"userCardEvents"')).toHaveLength(5);
      expect(text).toContain(firstExample.openid);
      expect(text).not.toContain(secondExample.openid);
      expect(text).not.toContain('"errors"');
    }
  });

  it('end when the token expires', async () => {
    const now = Math.floor(Date.now() / 1_000);
    // Five seconds are tolerated.
    const expiring = await backend.headersOf(secondExample.openid, { exp: now - 3 });
    const text = await readUntil(await open(expiring, subscription.replace(', lastEventId: "0"', '')), 1);
    expect(text).toContain('"code":"UNAUTHENTICATED"');
    expect(text).not.toContain('"openid"');
  });

  it('take no more streams than one member may open, and none of another member', async () => {
    const hold = await backend.headersOf('o1004-holder');
    const idle = subscription.replace(', lastEventId: "0"', '');
    const held = [await open(hold, idle), await open(hold, idle)];
    expect([...held, await open(hold, idle)].map(({ status }) => status)).toEqual([200, 200, 429]);
    const other = await open(await backend.headersOf('o1004-other'), idle);
    expect(other.status).toBe(200);
    for (const { body } of [...held, other]) await body?.cancel();
  });

  it('are not those of the brand', async () => {
    const own = await backend.headersOf(firstExample.openid);
    const text = await readUntil(await open(own, subscription.replace(brandId, '1001622624')), 1);
    expect(text).toContain('"code":"FORBIDDEN"');
  });
});

describe('the limits of a member', () => {
  let backend: MemberBackend;
  let app: TestApp;
  beforeAll(async () => {
    backend = await memberBackend({
      requests: { perSecond: 0.001, burst: 4 },
      plannedCalls: { perSecond: 0.001, burst: 3 },
    });
    app = await testApp({ change: (config) => ({ ...config, auth: backend.settings }) });
  });
  afterAll(async () => {
    await app.close();
    backend.remove();
  });

  it('count requests by openid, whatever the subject of the token', async () => {
    const ask = async (openid: string, sub: string) =>
      (await app.ask('{ viewer { isMember } }', {}, await backend.headersOf(openid, { sub }))).status;
    const statuses = [];
    for (const sub of ['a', 'b', 'c', 'd', 'e']) statuses.push(await ask('o1004-busy', sub));
    expect(statuses).toEqual([200, 200, 200, 200, 429]);
    expect(await ask('o1004-calm', 'a')).toBe(200);
  });

  it('count planned calls over time, and refuse an operation that plans too many', async () => {
    const headers = await backend.headersOf(firstExample.openid);
    const ask = (field: string) => app.ask(`{ viewer { ${field} } }`, {}, headers);
    const arrived = app.arrived();
    const tooMany = await ask('userCards(first: 80) { totalCount }');
    expect([codes(tooMany), app.arrived() - arrived]).toEqual([['QUERY_TOO_EXPENSIVE'], 0]);
    expect((await ask('userCards(first: 40) { totalCount }')).errors).toEqual([]);
    const over = await ask('userCards(first: 21) { totalCount }');
    expect(over.errors).toMatchObject([
      { extensions: { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) as number } },
    ]);
    const others = await backend.headersOf(secondExample.openid);
    expect((await app.ask('{ viewer { userCards { totalCount } } }', {}, others)).errors).toEqual([]);
  });
});

describe('a member of several brands', () => {
  it('has an openid in each, from the claim of the configuration, and names the brand', async () => {
    const elsewhere = '1001622624';
    const backend = await memberBackend({ openidClaims: new Map([[elsewhere, 'shop_openid']]) });
    const app = await testApp({ change: (config) => ({ ...config, auth: backend.settings }) });
    const shopOpenid = `o${elsewhere}-member-00000`;
    const headers = await backend.headersOf(firstExample.openid, {
      scope: `brand:1004:member brand:${elsewhere}:member`,
      shop_openid: shopOpenid,
    });
    const cardsIn = (brand: string) =>
      app.ask(`{ viewer { userCards(brandId: "${brand}") { nodes { openid } } } }`, {}, headers);
    const holds = async (brand: string) => JSON.stringify((await cardsIn(brand)).data);
    expect(await holds('1004')).toContain(firstExample.openid);
    expect(await holds(elsewhere)).toContain(shopOpenid);
    expect(codes(await cardsIn('1002'))).toEqual(['NOT_FOUND']);
    expect(codes(await app.ask('{ viewer { userCards { totalCount } } }', {}, headers))).toEqual([
      'BAD_USER_INPUT',
    ]);
    // The openid of one brand opens nothing in the other.
    const crossed = await app.ask(
      `{ brand(brandId: "${elsewhere}") { userCards(openid: "${firstExample.openid}") { totalCount } } }`,
      {},
      headers,
    );
    expect(codes(crossed)).toEqual(['FORBIDDEN']);
    await app.close();
    backend.remove();
  });
});
