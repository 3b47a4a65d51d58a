import type { Config } from '../../src/config/config';
import { createNodeIds, type NodeRef } from '../../src/graphql/relay/node-id';
import { firstExample, secondExample } from '../../src/sandbox/seed';
import { createKeyRing } from '../../src/shared/key-ring';
import { memberBackend, type MemberBackend } from '../support/members';
import { testApp, type Answer, type TestApp } from '../support/test-app';

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
        idOf = createNodeIds(createKeyRing(config.encryptionKeys)).encode;
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
      totalCount nodes { userCardCode level phoneNumber cardTemplate { cardTitle } } } } }`;
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
        cardTemplate: { cardTitle: expect.any(String) as string },
      },
    ]);
    expect(sent).toBe(2);
    expect(['LIST_USER_CARDS', 'GET_CARD_TEMPLATE'].map((name) => app.arrived(name))).toEqual(
      before.map((count) => count + 1),
    );
  });

  describe.each([
    ['userCard', (of: typeof firstExample) => `userCard(${argumentsOf(of)}) { userCardCode }`],
    ['userCards', (of: typeof firstExample) => `userCards(keys: [{ ${argumentsOf(of)} }]) { userCardCode }`],
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
      `{ userCard(${argumentsOf(firstExample)}) { phoneNumber userInformation { commonFieldList { value } } } }`,
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
        `{ brand(brandId: "1001622624") { name } userCard(${argumentsOf(elsewhere)}) { level } brands { totalCount } }`,
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
