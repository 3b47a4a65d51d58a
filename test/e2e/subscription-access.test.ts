import { readFileSync, writeFileSync } from 'node:fs';
import { parseKeyFile, printKeyFile, type KeyRecord } from '../../src/auth/api-key-file';
import { secondExample } from '../../src/sandbox/seed';
import { callers } from '../support/callers';
import type { SeenEvent } from '../support/subscriber';
import { testApp, type TestApp } from '../support/test-app';

const brandId = '1004';
const known = callers({
  reader: [`brand:${brandId}:read`],
  stranger: ['brand:1001622624:read'],
  leaver: [`brand:${brandId}:read`],
  mover: [`brand:${brandId}:read`],
  admin: ['admin'],
});
let app: TestApp;
beforeAll(async () => {
  app = await testApp({
    change: (config) => ({ ...config, auth: known.settings }),
  });
  await app.sandbox.users.lookAtPoints(app.sandbox.example).delivered;
});
afterAll(async () => {
  await app.close();
  known.remove();
});

/** The first content of a stream, apart from its heartbeat. */
const listen = async (
  headers: Readonly<Record<string, string>>,
  {
    brand = brandId,
    lastEventId = '0',
    filter = '',
  }: { readonly brand?: string; readonly lastEventId?: string; readonly filter?: string } = {},
) => {
  const response = await fetch(`${app.url}/stream`, {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json', ...headers },
    body: JSON.stringify({
      query: `subscription { userCardEvents(brandId: "${brand}", lastEventId: "${lastEventId}", filter: { ${filter} }) { eventId openid userCard { level } } }`,
    }),
  });
  let text = '';
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
    text += new TextDecoder().decode(part.value as Uint8Array);
    if (text.replace(/^(:\n\n)+/, '').includes('\n\n')) break;
  }
  await reader?.cancel();
  return { status: response.status, text: text.replace(/^(:\n\n)+/, '') };
};

/** What a stream holds until it ends, or until it has shown the words. */
const untilEndOr = async (response: Response, words: string): Promise<string> => {
  const reader = response.body?.getReader();
  let text = '';
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
    text += new TextDecoder().decode(part.value as Uint8Array);
    if (text.includes(words)) await reader?.cancel();
  }
  return text;
};

describe('a subscription', () => {
  it('is for callers that may read the brand', async () => {
    const { status, text } = await listen(known.headers.reader);
    expect(status).toBe(200);
    expect(text).toContain(`"openid":"${app.sandbox.example.openid}"`);
    expect(text).toMatch(/"level":"/);
  });

  it('is refused without a caller', async () => {
    expect(await listen({})).toMatchObject({ status: 401 });
  });

  it('responds to a caller of another brand as for an unknown brand', async () => {
    const denied = await listen(known.headers.stranger);
    expect(denied.text).toContain('"code":"FORBIDDEN"');
    expect(denied.text).toBe((await listen(known.headers.stranger, { brand: '999999' })).text);
    expect(denied.text).not.toContain(app.sandbox.example.openid);
    expect((await listen(known.headers.admin)).text).toContain('"code":"FORBIDDEN"');
  });

  it.each<['leaver' | 'mover', string, Partial<KeyRecord>, string]>([
    ['leaver', 'whose key is revoked', { revokedAt: '2020-01-01T00:00:00Z' }, 'UNAUTHENTICATED'],
    ['mover', 'whose key loses the brand', { scopes: ['brand:1001622624:read'] }, 'FORBIDDEN'],
  ])('that is open for a %s %s delivers nothing more', async (name, _, change, code) => {
    const response = await fetch(`${app.url}/stream`, {
      method: 'POST',
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        ...known.headers[name],
      },
      body: JSON.stringify({ query: `subscription { userCardEvents(brandId: "${brandId}") { openid } }` }),
    });
    const keys = parseKeyFile(readFileSync(known.file, 'utf8'));
    writeFileSync(
      known.file,
      printKeyFile(keys.map((key) => (key.caller === name ? { ...key, ...change } : key))),
    );
    // The file is checked once a second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await app.sandbox.users.lookAtPoints(app.sandbox.example).delivered;
    const text = await untilEndOr(response, app.sandbox.example.openid);
    expect(text).toContain(`"code":"${code}"`);
    expect(text).toContain('event: complete');
    expect(text).not.toContain(app.sandbox.example.openid);
  });

  it('resumes after the header of a reconnecting EventSource, not after its old argument', async () => {
    const [, id = ''] = /^id: (\S+)/.exec((await listen(known.headers.reader)).text) ?? [];
    await app.sandbox.users.lookAtPoints(app.sandbox.example).delivered;
    const { text } = await listen({ ...known.headers.reader, 'last-event-id': id }, { lastEventId: '0' });
    expect(text).toMatch(/^id: \d+-\d+\n/);
    expect(text).not.toContain(`id: ${id}\n`);
  });

  it('is refused if its position is invalid or no longer stored', async () => {
    expect((await listen(known.headers.reader, { lastEventId: 'x' })).text).toContain(
      '"code":"BAD_USER_INPUT"',
    );
    expect((await listen(known.headers.reader, { lastEventId: '1-1' })).text).toContain('"code":"NOT_FOUND"');
  });
});

describe('the stored events of a brand', () => {
  const page = async (headers: Readonly<Record<string, string>>, args: string, brand = brandId) => {
    const { data, errors } = await app.ask<{
      brand: {
        userCardEvents: { nodes: SeenEvent[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
      } | null;
    }>(
      `{ brand(brandId: "${brand}") { userCardEvents${args} {
        nodes { eventId eventType openid userCard { level } } pageInfo { hasNextPage endCursor }
      } } }`,
      {},
      headers,
    );
    return { events: data?.brand?.userCardEvents, code: errors[0]?.extensions.code, data };
  };
  const { reader } = known.headers;
  let openings = 0;

  it('are read page by page, with the same positions as the stream', async () => {
    for (let more = 0; more < 3; more += 1)
      await app.sandbox.users.lookAtPoints(app.sandbox.example).delivered;
    const all = (await page(reader, '(first: 100)')).events?.nodes ?? [];
    expect(all.length).toBeGreaterThan(3);
    const first = await page(reader, '(first: 2)');
    expect(first.events?.nodes).toEqual(all.slice(0, 2));
    expect(first.events?.pageInfo).toEqual({ hasNextPage: true, endCursor: all[1]?.eventId });
    const rest = await page(reader, `(first: 100, after: "${String(first.events?.pageInfo.endCursor)}")`);
    expect(rest.events?.nodes).toEqual(all.slice(2));
    expect(rest.events?.pageInfo).toEqual({ hasNextPage: false, endCursor: all.at(-1)?.eventId });
    // The end of a page is where a subscription goes on.
    const { text } = await listen(reader, { lastEventId: String(first.events?.pageInfo.endCursor) });
    expect(text).toContain(`id: ${String(all[2]?.eventId)}\n`);
    const end = String(rest.events?.pageInfo.endCursor);
    const none = await page(reader, `(after: "${end}")`);
    expect(none.events).toEqual({ nodes: [], pageInfo: { hasNextPage: false, endCursor: end } });
    // Nothing of this is served from the cache of responses, even if all else in it is cached.
    const key = Object.entries(app.sandbox.example).map(([name, value]) => `${name}: "${value}"`);
    const beside = `{
      userCard(by: { key: { ${key.join(', ')} } }) { level }
      brand(brandId: "${brandId}") { userCardEvents(after: "${end}") { nodes { eventId } } }
    }`;
    for (const count of [0, 0, 1, 2]) {
      if (count > 0) await app.sandbox.users.lookAtPoints(secondExample).delivered;
      const { data } = await app.ask<{ brand: { userCardEvents: { nodes: unknown[] } } }>(beside, {}, reader);
      expect(data?.brand.userCardEvents.nodes).toHaveLength(count);
    }
  });

  it('that wait for confirmation are listed anew, to those who may read the brand', async () => {
    // Events of the other brand are in other tests.
    const other = '1001622624';
    const opened = (): Promise<unknown> =>
      app.sandbox.users.open({
        brandId: other,
        cardId: `p${other}Seed-Template-0`,
        route: 'partner',
        openid: `oWaiting-${(openings += 1)}`,
      }).delivered;
    const waiting = async (headers: Readonly<Record<string, string>>) => {
      const { data } = await app.ask<{
        readonly brand: {
          readonly waitingOpenings: { readonly nodes: readonly { openid: string }[] };
        } | null;
      }>(
        // A template that is cached stands beside the list.
        `{
          brand(brandId: "${other}") { waitingOpenings(first: 100) { nodes { openid state } } }
          cardTemplate(by: { key: { brandId: "${other}", cardId: "p${other}Seed-Template-0" } }) { cardTitle }
        }`,
        {},
        headers,
      );
      return data?.brand?.waitingOpenings.nodes.filter(({ openid }) => openid.startsWith('oWaiting-'));
    };
    await opened();
    // The first time the template is read, the second time it is cached.
    for (let times = 0; times < 2; times += 1)
      expect(await waiting(known.headers.stranger)).toEqual([{ openid: 'oWaiting-1', state: 'MANUAL' }]);
    // The same query, and nothing of it is answered from the cache of responses.
    await opened();
    expect(await waiting(known.headers.stranger)).toHaveLength(2);
    expect(await waiting(reader)).toBeUndefined();
  });

  it('are filtered as the stream is', async () => {
    const done = app.sandbox.users.open({
      brandId,
      cardId: app.sandbox.example.cardId,
      route: 'partner',
      openid: 'oFiltered-1',
    });
    await done.delivered;
    await app.sandbox.users.lookAtPoints(app.sandbox.example).delivered;
    const { cardId, openid } = app.sandbox.example;
    const filters = [
      'eventTypes: [USER_CARD_CREATE]',
      'openid: "oFiltered-1"',
      `cardId: "${cardId}", openid: "oFiltered-1", eventTypes: [USER_CARD_CREATE, USER_CARD_DELETE]`,
    ];
    for (const filter of filters) {
      const { events } = await page(reader, `(first: 100, filter: { ${filter} })`);
      expect([filter, events?.nodes.map((event) => event.openid)]).toEqual([filter, ['oFiltered-1']]);
      const { text } = await listen(reader, { filter });
      expect(text).toContain('oFiltered-1');
      expect(text).not.toContain(openid);
    }
    for (const none of ['eventTypes: []', 'cardId: "pNone"']) {
      const { events } = await page(reader, `(filter: { ${none} })`);
      expect([none, events?.nodes]).toEqual([none, []]);
    }
    expect(await page(reader, '(filter: { openid: "a/b" })')).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('are those of one card, which is named by its keys or its id', async () => {
    await app.sandbox.users.lookAtPoints(app.sandbox.example).delivered;
    await app.sandbox.users.lookAtPoints(secondExample).delivered;
    const byKey = (changes: object = {}): string =>
      `{ key: { ${Object.entries({ ...app.sandbox.example, ...changes })
        .map(([name, value]) => `${name}: "${value}"`)
        .join(', ')} } }`;
    const { data } = await app.ask<{ userCard: { id: string } }>(
      `{ userCard(by: ${byKey()}) { id } }`,
      {},
      reader,
    );
    for (const ref of [byKey(), `{ id: "${String(data?.userCard.id)}" }`]) {
      const { events } = await page(reader, `(first: 100, filter: { userCard: ${ref} })`);
      expect(new Set(events?.nodes.map(({ openid }) => openid))).toEqual(
        new Set([app.sandbox.example.openid]),
      );
      const { text } = await listen(reader, { filter: `userCard: ${ref}` });
      expect(text).toContain(app.sandbox.example.openid);
    }
    // Another card of the same user and template has another code.
    const other = await page(reader, `(first: 100, filter: { userCard: ${byKey({ userCardCode: '404' })} })`);
    expect(other.events?.nodes).toEqual([]);
    for (const wrong of [byKey({ brandId: '1001622624' }), byKey({ openid: 'a/b' }), '{ id: "no id" }'])
      expect(await page(reader, `(filter: { userCard: ${wrong} })`)).toMatchObject({
        code: 'BAD_USER_INPUT',
      });
  });

  it('have the access rules and the refusals of the stream', async () => {
    expect(await page(known.headers.stranger, '')).toMatchObject({ data: { brand: null } });
    expect(await page(known.headers.admin, '')).toMatchObject({ data: { brand: null } });
    expect(await page(reader, '(after: "x")')).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await page(reader, '(after: "1-1")')).toMatchObject({
      code: 'NOT_FOUND',
      data: { brand: { userCardEvents: null } },
    });
    expect(await page(reader, '(first: 101)')).toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

it("notifications need no credential except WeChat Pay's signature", async () => {
  await app.sandbox.users.lookAtPoints(app.sandbox.example).delivered;
  expect(app.notifications.at(-1)).toMatchObject({ outcome: 'new', kind: 'SYNC_USER_POINT' });
});
