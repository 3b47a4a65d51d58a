import { systemClock } from '../../../src/shared/clock';
import type { Redis } from '../../../src/store/redis';
import { createRedisWriteEpochs } from '../../../src/traffic/cache/redis-write-epochs';
import { writeEpochsScript } from '../../../src/traffic/cache/write-epochs.lua';
import type { WriteEpochs } from '../../../src/traffic/cache/write-epochs';
import {
  connectPatiently,
  describeWithRedis,
  startRedis,
  type RedisServer,
} from '../../support/redis-server';
import { until } from '../../support/until';

interface Process {
  readonly writeEpochs: WriteEpochs;
  /** Disconnects only this process from the store, or reconnects it. */
  readonly cut: (away: boolean) => void;
}

describeWithRedis('the register of a fleet', () => {
  let server: RedisServer;
  const connections: Redis[] = [];
  beforeAll(async () => {
    server = await startRedis();
  });
  afterEach(() => {
    for (const connection of connections.splice(0)) connection.close();
  });
  afterAll(() => server.close());

  /** `beforeAnswer`: runs after the store has executed the command and before this process gets the reply. */
  const start = async ({
    skewMs = 0,
    beforeAnswer = () => Promise.resolve(),
  }: {
    readonly skewMs?: number;
    readonly beforeAnswer?: (action: string | undefined) => Promise<void>;
  } = {}): Promise<Process> => {
    const clock = { ...systemClock, now: () => systemClock.now() + skewMs };
    const redis = await connectPatiently(server.url);
    connections.push(redis);
    let away = false;
    const writeEpochs = createRedisWriteEpochs({
      clock,
      redis: {
        ...redis,
        async run(script, keys, args) {
          if (away) throw new Error('cut');
          const answer = await redis.run(script, keys, args);
          await beforeAnswer(args[0]);
          return answer;
        },
        ask: (command) => (away ? Promise.reject(new Error('cut')) : redis.ask(command)),
      },
    });
    return { writeEpochs, cut: (now) => (away = now) };
  };

  it('keeps no subject unsettled for longer than a write may last, when the store’s clock was set back', async () => {
    const { writeEpochs } = await start();
    const [connection] = connections;
    const inAnHour = String(systemClock.wallNow() + 3_600_000);
    const fields = ['epoch', '1', 'open', '1', 'openUntil', inAnHour, 'doubtUntil', inAnHour];
    await server.command('HSET', 'wxm:epoch:{before}', ...fields);
    expect((await writeEpochs.read('before')).settled).toBe(false);
    // The store's state of the subject, as the next process reads it.
    const [, unsettledMs] =
      (await connection?.run(writeEpochsScript, ['epoch:{before}'], ['read', '0', '0'])) ?? [];
    expect(Number(unsettledMs)).toBeGreaterThan(29_000);
    expect(Number(unsettledMs)).toBeLessThanOrEqual(30_000);
  });

  it('reports that a write was alone if no other write overlapped', async () => {
    const { writeEpochs } = await start();
    const since = await writeEpochs.begin('quiet');
    expect(await writeEpochs.commit('quiet', since)).toMatchObject({ alone: true });
  });

  it.each([
    ['with a clock that is right', 0],
    ['with a clock that is behind', -5_000],
  ])(
    'invalidates the result of a write once an overlapping write that ended first is known, %s',
    async (_, skewMs) => {
      const subject = `overlapped ${String(skewMs)}`;
      const here = await start();
      const there = await start({ skewMs });
      there.cut(true);
      const untold = await there.writeEpochs.begin(subject);
      const since = await here.writeEpochs.begin(subject);
      await there.writeEpochs.commit(subject, untold);
      const { epoch, alone } = await here.writeEpochs.commit(subject, since);
      expect(alone).toBe(true);
      there.cut(false);
      expect((await there.writeEpochs.read(subject)).epoch).toBeGreaterThan(epoch);
      const another = await start();
      expect((await another.writeEpochs.read(subject)).epoch).toBeGreaterThan(epoch);
    },
  );

  it('publishes a write that the store missed as soon as it can, though nothing more is asked', async () => {
    const [here, there] = [await start(), await start()];
    const { epoch } = await there.writeEpochs.read('missed');
    here.cut(true);
    await here.writeEpochs.commit('missed', await here.writeEpochs.begin('missed'));
    here.cut(false);
    await until(async () => (await (await start()).writeEpochs.read('missed')).epoch > epoch);
  });

  it('publishes a write that ends while its begin is being published', async () => {
    let operationEvent = Infinity;
    const here = await start({
      async beforeAnswer(action) {
        if (action !== 'raise') return;
        operationEvent = (await (await start()).writeEpochs.read('ending')).epoch;
        await here.writeEpochs.commit('ending', since);
      },
    });
    here.cut(true);
    const since = await here.writeEpochs.begin('ending');
    here.cut(false);
    await here.writeEpochs.read('ending');
    const another = await start();
    expect((await another.writeEpochs.read('ending')).epoch).toBeGreaterThan(operationEvent);
  });

  it('caches nothing from a write if another one may still take effect', async () => {
    const here = await start();
    const there = await start();
    await there.writeEpochs.begin('doubted');
    await there.writeEpochs.markUnknown('doubted');
    const since = await here.writeEpochs.begin('doubted');
    expect(await here.writeEpochs.commit('doubted', since)).toMatchObject({ alone: false });
  });

  it('caches nothing from a write during which another one began and ended', async () => {
    const here = await start();
    const there = await start();
    const since = await here.writeEpochs.begin('within');
    await there.writeEpochs.commit('within', await there.writeEpochs.begin('within'));
    expect(await here.writeEpochs.commit('within', since)).toMatchObject({ alone: false });
  });

  it('caches nothing from a write that ends while another one is open', async () => {
    const here = await start();
    const there = await start();
    await there.writeEpochs.begin('open');
    const since = await here.writeEpochs.begin('open');
    expect(await here.writeEpochs.commit('open', since)).toMatchObject({ alone: false });
  });

  it('caches nothing from a write if the store has evicted its subject meanwhile', async () => {
    const here = await start();
    const since = await here.writeEpochs.begin('evicted');
    await server.command('DEL', 'wxm:epoch:{evicted}');
    expect(await here.writeEpochs.commit('evicted', since)).toMatchObject({ alone: false });
  });

  it('remembers a subject for as long as it is read', async () => {
    const here = await start();
    await here.writeEpochs.read('read');
    await server.command('PEXPIRE', 'wxm:epoch:{read}', '1000');
    await (await start()).writeEpochs.read('read');
    expect(Number(await server.command('PTTL', 'wxm:epoch:{read}'))).toBeGreaterThan(86_400_000);
  });
});
