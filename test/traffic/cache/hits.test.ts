import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { cache } from '../../../src/traffic/cache/cache';
import { createMemoryWriteEpochs } from '../../../src/traffic/cache/write-epochs';
import type { CacheHit } from '../../../src/traffic/calls/call';
import { aCall, aReply, silentTally } from '../../support/calls';
import { fakeClock } from '../../support/fake-clock';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const heapBytes = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

describe('a stored cache hit', () => {
  it('does not keep its entry alive, so that the size limit holds', async () => {
    const clock = fakeClock();
    const entryBytes = 20_000;
    const send = cache({
      clock,
      random: () => 0.5,
      writeEpochs: createMemoryWriteEpochs(clock),
      maxBytes: 10 * entryBytes,
    })(() =>
      Promise.resolve({
        ...aReply({ list: Array.from({ length: entryBytes / 8 }, Math.random) }, clock.now()),
        bytes: entryBytes,
      }),
    );
    const hits: CacheHit[] = [];
    const stats = { ...silentTally, cacheHit: (_: string, __: unknown, hit: CacheHit) => hits.push(hit) };
    const read = (key: string) =>
      send(aCall({ stats, cache: { kind: 'userCard', key, subject: `of ${key}` } }));
    const readTwice = async (from: number, to: number): Promise<void> => {
      for (let index = from; index < to; index += 1) {
        await read(`k${index}`);
        await read(`k${index}`);
        await new Promise(setImmediate);
      }
    };
    await readTwice(0, 20);
    const before = heapBytes();
    await readTwice(20, 320);
    expect(hits).toHaveLength(320);
    expect(hits.at(-1)?.isCurrent()).toBe(true);
    expect(hits[0]?.isCurrent()).toBe(false);
    // 300 entries have 6 MB.
    expect(heapBytes() - before).toBeLessThan(2_000_000);
  });
});
