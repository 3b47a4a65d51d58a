import type { Browser, Page } from 'playwright-core';
import { clientHeaders, requestHeader } from '../../src/server/http/headers';
import { describeWithBrowser, launch, servePage, type PageServer } from '../support/browser';
import { callers } from '../support/callers';
import { testApp, type TestApp } from '../support/test-app';

const shop = 'shop.example.com';
const evil = 'evil.example.com';
const question = '{ brand(brandId: "1004") { brandId } }';
const events = 'subscription { userCardEvents(brandId: "1004", lastEventId: "0") { eventId } }';

/** What pages do, as their scripts. Each resolves to something printable. */
const scripts = {
  /** Status and data, or why the page got nothing. */
  post: `async ({ url, body, headers, read }) => {
    try {
      const response = await fetch(url, {
        method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body),
      });
      const { data } = await response.json();
      return { status: response.status, data, read: response.headers.get(read ?? 'retry-after') };
    } catch (error) { return { status: error.name }; }
  }`,
  get: `async ({ url, headers }) => {
    try {
      const response = await fetch(url, { headers });
      return { status: response.status, data: (await response.json()).data };
    } catch (error) { return { status: error.name }; }
  }`,
  /** As a form does, which needs no preflight: it is sent, and Cross-Origin-Resource-Policy hides the response. */
  form: `async ({ url, body }) => {
    try {
      const response = await fetch(url, {
        method: 'POST', mode: 'no-cors', headers: { 'content-type': 'text/plain' }, body: JSON.stringify(body),
      });
      return { status: response.type };
    } catch (error) { return { status: error.name }; }
  }`,
  eventSource: `({ url }) => new Promise((resolve) => {
    const source = new EventSource(url);
    source.addEventListener('next', ({ data, lastEventId }) => { source.close(); resolve({ data: JSON.parse(data).data, lastEventId }); });
    source.addEventListener('error', () => { resolve({ closed: source.readyState === EventSource.CLOSED }); });
  })`,
  webSocket: `({ url, query, init }) => new Promise((resolve) => {
    const socket = new WebSocket(url, 'graphql-transport-ws');
    const send = (message) => socket.send(JSON.stringify(message));
    socket.onopen = () => send({ type: 'connection_init', payload: init });
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === 'connection_ack') send({ type: 'subscribe', id: '1', payload: { query } });
      if (message.type === 'next') { socket.close(); resolve({ data: message.payload.data }); }
    };
    socket.onclose = ({ code }) => resolve({ code });
  })`,
};

describeWithBrowser('pages in a real browser', () => {
  const known = callers({ till: ['brand:1004:write'] });
  const { till } = known.headers;
  let browser: Browser;
  let pages: PageServer;
  let app: TestApp;
  let page: Page;
  beforeAll(async () => {
    browser = await launch(shop, evil);
    pages = await servePage();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await pages.close();
    known.remove();
  });
  afterEach(async () => {
    await page.close();
    await app.close();
  });

  const open = async (withAuth: boolean): Promise<void> => {
    page = await browser.newPage();
    app = await testApp({
      change: (config) => ({
        ...config,
        ...(withAuth ? { auth: known.settings } : {}),
        http: {
          ...config.http,
          corsOrigins: withAuth ? [`http://${shop}:${pages.port}`] : [],
          corsHeaders: ['x-shop-version'],
        },
      }),
    });
    await app.sandbox.users.lookAtPoints(app.sandbox.example).delivered;
  };
  /** Runs a script in a page of the host. */
  const at = async (host: string, script: keyof typeof scripts, argument: object): Promise<object> => {
    const { origin } = new URL(`http://${host}:${pages.port}`);
    if (page.url() !== `${origin}/`) await page.goto(origin);
    return page.evaluate<object>(`(${scripts[script]})(${JSON.stringify(argument)})`);
  };
  const asQuery = (parameters: Record<string, string>): string =>
    `${app.url}?${new URLSearchParams(parameters).toString()}`;
  const level = (text: string): string => {
    const { brandId, cardId, openid, userCardCode } = app.sandbox.example;
    const key = Object.entries({ brandId, cardId, openid, userCardCode });
    const printed = key.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ');
    return `mutation { updateUserCard(input: { userCard: { key: { ${printed} } }, level: ${JSON.stringify(text)} }) { userErrors { code } } }`;
  };

  it('a configured origin sends every header that is in the lists, and reads Consistency-Token', async () => {
    await open(true);
    const written = await at(shop, 'post', {
      url: app.url,
      body: { query: level('gold') },
      headers: till,
      read: 'consistency-token',
    });
    expect(written).toMatchObject({ status: 200, data: { updateUserCard: { userErrors: [] } } });
    const { read: token } = written as { read: string };
    expect(token).toMatch(/^[\w-]+\.[\w-]+$/);

    const values: Readonly<Record<string, string>> = {
      [requestHeader.accept]: 'application/json',
      [requestHeader.acceptLanguage]: 'zh',
      ...till,
      [requestHeader.consistencyToken]: token,
      [requestHeader.contentType]: 'application/json',
      [requestHeader.lastEventId]: '1-1',
      [requestHeader.priority]: 'u=7',
      [requestHeader.traceparent]: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
    };
    for (const name of [...Object.values(requestHeader), ...clientHeaders, 'x-shop-version']) {
      const headers = { ...till, [name]: values[name] ?? '1' };
      const answer = await at(shop, 'post', { url: app.url, body: { query: question }, headers });
      expect([name, answer]).toMatchObject([name, { status: 200, data: { brand: { brandId: '1004' } } }]);
    }
    const refused = await at(shop, 'post', {
      url: app.url,
      body: { query: question },
      read: 'www-authenticate',
    });
    expect(refused).toMatchObject({ status: 401, read: 'Bearer' });
  }, 60_000);

  it('a configured origin subscribes by EventSource with a ticket, and by WebSocket', async () => {
    await open(true);
    const issued = await fetch(`${app.url}/ticket`, { method: 'POST', headers: till });
    const { ticket } = (await issued.json()) as { ticket: string };
    const url = asQuery({ query: events, ticket });
    expect(await at(shop, 'eventSource', { url })).toMatchObject({
      data: { userCardEvents: { eventId: expect.any(String) as string } },
      lastEventId: expect.stringMatching(/^\d+-\d+$/) as string,
    });
    // The ticket is used: the EventSource gives up.
    expect(await at(shop, 'eventSource', { url })).toEqual({ closed: true });
    const socket = { url: app.url.replace('http', 'ws'), query: events };
    expect(await at(shop, 'webSocket', { ...socket, init: till })).toMatchObject({
      data: { userCardEvents: { eventId: expect.any(String) as string } },
    });
    expect(await at(shop, 'webSocket', { ...socket, init: {} })).toEqual({ code: 4401 });
  }, 60_000);

  it.each([true, false])(
    'a page of another origin is kept out, auth: %s',
    async (withAuth) => {
      await open(withAuth);
      app.operations.length = 0;
      const query = level('stolen');
      for (const headers of [{}, till])
        expect(await at(evil, 'post', { url: app.url, body: { query }, headers })).toEqual({
          status: 'TypeError',
        });
      expect(await at(evil, 'form', { url: app.url, body: { query } })).toEqual({
        status: 'TypeError',
      });
      expect(await at(evil, 'get', { url: asQuery({ query: question }) })).toEqual({ status: 'TypeError' });
      expect(await at(evil, 'eventSource', { url: asQuery({ query: events }) })).toEqual({ closed: true });
      const socket = { url: app.url.replace('http', 'ws'), query: events, init: {} };
      expect(await at(evil, 'webSocket', socket)).toEqual({ code: 1006 });
      expect(app.operations).toEqual([]);
      expect(app.arrived('UPDATE_USER_CARD')).toBe(0);
      expect(app.refusals).toContainEqual(expect.objectContaining({ kind: 'foreignPage' }));
    },
    60_000,
  );

  it.each(['localhost', '127.0.0.1'])(
    'a page of a dev server at %s calls the demo',
    async (host) => {
      await open(false);
      const brand = { status: 200, data: { brand: { brandId: '1004' } } };
      const headers = { 'consistency-token': '', priority: 'u=7', 'apollographql-client-name': 'shop' };
      expect(await at(host, 'post', { url: app.url, body: { query: question }, headers })).toMatchObject(
        brand,
      );
      expect(await at(host, 'get', { url: asQuery({ query: question }) })).toMatchObject(brand);
      const event = { data: { userCardEvents: { eventId: expect.any(String) as string } } };
      expect(await at(host, 'eventSource', { url: asQuery({ query: events }) })).toMatchObject(event);
      const socket = { url: app.url.replace('http', 'ws'), query: events, init: {} };
      expect(await at(host, 'webSocket', socket)).toMatchObject(event);
    },
    60_000,
  );
});
