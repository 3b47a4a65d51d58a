import type { Fault } from '../../src/sandbox/faults';
import { testApp, type TestApp } from '../support/test-app';

interface Ready {
  readonly status: string;
  readonly findings: readonly { readonly code: string; readonly level: string; readonly detail: string }[];
}

/** What readiness and metrics say while something is wrong with WeChat Pay or with the load. */
describe('an incident', () => {
  let app: TestApp;
  afterEach(() => app.close());
  const start = async (main?: string): Promise<void> => {
    app = await testApp({
      change: (config) => ({
        ...config,
        metrics: { host: '127.0.0.1', port: 0 },
        server: { ...config.server, queryDeadlineMs: 1_500 },
        wechatPay: {
          ...config.wechatPay,
          hosts: { ...config.wechatPay.hosts, ...(main === undefined ? {} : { main }) },
        },
      }),
    });
  };
  /** Reads cards that no cache holds. */
  const load = async (reads: number): Promise<void> => {
    const { cardId, openid } = app.sandbox.example;
    await Promise.all(
      Array.from({ length: reads }, (_, code) =>
        app.ask(
          `{ userCard(by: { key: { brandId: "1004", cardId: "${cardId}", openid: "${openid}", userCardCode: "n${code}" } }) { level } }`,
        ),
      ),
    );
  };
  const ready = async (): Promise<Ready> =>
    (await (await fetch(`${app.operatorsUrl}/readyz`)).json()) as Ready;
  const counted = async (): Promise<readonly string[]> =>
    (await (await fetch(`${app.operatorsUrl}/metrics`)).text())
      .split('\n')
      .filter((line) => line.startsWith('membercard_findings{'));

  it.each<readonly [name: string, fault: Fault, code: string, detail: RegExp]>([
    [
      'errors of WeChat Pay',
      { kind: 'systemError' },
      'upstream.failing',
      /^WeChat Pay answered 0 of \d+ calls to the (?:main|backup) host in the last 60 s \(SYSTEM_ERROR \d+\)$/,
    ],
    [
      'a network that swallows every request',
      { kind: 'blackHole' },
      'upstream.failing',
      /^WeChat Pay answered 0 of \d+ calls .*\(no response \d+\)$/,
    ],
    [
      'a gateway before WeChat Pay',
      { kind: 'badGateway' },
      'upstream.failing',
      /^WeChat Pay answered 0 of \d+ calls .*\(HTTP 502 \d+\)$/,
    ],
    [
      'refusals for the rate',
      { kind: 'rateLimited' },
      'upstream.rateLimited',
      /^WeChat Pay refused \d+ calls as too frequent in the last 60 s \(GET_USER_CARD \d+\)$/,
    ],
  ])('of %s is told by readiness, which stays ready, and counted', async (_, fault, code, detail) => {
    await start();
    app.sandbox.faults.set([fault]);
    await load(4);
    const { status, findings } = await ready();
    const found = findings.find((one) => one.code === code);
    expect([status, found?.level]).toEqual(['ready', 'warning']);
    expect(found?.detail).toMatch(detail);
    const count = findings.filter((one) => one.code === code).length;
    expect(await counted()).toContain(`membercard_findings{code="${code}",level="warning"} ${count}`);
  });

  it('of a host that is away is told, with the time since when calls go to the other', async () => {
    await start('http://127.0.0.1:1');
    await load(4);
    const { status, findings } = await ready();
    expect(status).toBe('ready');
    // How many calls the main host loses before the others go to the backup depends on who is first; two of them are no finding.
    const found = findings.find(({ code }) => code === 'upstream.onBackup');
    expect(found?.detail).toContain(`since ${new Date().toISOString().slice(0, 10)}`);
  });

  it('of more load than the limit allows is told as such, and is none of WeChat Pay', async () => {
    await start();
    expect((await ready()).findings).toEqual([]);
    expect(await counted()).toEqual([]);
    await load(60);
    const { status, findings } = await ready();
    expect(status).toBe('ready');
    expect(findings.map(({ code }) => code)).toContain('budget.exhausted');
    expect(findings.map(({ detail }) => detail).join()).toMatch(
      /\d+ calls found no slot before their deadline in the last 60 s \(GET_USER_CARD \d+\)/,
    );
    expect(findings.filter(({ code }) => code === 'upstream.failing')).toEqual([]);
  });
});
