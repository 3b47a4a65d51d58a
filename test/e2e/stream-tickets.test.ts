import { readFileSync, writeFileSync } from 'node:fs';
import { EventSource } from 'eventsource';
import { parseKeyFile, printKeyFile } from '../../src/auth/api-key-file';
import { systemClock } from '../../src/shared/clock';
import { callers } from '../support/callers';
import { namedKey } from '../support/key-ring';
import {
  describeWithRedis,
  startRedis,
  type RedisServer,
  withStoreThroughout,
} from '../support/redis-server';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { testApp, type TestApp } from '../support/test-app';

const events = 'subscription { userCardEvents(brandId: "1004", lastEventId: "0") { eventId } }';
const issue = async (app: TestApp, headers: Readonly<Record<string, string>>): Promise<string> => {
  const response = await fetch(`${app.url}/ticket`, { method: 'POST', headers });
  expect(response.status).toBe(200);
  return ((await response.json()) as { ticket: string }).ticket;
};
const addressOf = (app: TestApp, ticket: string, query = events): string =>
  `${app.url}?${new URLSearchParams({ query, ticket }).toString()}`;
/** Status and first result. */
const open = async (app: TestApp, ticket: string, headers: Record<string, string> = {}) => {
  const control = new AbortController();
  const response = await fetch(addressOf(app, ticket), {
    headers: { accept: 'text/event-stream', ...headers },
    signal: control.signal,
  });
  let text = '';
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
    text += new TextDecoder().decode(part.value as Uint8Array);
    if (text.includes('event: next')) break;
  }
  control.abort();
  return { status: response.status, text, headers: response.headers };
};

describe('a stream ticket', () => {
  const known = callers({
    reader: ['brand:1004:read'],
    stranger: ['brand:1001622624:read'],
    leaver: ['brand:1004:read'],
    watcher: ['brand:1004:read'],
  });
  let ahead = 0;
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({
      clock: { ...systemClock, now: () => systemClock.now() + ahead },
      change: (config) => ({ ...config, auth: known.settings }),
    });
    await app.sandbox.users.lookAtPoints(app.sandbox.example).delivered;
  });
  afterAll(async () => {
    await app.close();
    known.remove();
  });
  const revoke = async (name: string): Promise<void> => {
    const keys = parseKeyFile(readFileSync(known.file, 'utf8'));
    writeFileSync(known.file, printKeyFile(keys.filter(({ caller }) => caller !== name)));
    // The file is looked at once a second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
  };

  it('opens one stream, once', async () => {
    const ticket = await issue(app, known.headers.reader);
    expect(await open(app, ticket)).toMatchObject({
      status: 200,
      text: expect.stringContaining('"eventId"') as string,
    });
    const again = await open(app, ticket);
    expect([again.status, again.text]).toEqual([401, expect.stringContaining('"UNAUTHENTICATED"')]);
    expect(JSON.stringify([app.operations, app.reports, app.calls])).not.toContain(ticket);
  });

  it('has the brands of its caller', async () => {
    const { text } = await open(app, await issue(app, known.headers.stranger));
    expect(text).toContain('"code":"FORBIDDEN"');
  });

  it('expires', async () => {
    const ticket = await issue(app, known.headers.reader);
    ahead += 30_000;
    expect(await open(app, ticket)).toMatchObject({ status: 401 });
  });

  it('has the permissions that its credential has now, and its stream ends with it', async () => {
    const unused = await issue(app, known.headers.leaver);
    const ticket = await issue(app, known.headers.leaver);
    const query = 'subscription { userCardEvents(brandId: "1004") { eventId } }';
    const response = await fetch(addressOf(app, ticket, query), { headers: { accept: 'text/event-stream' } });
    expect(response.status).toBe(200);
    await revoke('leaver');
    expect(await open(app, unused)).toMatchObject({ status: 401 });
    await app.sandbox.users.lookAtPoints(app.sandbox.example).delivered;
    expect(await response.text()).toContain('"code":"UNAUTHENTICATED"');
  });

  it.each([
    ['made up', () => 'x'.repeat(43), {}],
    ['no ticket by its form', () => '../x', {}],
    ['sent for JSON', (ticket: string) => ticket, { accept: 'application/json' }],
    ['sent for whatever there is', (ticket: string) => ticket, { accept: '*/*' }],
  ])('is refused if it is %s', async (_, change, headers) => {
    const ticket = change(await issue(app, known.headers.reader));
    expect(await open(app, ticket, headers)).toMatchObject({ status: 401 });
  });

  it('is issued by POST only', async () => {
    const { status, headers } = await fetch(`${app.url}/ticket`, { headers: known.headers.reader });
    expect([status, headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe('an EventSource', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  /** Requests of an EventSource that first sends the position, and what it hears within 4 s; it waits 3 s to reconnect. */
  const listen = async (query: string, position?: string) => {
    const sent: (string | null)[] = [];
    const source = new EventSource(`${app.url}?${new URLSearchParams({ query }).toString()}`, {
      fetch(url, init) {
        const headers = new Headers(init.headers);
        if (sent.length === 0 && position !== undefined) headers.set('last-event-id', position);
        sent.push(headers.get('last-event-id'));
        return fetch(url, { ...init, headers });
      },
    });
    const heard: string[] = [];
    source.addEventListener('next', ({ data }) => heard.push(String(data)));
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    await app.sandbox.users.lookAtPoints(app.sandbox.example).delivered;
    await new Promise((resolve) => setTimeout(resolve, 300));
    source.close();
    return { sent, heard };
  };

  it('whose events are no longer stored gets an error, and reconnects once to continue from now', async () => {
    await app.sandbox.users.lookAtPoints(app.sandbox.example).delivered;
    const query = 'subscription { userCardEvents(brandId: "1004") { eventId } }';
    const { sent, heard } = await listen(query, '1-1');
    expect(sent).toEqual(['1-1', null]);
    expect(heard).toEqual([
      expect.stringContaining('"code":"NOT_FOUND"'),
      expect.stringContaining('{"data":{"userCardEvents":{"eventId":'),
    ]);
  });

  it.each([
    ['a request that is none', 'subscription { nothing }'],
    [
      'a position of its own that is lost',
      'subscription { userCardEvents(brandId: "1004", lastEventId: "1-1") { eventId } }',
    ],
  ])('does not come back with %s', async (_, query) => {
    await app.sandbox.users.lookAtPoints(app.sandbox.example).delivered;
    const { sent, heard } = await listen(query);
    expect([sent, heard]).toEqual([[null], [expect.stringContaining('{"errors":')]]);
  });
});

describeWithRedis('a stream ticket in a fleet', () => {
  const known = callers({ reader: ['brand:1004:read'] });
  const encryptionKeys = [namedKey('k1')];
  let redis: RedisServer;
  let sandbox: Sandbox;
  let apps: readonly TestApp[];
  beforeAll(async () => {
    redis = await startRedis();
    sandbox = await startSandbox({ membersPerBrand: 60 });
    const start = () =>
      testApp({
        upstream: sandbox,
        change: (config) => ({
          ...config,
          encryptionKeys,
          auth: known.settings,
          redis: { url: redis.url },
        }),
      });
    apps = [await start(), await start()];
    await sandbox.users.lookAtPoints(sandbox.example).delivered;
  });
  afterAll(async () => {
    for (const app of apps) await app.close();
    await sandbox.close();
    await redis.close();
    known.remove();
  });
  const app = (index: number): TestApp => {
    const found = apps[index];
    if (found === undefined) throw new Error('no such process');
    return found;
  };

  it('is valid in every process, once in all of them', async () => {
    await withStoreThroughout(apps, async () => {
      const ticket = await issue(app(0), known.headers.reader);
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) => open(app(index % 2), ticket)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([
        200,
        ...Array.from({ length: 9 }, () => 401),
      ]);
    });
  });

  it('is neither issued nor accepted while the store is unavailable', async () => {
    const ticket = await issue(app(0), known.headers.reader);
    redis.freeze();
    try {
      const response = await fetch(`${app(0).url}/ticket`, { method: 'POST', headers: known.headers.reader });
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
      expect(await open(app(1), ticket)).toMatchObject({ status: 503 });
    } finally {
      redis.thaw();
      for (const one of apps) await untilStoreIsBack(one);
    }
  });

  /** A process asks the store again only after a pause. */
  const untilStoreIsBack = async (one: TestApp): Promise<void> => {
    const issued = () => fetch(`${one.url}/ticket`, { method: 'POST', headers: known.headers.reader });
    while ((await issued()).status !== 200) await new Promise((resolve) => setTimeout(resolve, 20));
  };
});
