import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../src/config/config';
import { createNodeIds, type NodeIds } from '../../src/graphql/relay/node-id';
import { interfaceNames } from '../../src/wechatpay/api/interfaces';
import { callers } from '../support/callers';
import { firstAttempts } from '../support/first-attempts';
import { startGateway, supergraphOf, type Gateway } from '../support/gateways/gateway';
import { startOrders, startWishes, type RunningSubgraph } from '../support/gateways/orders';
import { seededCardKey, seededCardKeys } from '../support/seeded-cards';
import { testApp, type TestApp } from '../support/test-app';

const subgraph = readFileSync(join(__dirname, '..', '..', 'schema', 'subgraph.graphql'), 'utf8');
const brandId = '1001622624';
const known = callers({ shop: [`brand:${brandId}:write`], stranger: ['brand:1004:read'] });
const { shop, stranger } = known.headers;
/** Gets everything, however slow the machine is. */
const patient = { ...shop, prefer: 'wait=20' };

let app: TestApp;
let nodeIds: NodeIds;
let orders: RunningSubgraph;
let wishes: RunningSubgraph;
beforeAll(async () => {
  app = await testApp({
    sandbox: { membersPerBrand: 400 },
    change: (config: Config) => {
      nodeIds = createNodeIds(config.ids.key);
      return {
        ...config,
        auth: known.settings,
        server: { ...config.server, queryDeadlineMs: 1_500 },
        wechatPay: { ...config.wechatPay, limits: { GET_USER_CARD: { brand: 20, partner: 20 } } },
      };
    },
  });
  await fetch(`${app.sandbox.url}/sandbox/limits`, {
    method: 'PUT',
    body: JSON.stringify({ limits: Object.fromEntries(interfaceNames.map((name) => [name, 1_000])) }),
  });
  [orders, wishes] = await Promise.all([startOrders(), startWishes()]);
});
afterAll(async () => {
  await Promise.all([orders.close(), wishes.close()]);
  await app.close();
  known.remove();
});

const callsOf = (name: string): number => firstAttempts(app, name);

const ofOrders = `query ($from: Int!, $count: Int!) {
  orders(from: $from, count: $count) { nodes { id card { level cardTemplate { cardTitle } } } pageInfo { hasNextPage } }
}`;
interface Orders {
  readonly orders: { readonly nodes: readonly { readonly card: { readonly level: string | null } | null }[] };
}
const levelsOf = (data: Orders | null) => data?.orders.nodes.map(({ card }) => card?.level ?? null) ?? [];

describe.each([
  ['Apollo Gateway', 'apollo', 0],
  ['Hive Gateway', 'hive', 200],
] as const)('behind %s', (_, program, first) => {
  let gateway: Gateway;
  beforeAll(async () => {
    const sdl = readFileSync(join(__dirname, '..', '..', 'schema', 'subgraph.graphql'), 'utf8');
    gateway = await startGateway(
      program,
      supergraphOf([{ name: 'cards', url: app.url, sdl }, orders, wishes]),
    );
  });
  afterAll(() => gateway.close());

  it('20 cards that another subgraph names by their keys are 20 calls, once', async () => {
    const before = [callsOf('GET_USER_CARD'), callsOf('GET_CARD_TEMPLATE')] as const;
    const { data, errors } = await gateway.ask<Orders>(ofOrders, { from: first, count: 20 }, patient);
    expect(errors).toEqual([]);
    expect(levelsOf(data)).toEqual(Array(20).fill(expect.any(String)));
    expect(callsOf('GET_USER_CARD') - before[0]).toBe(20);
    expect(callsOf('GET_CARD_TEMPLATE') - before[1]).toBeLessThanOrEqual(3);
    const again = await gateway.ask<Orders>(ofOrders, { from: first, count: 20 }, patient);
    expect([again.data, callsOf('GET_USER_CARD') - before[0]]).toEqual([data, 20]);
  });

  it('a card that is named several times, by its id too, is one call', async () => {
    const key = seededCardKey(first + 30);
    const id = nodeIds.encode({ kind: 'UserCard', ...key });
    const before = callsOf('GET_USER_CARD');
    const { data, errors } = await gateway.ask<{ wishes: object[] }>(
      'query ($ids: [ID!]!) { wishes(ids: $ids) { card { id userCardCode orders { id } } } }',
      { ids: [id, id] },
      patient,
    );
    expect(errors).toEqual([]);
    // Its natural keys, which the third subgraph needs, come from the id.
    const card = { id, userCardCode: key.userCardCode, orders: [{ id: `order of ${key.openid}` }] };
    expect(data?.wishes).toEqual([{ card }, { card }]);
    expect(callsOf('GET_USER_CARD') - before).toBe(1);
  });

  it('cards that had no time are null, with code and retryAfterMs; asking again has them', async () => {
    const before = callsOf('GET_USER_CARD');
    const from = app.exchanges.length;
    const ask = () => gateway.ask<Orders>(ofOrders, { from: first + 40, count: 100 }, shop);
    const { data, errors } = await ask();
    const levels = levelsOf(data);
    const missing = levels.filter((level) => level === null).length;
    // 20 a second: no more than 40 in a second and a half.
    expect([levels.length, missing >= 60]).toEqual([100, true]);
    expect(errors.length).toBeGreaterThanOrEqual(missing);
    // On a busy machine an attempt may be given up; only then may a card be missing for another reason.
    const mayBeGivenUp = app.exchanges.slice(from).some(({ outcome }) => outcome === 'UPSTREAM_UNAVAILABLE');
    const noTime = errors.filter(
      ({ extensions }) => !(mayBeGivenUp && extensions.code === 'UPSTREAM_UNAVAILABLE'),
    );
    expect(noTime.length).toBeGreaterThanOrEqual(40);
    for (const { message, path, extensions } of noTime) {
      expect([extensions.code, Number(extensions.retryAfterMs) > 0]).toEqual(['UPSTREAM_RATE_LIMITED', true]);
      expect(message).toContain('try again after retryAfterMs');
      expect(path?.[0]).toMatch(/^(orders|_entities)$/);
    }
    while (callsOf('GET_USER_CARD') - before < 100) await new Promise((resolve) => setTimeout(resolve, 50));
    for (;;) {
      const again = await ask();
      if (again.errors.length === 0) {
        expect(levelsOf(again.data)).toEqual(Array(100).fill(expect.any(String)));
        break;
      }
    }
    expect(callsOf('GET_USER_CARD') - before).toBe(100);
  });

  it('a client that waits longer gets them all at once', async () => {
    const { data, errors } = await gateway.ask<Orders>(ofOrders, { from: first + 150, count: 45 }, patient);
    expect(errors).toEqual([]);
    expect(levelsOf(data)).toEqual(Array(45).fill(expect.any(String)));
  });

  it('refusals arrive, and a caller of another brand sees nothing', async () => {
    const before = app.arrived();
    const ask = (headers: Readonly<Record<string, string>>) =>
      gateway.ask<Orders>(ofOrders, { from: first, count: 1 }, headers);
    const foreign = await ask(stranger);
    expect([levelsOf(foreign.data), foreign.errors]).toEqual([[null], []]);
    const nobody = await ask({});
    expect(levelsOf(nobody.data)).toEqual([null]);
    const own = { message: 'Valid credentials are needed.', extensions: { code: 'UNAUTHENTICATED' } };
    // Apollo Gateway makes one error of the HTTP status.
    expect(nobody.errors[0]).toMatchObject(
      program === 'hive'
        ? own
        : {
            message: '401: Unauthorized',
            extensions: { code: 'UNAUTHENTICATED', response: { status: 401, body: { errors: [own] } } },
          },
    );
    const { errors } = await gateway.ask(
      'query ($ids: [ID!]!) { wishes(ids: $ids) { card { level } } }',
      { ids: ['no-id'] },
      shop,
    );
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND']);
    expect(errors[0]?.message).toBe('id names no UserCard in a brand that you may read.');
    // Composition drops @oneOf.
    const both = await gateway.ask(
      'query ($by: UserCardRef!) { userCard(by: $by) { level } }',
      { by: { id: 'no-id', key: seededCardKey(first) } },
      shop,
    );
    expect(JSON.stringify(both.errors)).toContain('takes exactly one of');
    expect(app.arrived()).toBe(before);
  });

  it('mutations and root queries pass', async () => {
    const key = seededCardKeys(1, first + 20)[0];
    const { data, errors } = await gateway.ask(
      `mutation ($input: UpdateUserCardInput!) { updateUserCard(input: $input) { userCard { level orders { id } } userErrors { code } } }`,
      { input: { userCard: { key }, level: '金卡' } },
      patient,
    );
    expect([errors, data]).toEqual([
      [],
      {
        updateUserCard: {
          userCard: { level: '金卡', orders: [{ id: `order of ${key?.openid ?? ''}` }] },
          userErrors: [],
        },
      },
    ]);
    const read = await gateway.ask(
      'query ($by: UserCardRef!) { userCard(by: $by) { level } }',
      { by: { key } },
      patient,
    );
    expect([read.errors, read.data]).toEqual([[], { userCard: { level: '金卡' } }]);
  });
});

it('Hive Gateway passes on subscriptions', async () => {
  const cards = { name: 'cards', url: app.url, sdl: subgraph };
  const gateway = await startGateway('hive', supergraphOf([cards]));
  try {
    await app.sandbox.users.lookAtPoints(app.sandbox.example).delivered;
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...stranger },
      body: JSON.stringify({
        query: 'subscription { userCardEvents(brandId: "1004", lastEventId: "0") { eventType } }',
      }),
    });
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString();
      if (text.includes('userCardEvents')) break;
    }
    expect(text).toContain('SYNC_USER_POINT');
  } finally {
    await gateway.close();
  }
});
