import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { callers } from '../support/callers';
import { apolloClients } from '../support/clients/apollo';
import { uses, type Site, type Use } from '../support/clients/client';
import { protocolClients } from '../support/clients/protocols';
import { relay } from '../support/clients/relay';
import { urql } from '../support/clients/urql';
import { miniProgram } from '../support/clients/wechat';
import { testApp, type TestApp } from '../support/test-app';

/** Real clients over real sockets. `npx jest test/e2e/clients-table.test.ts -u` writes the table in both READMEs. */
const clients = [...apolloClients, urql, relay, ...protocolClients, miniProgram];
const readmes: Readonly<Record<string, Readonly<Record<Use | 'client', string>>>> = {
  'README.md': {
    client: 'client',
    query: 'query',
    mutation: 'mutation',
    'query by GET': 'query by GET',
    'document by its id': 'document by its id',
    'unknown APQ hash': 'unknown APQ hash',
    subscription: 'subscription',
  },
  'README.zh-CN.md': {
    client: '客户端',
    query: '查询',
    mutation: '变更',
    'query by GET': 'GET 查询',
    'document by its id': '按 id 执行文档',
    'unknown APQ hash': '未知的 APQ 哈希',
    subscription: '订阅',
  },
};
const [begin, end] = ['<!-- clients -->', '<!-- end of clients -->'];

const query = 'query Shop { brand(brandId: "1004") { brandId } }';
const subscription =
  'subscription Events { userCardEvents(brandId: "1004", lastEventId: "0") { eventType } }';
const manifest = new Map([
  ['shop', 'query Shop { brand(brandId: "1004") { brandId name } }'],
  [
    'events',
    'subscription Events { userCardEvents(brandId: "1004", lastEventId: "0") { eventType brandId } }',
  ],
]);

const known = callers({ till: ['brand:1004:write'] });
afterAll(() => {
  known.remove();
});

describe.each([
  ['with authentication', true],
  ['on loopback without authentication', false],
])('a server %s', (_, withAuth) => {
  let app: TestApp;
  let mutations = 0;
  beforeAll(async () => {
    app = await testApp({
      change: (config) => ({
        ...config,
        ...(withAuth ? { auth: known.settings } : {}),
        trustedDocuments: { mode: 'log', documents: manifest },
      }),
    });
    await app.sandbox.users.lookAtPoints(app.sandbox.example).delivered;
  });
  afterAll(() => app.close());

  const site = (): Site => {
    const { brandId, cardId, openid, userCardCode } = app.sandbox.example;
    mutations += 1;
    const card = Object.entries({ brandId, cardId, openid, userCardCode });
    const key = card.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ');
    return {
      url: app.url,
      headers: withAuth ? known.headers.till : {},
      query,
      mutation: `mutation { updateUserCard(input: { userCard: { key: { ${key} } }, level: "level ${mutations}" }) { __typename userErrors { code } } }`,
      subscription,
      queryId: 'shop',
      subscriptionId: 'events',
    };
  };
  const brand = { brand: { brandId: '1004' } };
  const expected: Readonly<Record<Use, object>> = {
    query: brand,
    mutation: { updateUserCard: { __typename: 'UpdateUserCardPayload' } },
    'query by GET': brand,
    'document by its id': {},
    'unknown APQ hash': brand,
    subscription: { userCardEvents: { eventType: 'SYNC_USER_POINT' } },
  };

  describe.each(clients.map((client) => [client.name, client] as const))('%s', (__, client) => {
    it.each(uses.filter((use) => client.uses[use] !== undefined))('%s', async (use) => {
      const data = await client.uses[use]?.(site());
      expect(data).toMatchObject(expected[use]);
      // Only the documents of the manifest ask for these.
      if (use === 'document by its id') expect(JSON.stringify(data)).toMatch(/"name":"\S+"|"brandId":"1004"/);
      expect(app.reports).toEqual([]);
    });
  });
});

describe.each(Object.entries(readmes))('%s', (document, heads) => {
  it('has the table of clients', () => {
    const path = join(__dirname, '..', '..', document);
    const head = [heads.client, ...uses.map((use) => heads[use])];
    const rows = clients.map(({ name, stream = '●', uses: own }) => [
      name,
      ...uses.map((use) => (own[use] === undefined ? '–' : use === 'subscription' ? stream : '●')),
    ]);
    // Prettier counts Chinese characters twice.
    const width = (cell: string): number => cell.length + (cell.match(/\p{Script=Han}/gu)?.length ?? 0);
    const widths = head.map((___, column) =>
      Math.max(...[head, ...rows].map((cells) => width(cells[column] ?? ''))),
    );
    const line = (cells: readonly string[], fill = ' '): string =>
      `| ${cells.map((cell, column) => cell + fill.repeat((widths[column] ?? 0) - width(cell))).join(' | ')} |`;
    const ruler = line(
      head.map(() => ''),
      '-',
    );
    const table = [line(head), ruler, ...rows.map((cells) => line(cells))].join('\n');
    const [before = '', rest = ''] = readFileSync(path, 'utf8').split(begin);
    const [, after = ''] = rest.split(end);
    const wanted = `${before}${begin}\n\n${table}\n\n${end}${after}`;
    if (process.argv.includes('-u')) writeFileSync(path, wanted);
    expect(readFileSync(path, 'utf8')).toBe(wanted);
  });
});
