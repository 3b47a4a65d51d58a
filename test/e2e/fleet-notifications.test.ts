import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { writeConfig } from '../support/config-file';
import { numberFromEnvironment } from '../support/number-from-environment';
import { createRandom, seedFromEnvironment, type Random } from '../support/random';
import { describeWithRedis, startRedis, type RedisServer } from '../support/redis-server';
import { build, serverProcess, type ServerProcess } from '../support/server-process';
import { subscribe, type SeenEvent } from '../support/subscriber';

/** NOTIFICATIONS=10000 for the long form. */
const many = numberFromEnvironment('NOTIFICATIONS', { otherwise: 1_000 });
const brandId = '1004';
const confirming = '1001622624';
/** A minute between deliveries takes this many ms. */
const minuteMs = 40;

/** A proxy between sandbox and server that passes everything on and loses a share of the responses. */
const lossy = async (
  target: () => string,
  share: number,
  random: Random,
): Promise<{ url: string; lost: () => number; server: Server }> => {
  let lost = 0;
  const server = createServer((incoming, outgoing) => {
    const onward = request(
      `${target()}${incoming.url ?? ''}`,
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        if (random.chance(share)) {
          lost += 1;
          answer.resume();
          outgoing.destroy();
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/wechat/notify`,
    lost: () => lost,
    server,
  };
};

describeWithRedis('a server that is killed and a store that stays', () => {
  const seed = seedFromEnvironment();
  let redis: RedisServer;
  let sandbox: Sandbox;
  let server: ServerProcess;
  let line: Awaited<ReturnType<typeof lossy>>;
  let directory: string;

  beforeAll(async () => {
    [redis, sandbox] = await Promise.all([
      startRedis(),
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
    const config = writeConfig(sandbox, {
      redis: { url: redis.url },
      notifications: { confirm: [{ brandId: confirming, level: '白银会员', allocateCodes: true }] },
    });
    directory = config.directory;
    server = await serverProcess(config.file);
    await server.start();
    line = await lossy(() => server.url, 0.1, createRandom(seed));
    sandbox.deliveries.deliverTo(line.url);
  }, 300_000);

  afterAll(async () => {
    await server.end();
    line.server.closeAllConnections();
    line.server.close();
    await sandbox.close();
    await redis.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it(`publishes each of ${String(many)} notifications once to a subscriber that resumes (SEED=${String(seed)})`, async () => {
    const seen: SeenEvent[] = [];
    let resumed = 0;
    const wanted = new Set(Array.from({ length: many }, (_, index) => `oFleet-${String(index)}`));
    const enough = (): boolean => seen.filter(({ openid }) => wanted.has(openid)).length >= many;
    const listen = async (): Promise<void> => {
      while (!enough()) {
        const subscriber = subscribe(`${server.url}/graphql`, {
          brandId,
          lastEventId: seen.at(-1)?.eventId ?? '0',
        });
        const over = setInterval(() => {
          if (seen.length + subscriber.events.length >= many) subscriber.close();
        }, 50);
        await subscriber.ended;
        clearInterval(over);
        if (subscriber.errors.length > 0) throw new Error(subscriber.errors[0]?.message);
        seen.push(...subscriber.events);
        if (!enough()) {
          resumed += 1;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    };
    const listening = listen();

    const kills = (async () => {
      for (const share of [0.3, 0.6]) {
        while (sandbox.deliveries.list().filter(({ state }) => state === 'delivered').length < many * share)
          await new Promise((resolve) => setTimeout(resolve, 10));
        await server.kill();
        await server.start();
      }
    })();
    const waiting = [...wanted];
    await Promise.all(
      Array.from({ length: 40 }, async () => {
        for (let openid = waiting.pop(); openid !== undefined; openid = waiting.pop())
          await sandbox.users.open({ brandId, cardId: sandbox.example.cardId, openid }).delivered;
      }),
    );
    await Promise.all([kills, listening]);

    const attempts = sandbox.deliveries.list().flatMap((delivery) => delivery.attempts);
    expect(attempts.filter(({ status }) => status === 0).length).toBeGreaterThan(many * 0.05);
    expect(line.lost()).toBeGreaterThan(many * 0.05);
    expect(resumed).toBeGreaterThanOrEqual(2);
    expect(seen.map(({ openid }) => openid).sort()).toEqual([...wanted].sort());
    expect(new Set(seen.map(({ eventId }) => eventId)).size).toBe(many);
    process.stdout.write(
      `${String(many)} notifications, ${String(attempts.length)} deliveries, ${String(line.lost())} answers lost, ` +
        `2 times kill -9, resumed ${String(resumed)} times\n`,
    );
  }, 600_000);

  it('confirms an opening whose process died before it was done', async () => {
    sandbox.faults.set([{ kind: 'blackHole', when: 'before', interface: 'CONFIRM_USER_CARD' }]);
    const { openid, delivered } = sandbox.users.open({
      brandId: confirming,
      cardId: `p${confirming}Seed-Template-0`,
      openid: 'oFleet-confirm',
    });
    await delivered;
    const asked = (): number => sandbox.ledger.entries({ interface: 'CONFIRM_USER_CARD' }).length;
    while (asked() === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await server.kill();
    sandbox.faults.set([]);
    await server.start();
    const held = () =>
      sandbox
        .state()
        .userCardsOf(confirming, openid)
        .filter(({ user_card_state }) => user_card_state === 'EFFECTIVE');
    while (held().length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(held()).toMatchObject([{ level: '白银会员' }]);
  }, 60_000);

  it('asks for redelivery while the store does not respond', async () => {
    const before = sandbox.deliveries.list().length;
    redis.freeze();
    const { delivered } = sandbox.users.open({
      brandId: '1002',
      cardId: 'p1002Seed-Template-0',
      openid: 'oFleet-frozen',
    });
    const delivery = () => sandbox.deliveries.list()[before];
    while ((delivery()?.attempts.length ?? 0) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(delivery()?.attempts[0]?.status).not.toBe(204);
    redis.thaw();
    await delivered;
    expect(delivery()?.state).toBe('delivered');
  });
});
