import { createCipher } from '../../src/shared/cipher';
import { createNotes } from '../../src/store/notes';
import { connectPatiently, describeWithRedis, startRedis, type RedisServer } from '../support/redis-server';
import { keyRing } from '../support/key-ring';

describeWithRedis('notes', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.close());

  it('are shared with other processes, encrypted, for seven days', async () => {
    const redis = await connectPatiently(server.url);
    const notes = () => createNotes({ shared: { redis, cipher: createCipher(keyRing('k1'), 'notes') } });
    await notes().set('1004/card/x', 'o-somebody');
    expect(await notes().get('1004/card/x')).toBe('o-somebody');
    expect(await notes().get('1004/card/y')).toBeUndefined();
    const stored = await server.command('GET', 'wxm:note:1004/card/x');
    expect(stored).not.toContain('somebody');
    const lifeMs = await redis.ask((store) => store.pTTL('wxm:note:1004/card/x'));
    expect(lifeMs).toBeGreaterThan(6.9 * 86_400_000);
    expect(lifeMs).toBeLessThanOrEqual(7 * 86_400_000);
    redis.close();
  });

  it('stay in this process if there is no store, or it is unavailable', async () => {
    const redis = await connectPatiently(server.url);
    const notes = createNotes({ shared: { redis, cipher: createCipher(keyRing('k1'), 'notes') } });
    redis.close();
    await notes.set('a', 'b');
    expect(await notes.get('a')).toBe('b');
    expect(await notes.get('c')).toBeUndefined();
    expect(await createNotes().get('a')).toBeUndefined();
  });
});
