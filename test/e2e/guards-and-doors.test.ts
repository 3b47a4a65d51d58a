import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printKeyFile } from '../../src/auth/api-key-file';
import type { Config } from '../../src/config/config';
import { defaultQueryLimits } from '../../src/config/query-limits';
import type { RefusalKind } from '../../src/server/http/refusals';
import { callers } from '../support/callers';
import { memberBackend, type MemberBackend } from '../support/members';
import { doors, type Door, type Probe } from '../support/doors';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { testApp, type TestApp } from '../support/test-app';

/**
 * Sends what every guard refuses through every door. `npx jest test/e2e/guards-and-doors.test.ts -u` writes the table in
 * SECURITY.md.
 */
const document = join(__dirname, '..', '..', 'SECURITY.md');
const [begin, end] = ['<!-- guards and doors -->', '<!-- end of guards and doors -->'];

const both = (query: string, subscription: string, more: Record<string, unknown> = {}): Probe => ({
  request: { query: { query, ...more }, subscription: { query: subscription, ...more } },
});
const event = (selection: string): string =>
  `subscription { userCardEvents(brandId: "1004", lastEventId: "0") { ${selection} } }`;
const aliases = (count: number, field: string): string =>
  Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ');
/** Up to 5 pages and 100 templates for each of the 19. */
const cards = Array.from(
  { length: 19 },
  (_, index) => `a${index}: userCards(openid: "o${index}", first: 100) { nodes { cardTemplate { cardId } } }`,
).join(' ');
const valid = both('{ brand(brandId: "1004") { brandId } }', event('eventId'));

type Server = 'authenticated' | 'open' | 'enforcing' | 'hurried' | 'limited' | 'leaving';

interface Guard {
  readonly name: string;
  readonly server: Server;
  readonly probe: Probe;
  /** The possible refusals. */
  readonly refusals: readonly string[];
  /** Doors to which the guard does not apply, with the reason. */
  readonly spares: (door: Door) => string | undefined;
  /** Sends the probe without the caller's credential. */
  readonly anonymous?: boolean;
  /** Sends the probe with the token of a member. */
  readonly asMember?: boolean;
  /** The refusal comes with the second request. */
  readonly twice?: boolean;
  /** The kind under which a refusal is counted. Absent: it is an operation, with a line and codes of its own. */
  readonly counted?: RefusalKind;
  /** Nothing is refused; the operation appears in log and metrics. */
  readonly observes?: boolean;
}

const nothing = (): undefined => undefined;
const noOperation = ({ takes }: Door): string | undefined =>
  takes === 'none' ? 'takes no operation' : undefined;
const staysOpen = ({ takes }: Door): boolean => takes === 'subscription';
const isNotify = ({ name }: Pick<Door, 'name'>): string | undefined =>
  name === 'notifications' ? 'the sender is known by its signature' : undefined;

const guards: readonly Guard[] = [
  {
    name: 'Host (without `auth`)',
    server: 'open',
    probe: { ...valid, headers: { host: 'evil.example.com' } },
    refusals: ['FORBIDDEN'],
    counted: 'misdirected',
    spares: nothing,
    anonymous: true,
  },
  {
    name: 'page origin (without `auth`)',
    server: 'open',
    probe: { ...valid, headers: { origin: 'https://evil.example.com' }, asForm: true },
    refusals: ['FORBIDDEN'],
    counted: 'foreignPage',
    spares: isNotify,
    anonymous: true,
  },
  {
    name: 'credential',
    server: 'authenticated',
    probe: valid,
    // 4401 of a socket; FAIL of a notification without a signature.
    refusals: ['UNAUTHENTICATED', '4401', 'FAIL'],
    counted: 'unauthenticated',
    spares: nothing,
    anonymous: true,
  },
  {
    name: 'caller limit',
    server: 'limited',
    probe: valid,
    refusals: ['RATE_LIMITED'],
    counted: 'rateLimited',
    spares: isNotify,
    twice: true,
  },
  {
    name: 'size',
    server: 'authenticated',
    probe: { ...valid, padding: defaultQueryLimits.bodyBytes },
    // 413, 431 of a URL, 1009 of a socket.
    refusals: ['BAD_REQUEST', '431', '1009', 'BAD_USER_INPUT', 'FAIL'],
    spares: ({ name }) =>
      name === '`/graphql/ticket`' || name === '`/schema.graphql`' ? 'reads no body' : undefined,
  },
  {
    name: 'trusted documents',
    server: 'enforcing',
    probe: valid,
    refusals: ['FORBIDDEN'],
    counted: 'forbidden',
    spares: noOperation,
  },
  {
    name: 'syntax',
    server: 'authenticated',
    probe: both('{', 'subscription {'),
    refusals: ['GRAPHQL_PARSE_FAILED'],
    spares: noOperation,
  },
  {
    name: 'limits of the document',
    server: 'authenticated',
    probe: both(`{ ${aliases(21, '__typename')} }`, event(aliases(21, 'eventId'))),
    refusals: ['BAD_USER_INPUT'],
    spares: noOperation,
  },
  {
    name: 'validation',
    server: 'authenticated',
    probe: both('{ nothing }', event('nothing')),
    refusals: ['GRAPHQL_VALIDATION_FAILED'],
    spares: noOperation,
  },
  {
    name: 'operation name',
    server: 'authenticated',
    probe: both('query a { __typename }', event('eventId').replace('subscription', 'subscription a'), {
      operationName: 'b',
    }),
    refusals: ['OPERATION_RESOLUTION_FAILURE'],
    spares: noOperation,
  },
  {
    name: 'limits of variables',
    server: 'authenticated',
    probe: both('{ __typename }', event('eventId'), {
      variables: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`v${index}`, 1])),
    }),
    refusals: ['BAD_USER_INPUT'],
    spares: noOperation,
  },
  {
    name: 'what is for staff, from members',
    server: 'authenticated',
    probe: both('{ brand(brandId: "1004") { throttle { available } } }', event('extra')),
    refusals: ['FORBIDDEN', 'NOT_FOUND'],
    spares: ({ name }) =>
      name === '`/graphql/ticket`' ? 'a ticket has the permissions of its caller' : isNotify({ name }),
    anonymous: true,
    asMember: true,
  },
  {
    name: 'introspection',
    server: 'authenticated',
    probe: both('{ __schema { types { name } } }', ''),
    refusals: ['FORBIDDEN', 'NOT_FOUND'],
    spares: ({ name, takes }) =>
      takes === 'query' || name === '`/schema.graphql`' ? undefined : 'shows no schema',
  },
  {
    name: 'cost',
    server: 'authenticated',
    probe: both(`{ brand(brandId: "1004") { ${cards} } }`, event(`userCard { brand { ${cards} } }`)),
    refusals: ['QUERY_TOO_EXPENSIVE'],
    spares: noOperation,
  },
  {
    name: 'time',
    server: 'hurried',
    probe: both(
      '{ userCard(brandId: "1004", cardId: "c", openid: "o", userCardCode: "1") { level } }',
      event('userCard { level }'),
    ),
    refusals: ['UPSTREAM_UNAVAILABLE'],
    spares: noOperation,
  },
  {
    name: 'log and metrics',
    server: 'authenticated',
    probe: valid,
    refusals: ['ok'],
    spares: noOperation,
    observes: true,
  },
];

/** Tested separately below, because it takes time. */
const whileOpen = 'credential, while open';

const names = doors.map((_, index) => `caller${index}` as const);
const scopes = Object.fromEntries(names.map((name) => [name, ['brand:1004:write']]));

describe('every guard at every door', () => {
  const known = callers(scopes);
  const limited = callers(scopes, { perSecond: 0.001, burst: 1 });
  const leaving = callers({ leaver: ['brand:1004:read'] });
  const apps = new Map<Server, TestApp>();
  let upstream: Sandbox;
  let backend: MemberBackend;

  const change: Readonly<Record<Server, (config: Config) => Config>> = {
    authenticated: (config) => ({ ...config, auth: backend.settings }),
    open: (config) => config,
    enforcing: (config) => ({
      ...config,
      auth: known.settings,
      trustedDocuments: { mode: 'enforce', documents: new Map() },
    }),
    hurried: (config) => ({
      ...config,
      auth: known.settings,
      server: { ...config.server, queryDeadlineMs: 60_000 },
      queryLimits: { ...config.queryLimits, operationMs: 300 },
    }),
    limited: (config) => ({ ...config, auth: limited.settings }),
    leaving: (config) => ({ ...config, auth: leaving.settings }),
  };

  beforeAll(async () => {
    upstream = await startSandbox({ membersPerBrand: 60 });
    backend = await memberBackend({}, known.settings);
    for (const [name, own] of Object.entries(change) as [Server, (config: Config) => Config][]) {
      const app = await testApp({
        upstream,
        change: (config) =>
          own({
            ...config,
            server: { ...config.server, development: false },
            metrics: { host: '127.0.0.1', port: 0 },
          }),
      });
      apps.set(name, app);
      await upstream.users.lookAtPoints(upstream.example).delivered;
    }
  });
  afterAll(async () => {
    for (const app of apps.values()) await app.close();
    await upstream.close();
    known.remove();
    limited.remove();
    leaving.remove();
    backend.remove();
  });

  /** `membercard_refusals_total` by kind. */
  const countsOf = async (server: Server): Promise<Readonly<Record<string, number>>> => {
    const text = await (await fetch(`${apps.get(server)?.operatorsUrl ?? ''}/metrics`)).text();
    const counts: Record<string, number> = {};
    for (const [, kind = '', value] of text.matchAll(
      /^membercard_refusals_total\{.*kind="(\w+)".*\} (\d+)$/gm,
    ))
      counts[kind] = (counts[kind] ?? 0) + Number(value);
    return counts;
  };
  /** A refusal is counted when its connection is done with it, a moment after the client has it. */
  const counted = async (server: Server, kind: RefusalKind, before: number): Promise<number> => {
    for (let tries = 0; tries < 50; tries += 1) {
      const { [kind]: now = 0 } = await countsOf(server);
      if (now > before) return now;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return before;
  };

  const send = async (guard: Guard, door: Door): Promise<string> => {
    const app = apps.get(guard.server);
    const of = guard.server === 'limited' ? limited : known;
    const own = of.headers[`caller${doors.indexOf(door)}`];
    const member = guard.asMember === true ? await backend.headersOf(upstream.example.openid) : {};
    const headers = { ...guard.probe.headers, ...(guard.anonymous === true ? member : own) };
    upstream.faults.set(
      guard.server === 'hurried' ? [{ kind: 'blackHole', interface: 'GET_USER_CARD' }] : [],
    );
    const origin = new URL('/', app?.url).origin;
    // The handshake of a socket takes a request of its own.
    if (guard.twice === true && !door.name.startsWith('WebSocket'))
      await door.send(origin, { ...guard.probe, headers });
    return door.send(origin, { ...guard.probe, headers });
  };

  describe.each(guards.map((guard) => [guard.name, guard] as const))('%s', (_, guard) => {
    it.each(
      doors.filter((door) => guard.spares(door) === undefined).map((door) => [door.name, door] as const),
    )('at %s', async (__, door) => {
      const operations = apps.get(guard.server)?.operations ?? [];
      const before = operations.length;
      const counts = await countsOf(guard.server);
      expect(guard.refusals).toContain(await send(guard, door));
      if (guard.observes === true) expect(operations.length).toBeGreaterThan(before);
      if (guard.counted === undefined) return;
      const { [guard.counted]: former = 0 } = counts;
      expect(await counted(guard.server, guard.counted, former)).toBeGreaterThan(former);
    });
  });

  it(`${whileOpen}: what stays open ends when its credential does`, async () => {
    const app = apps.get('leaving');
    const origin = new URL('/', app?.url).origin;
    const probe = {
      ...both('', 'subscription { userCardEvents(brandId: "1004") { eventId } }'),
      headers: leaving.headers.leaver,
    };
    const open = doors.filter(staysOpen).map(async (door) => [door.name, await door.send(origin, probe)]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    writeFileSync(leaving.file, printKeyFile([]));
    // The file is checked once a second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    upstream.deliveries.deliverTo(app?.notifyUrl ?? '');
    await upstream.users.lookAtPoints(upstream.example).delivered;
    expect(await Promise.all(open)).toEqual(
      doors.filter(staysOpen).map(({ name }) => [name, 'UNAUTHENTICATED']),
    );
  });

  it('is in the table of SECURITY.md', () => {
    const mark = (spared: boolean): string => (spared ? '–' : '●');
    const rows = [
      ...guards.map(({ name, spares }) => [name, ...doors.map((door) => mark(spares(door) !== undefined))]),
      [whileOpen, ...doors.map((door) => mark(!staysOpen(door)))],
    ];
    const head = ['guard', ...doors.map(({ name }) => name)];
    const widths = head.map((_, column) =>
      Math.max(3, ...[head, ...rows].map((cells) => cells[column]?.length ?? 0)),
    );
    const line = (cells: readonly string[], fill = ' '): string =>
      `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`;
    const ruler = line(
      head.map(() => ''),
      '-',
    );
    const table = [line(head), ruler, ...rows.map((cells) => line(cells))].join('\n');
    const text = readFileSync(document, 'utf8');
    const [before = '', rest = ''] = text.split(begin);
    const [, after = ''] = rest.split(end);
    const wanted = `${before}${begin}\n\n${table}\n\n${end}${after}`;
    if (process.argv.includes('-u')) writeFileSync(document, wanted);
    expect(readFileSync(document, 'utf8')).toBe(wanted);
  });
});
