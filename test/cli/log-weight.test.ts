import { createApp, type App } from '../../src/app/app';
import { demoConfig } from '../../src/cli/demo';
import { createLog } from '../../src/cli/log';
import type { Config } from '../../src/config/config';
import { noTrustedDocuments } from '../../src/config/trusted-documents';
import type { Fault } from '../../src/sandbox/faults';
import { systemClock } from '../../src/shared/clock';
import { freePort } from '../support/free-port';
import { describeWithRedis, startRedis } from '../support/redis-server';
import { startSandbox, type Sandbox } from '../support/sandbox';

type Line = Readonly<Record<string, unknown>>;

const requestId: unknown = expect.stringMatching(/^[0-9A-F]{32}-\d+$/);
const [error, warn, info] = [50, 40, 30];
const hasRedis = describeWithRedis === describe;

/** What an incident on the real path leaves in the log. */
describe('the weight of a log line', () => {
  let sandbox: Sandbox;
  let app: App;
  let url: string;
  let lines: Line[];
  const start = async (change: (config: Config) => Config = (config) => config): Promise<void> => {
    sandbox = await startSandbox({ membersPerBrand: 3 });
    const log = createLog((line) => lines.push(JSON.parse(line) as Line));
    const config = change({ ...demoConfig(sandbox, 0), trustedDocuments: noTrustedDocuments });
    // Deadlines that let an incident end soon.
    const server = { ...config.server, operationMs: 1_500, mutationDeadlineMs: 1_500 };
    app = await createApp({ config: { ...config, server }, clock: systemClock, ...log });
    url = `http://127.0.0.1:${await app.start()}/graphql`;
  };
  beforeEach(() => {
    lines = [];
  });
  afterEach(async () => {
    await app.stop();
    await sandbox.close();
  });

  const ask = async (query: string, variables: object = {}): Promise<void> => {
    await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    }).then((response) => response.text());
  };
  const read = (): Promise<void> => {
    const { brandId, cardId, openid, userCardCode } = sandbox.example;
    return ask(
      `{ userCard(by: { key: { brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "${userCardCode}" } }, maxAgeSeconds: 0) { level } }`,
    );
  };
  const write = (): Promise<void> => {
    const { brandId, cardId, openid, userCardCode } = sandbox.example;
    // A phone number comes back encrypted: that it was changed cannot be seen.
    const input = {
      userCard: { key: { brandId, cardId, openid, userCardCode } },
      phoneNumber: '13812345678',
    };
    return ask(
      'mutation ($input: UpdateUserCardInput!) { updateUserCard(input: $input) { userErrors { code } } }',
      { input },
    );
  };
  const of = (event: string): readonly Line[] => lines.filter((line) => line.event === event);

  it.each<[string, number, Fault, Line]>([
    ['upstream.signatureInvalid', error, { kind: 'badSignature' }, { outcome: 'UPSTREAM_SIGNATURE_INVALID' }],
    [
      'upstream.rateLimited',
      warn,
      { kind: 'rateLimited' },
      { outcome: 'UPSTREAM_RATE_LIMITED', status: 429, requestId },
    ],
    [
      'upstream.failed',
      warn,
      { kind: 'systemError' },
      { wechatCode: 'SYSTEM_ERROR', status: 500, requestId },
    ],
  ])('%s: level %d, with caller, brand, route and reason', async (event, level, fault, facts) => {
    await start();
    sandbox.faults.set([{ ...fault, interface: 'GET_USER_CARD' }]);
    await read();
    const { brandId } = sandbox.example;
    expect(of(event)[0]).toMatchObject({
      level,
      msg: 'upstream call',
      caller: 'local',
      brandId,
      route: 'partner',
      interface: 'GET_USER_CARD',
      ...facts,
    });
    expect(of('operation.failed')).toMatchObject([{ level: warn, caller: 'local' }]);
  });

  it('a refused credential is an error that names the setting', async () => {
    await start((config) => {
      const { partner } = config.wechatPay;
      if (partner === undefined) throw new Error('the demo has a service provider');
      return { ...config, wechatPay: { ...config.wechatPay, partner: { ...partner, serial: 'DEADBEEF' } } };
    });
    await read();
    expect(of('upstream.credentialRefused')[0]).toMatchObject({
      level: error,
      route: 'partner',
      brandId: sandbox.example.brandId,
      status: 401,
      hint: expect.stringMatching(/serial/) as unknown,
    });
  });

  it('an unknown outcome is an error, however many there are, with what a look-up needs', async () => {
    await start();
    sandbox.faults.set([{ kind: 'badSignature', interface: 'UPDATE_USER_CARD' }]);
    await write();
    await write();
    const { brandId } = sandbox.example;
    expect(of('write.outcomeUnknown')).toMatchObject(
      Array.from({ length: 2 }, () => ({
        level: error,
        caller: 'local',
        brandId,
        route: 'partner',
        operation: 'updateUserCard',
        outcome: 'OUTCOME_UNKNOWN',
        requestIds: expect.arrayContaining([requestId]) as unknown,
        targetHash: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      })),
    );
    expect(of('operation.outcomeUnknown').map(({ level }) => level)).toEqual([error, error]);
  });

  it('what works, and what does not exist, is information', async () => {
    await start();
    await read();
    const { brandId, cardId, openid } = sandbox.example;
    await ask(
      `{ userCard(by: { key: { brandId: "${brandId}", cardId: "${cardId}", openid: "${openid}", userCardCode: "000000000000" } }) { level } }`,
    );
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.map(({ level }) => level)).toEqual(lines.map(() => info));
    expect(of('upstream.answered').map(({ outcome }) => outcome)).toContain('NOT_FOUND');
  });

  it('a change of the host is a warning that names it', async () => {
    const dead = await freePort();
    await start((config) => {
      const { hosts } = config.wechatPay;
      const main = `http://127.0.0.1:${dead}`;
      return { ...config, wechatPay: { ...config.wechatPay, hosts: { ...hosts, main } } };
    });
    await read();
    expect(of('host.changed')).toMatchObject([{ level: warn, host: 'backup' }]);
  });

  (hasRedis ? it : it.skip)('a store that refuses to write is a warning with its reason', async () => {
    const store = await startRedis();
    try {
      await start((config) => ({ ...config, redis: { url: store.url } }));
      await store.command('CONFIG', 'SET', 'maxmemory', '1');
      for (let turn = 0; turn < 50 && of('store.unavailable').length === 0; turn += 1) await read();
      expect(of('store.unavailable')[0]).toMatchObject({ level: warn, reason: 'OOM' });
    } finally {
      await store.close();
    }
  });

  it('a refused request is a warning', async () => {
    await start();
    await fetch(url, { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } });
    expect(of('requests.refused')).toMatchObject([{ level: warn, route: '/graphql', kind: 'badRequest' }]);
  });
});
