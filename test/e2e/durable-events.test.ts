import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeConfig } from '../support/config-file';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { build, serverProcess, type ServerProcess } from '../support/server-process';
import { subscribe, type SeenEvent } from '../support/subscriber';

const brandId = '1001622624';
const cardId = `p${brandId}Seed-Template-0`;
/** A minute between deliveries takes this many ms. */
const minuteMs = 40;

let sandbox: Sandbox;
let openings = 0;
beforeAll(async () => {
  [sandbox] = await Promise.all([
    startSandbox({
      membersPerBrand: 10,
      after(ms, action) {
        const timer = setTimeout(action, (ms / 60_000) * minuteMs);
        return () => {
          clearTimeout(timer);
        };
      },
    }),
    build(),
  ]);
}, 300_000);
afterAll(() => sandbox.close());

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
};
const open = (): ReturnType<Sandbox['users']['open']> => {
  openings += 1;
  return sandbox.users.open({ brandId, cardId, openid: `oDurable-${String(openings)}` });
};
const isConfirmed = (openid: string): boolean =>
  sandbox
    .state()
    .userCardsOf(brandId, openid)
    .some(({ user_card_state }) => user_card_state === 'EFFECTIVE');
const asked = (): number => sandbox.ledger.entries({ interface: 'CONFIRM_USER_CARD' }).length;

/** A server with a configuration of its own and no Redis. */
const withServer = (
  more: (directory: string) => Readonly<Record<string, unknown>>,
): { readonly server: () => ServerProcess } => {
  let server: ServerProcess;
  let directory = '';
  beforeAll(async () => {
    const config = writeConfig(sandbox, {
      notifications: { confirm: [{ brandId, level: '白银会员', allocateCodes: true }] },
      ...more('./data'),
    });
    directory = config.directory;
    server = await serverProcess(config.file);
    await server.start();
    sandbox.deliveries.deliverTo(`${server.url}/wechat/notify`);
  }, 60_000);
  afterAll(async () => {
    sandbox.faults.set([]);
    await server.end();
    rmSync(join(directory), { recursive: true, force: true });
  });
  return { server: () => server };
};

describe('with a database and no Redis, after kill -9', () => {
  const { server } = withServer((directory) => ({ database: { directory } }));

  it('a waiting opening is confirmed, and a subscription resumes without a gap', async () => {
    const listen = async (count: number, lastEventId: string): Promise<readonly SeenEvent[]> => {
      const subscriber = subscribe(`${server().url}/graphql`, { brandId, lastEventId });
      const seen = await subscriber.has(count);
      subscriber.close();
      return seen;
    };
    const first = open();
    await first.delivered;
    const [before] = await listen(1, '0');
    await until(() => isConfirmed(first.openid));

    sandbox.faults.set([{ kind: 'blackHole', when: 'before', interface: 'CONFIRM_USER_CARD' }]);
    const earlier = asked();
    const second = open();
    // Acknowledged: WeChat Pay does not repeat it.
    await second.delivered;
    await until(() => asked() > earlier);
    await server().kill();
    sandbox.faults.set([]);
    await server().start();
    await until(() => isConfirmed(second.openid));
    expect((await listen(1, before?.eventId ?? '')).map(({ openid }) => openid)).toEqual([second.openid]);
    expect((await listen(2, '0')).map(({ openid }) => openid)).toEqual([first.openid, second.openid]);
  }, 120_000);
});

describe('with a database and no Redis, an opening that nobody confirms by a rule', () => {
  const { server } = withServer((directory) => ({ database: { directory } }));
  const ask = async (query: string, variables: object): Promise<Readonly<Record<string, unknown>>> => {
    const response = await fetch(`${server().url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Readonly<Record<string, unknown>>;
  };
  const waiting = async (brand: string): Promise<readonly unknown[]> => {
    const { data } = await ask(
      'query($id: ID!) { brand(brandId: $id) { waitingOpenings { nodes { state cardId openid userCardCode } } } }',
      { id: brand },
    );
    return (data as { readonly brand: { readonly waitingOpenings: { readonly nodes: readonly unknown[] } } })
      .brand.waitingOpenings.nodes;
  };

  it('is listed after kill -9, until it is confirmed', async () => {
    const own = { brandId: '1004', cardId: sandbox.example.cardId, openid: 'oDurable-manual' };
    await sandbox.users.open(own).delivered;
    await server().kill();
    await server().start();
    const listed = { state: 'MANUAL', cardId: own.cardId, openid: own.openid, userCardCode: null };
    expect(await waiting(own.brandId)).toEqual([listed]);
    const input = {
      userCard: { key: { ...own, userCardCode: 'DURABLE00001' } },
      userCardConfirmState: 'SUCCESS',
    };
    const confirmed = await ask(
      'mutation($input: ConfirmUserCardInput!) { confirmUserCard(input: $input) { userErrors { code } } }',
      { input },
    );
    expect(confirmed).toMatchObject({ data: { confirmUserCard: { userErrors: [] } } });
    while ((await waiting(own.brandId)).length > 0) await new Promise((resolve) => setTimeout(resolve, 100));
  }, 120_000);
});

describe('without a store that outlives the process', () => {
  const { server } = withServer(() => ({}));

  it('an opening that is not confirmed in time is left with WeChat Pay, and confirmed after kill -9', async () => {
    const from = sandbox.deliveries.list().length;
    sandbox.faults.set([{ kind: 'blackHole', when: 'before', interface: 'CONFIRM_USER_CARD' }]);
    const { openid, delivered } = open();
    const delivery = () => sandbox.deliveries.list()[from];
    await until(() => (delivery()?.attempts.length ?? 0) > 0);
    expect(delivery()?.attempts[0]?.status).toBe(503);
    await server().kill();
    sandbox.faults.set([]);
    await server().start();
    await delivered;
    expect(delivery()?.state).toBe('delivered');
    expect(isConfirmed(openid)).toBe(true);
  }, 120_000);
});
