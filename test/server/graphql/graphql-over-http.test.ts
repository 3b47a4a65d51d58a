import { serverAudits } from 'graphql-http';
import { testApp, type TestApp } from '../../support/test-app';

/** The audits of graphql-http, one test each under its own id. */
describe('GraphQL over HTTP', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await testApp();
  });
  afterAll(() => app.close());

  const audits = serverAudits({
    url: () => app.url,
    fetchFn: fetch,
  });

  it('has 61 audits', () => {
    expect(audits).toHaveLength(61);
  });

  it.each(audits.map((audit) => [audit.id, audit.name, audit] as const))('%s %s', async (_, __, audit) => {
    const result = await audit.fn();
    expect(result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`).toBe('ok');
  });
});
