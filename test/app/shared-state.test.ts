import { createClient } from '@redis/client';
import { openSharedState } from '../../src/app/shared-state';
import { systemClock } from '../../src/shared/clock';
import { freePort } from '../support/free-port';
import { keyRing } from '../support/key-ring';
import { describeWithRedis, startRedis, type RedisServer } from '../support/redis-server';

const open = (url: string) =>
  openSharedState({
    config: { redis: { url } },
    keys: keyRing('k1'),
    clock: systemClock,
    random: Math.random,
    onStoreChange: () => undefined,
  });

describeWithRedis('a store that cannot be used at the start', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
    const client = createClient({ url: server.url });
    await client.connect();
    await client.sendCommand(['CONFIG', 'SET', 'requirepass', 'right']);
    client.destroy();
  });
  afterAll(() => server.close());

  it('distinguishes the causes of an unusable store', async () => {
    const address = server.url.replace('redis://', '');
    await expect(open(`redis://:CANARY@${address}`)).rejects.toThrow(
      /^redis: the store refuses the user or the password; correct them in the address$/,
    );
    await expect(open(server.url)).rejects.toThrow(/^redis: the store asks for a password; add it/);
    await expect(open('redis://no-such-host.invalid:6379')).rejects.toThrow(
      /^redis: the name of the store's host cannot be resolved/,
    );
    await expect(open(`redis://127.0.0.1:${String(await freePort())}`)).rejects.toThrow(
      /^redis: the store cannot be reached \(ECONNREFUSED\); start it/,
    );
    (await open(`redis://:right@${address}`)).stop();
  });
});
