import { callers } from '../support/callers';
import { testApp, type TestApp } from '../support/test-app';

describe('the call budget of a brand', () => {
  const known = callers({ noisy: ['brand:1004:read'], quiet: ['brand:1004:read'], crm: ['brand:1004:read'] });
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp({
      change: (config) => ({
        ...config,
        auth: known.settings,
        callers: [{ caller: 'key:crm', lane: 'bulk' }],
        server: { ...config.server, queryDeadlineMs: 10_000 },
      }),
    });
  });
  afterAll(async () => {
    await app.close();
    known.remove();
  });

  it('is shared by its callers in turn, so that a busy one does not block the others', async () => {
    const ask = (name: keyof typeof known.headers, code: string) =>
      app.ask(
        `{ userCard(by: { key: { brandId: "1004", cardId: "c", openid: "o", userCardCode: "${code}" } }) { level } }`,
        {},
        known.headers[name],
      );
    let waiting = 35;
    const flood = Array.from({ length: waiting }, async (_, index) => {
      await ask('noisy', `n${index}`);
      waiting -= 1;
    });
    // The flood is queued before the other caller sends its request.
    await Promise.race(flood);
    const { errors } = await ask('quiet', 'q');
    expect(errors).toEqual([]);
    expect(waiting).toBeGreaterThan(5);
    await Promise.all(flood);
  });

  it('lets the work of a background caller wait, though its requests do not say that they are background work', async () => {
    const ask = (headers: Readonly<Record<string, string>>, code: string) =>
      app.ask(
        `{ userCard(by: { key: { brandId: "1004", cardId: "d", openid: "o", userCardCode: "${code}" } }) { level } }`,
        {},
        headers,
      );
    const before = app.exchanges.length;
    await ask(known.headers.crm, 'one');
    await ask(known.headers.quiet, 'two');
    expect(app.exchanges.slice(before).map(({ caller, lane }) => [caller, lane])).toEqual([
      ['key:crm', 'bulk'],
      ['key:quiet', 'interactive'],
    ]);
  });
});
