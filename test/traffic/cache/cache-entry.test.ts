import { createEntryMemory, type CacheEntry } from '../../../src/traffic/cache/cache-entry';

const entry = (changes: Partial<CacheEntry>): CacheEntry => ({
  data: 'first',
  bytes: 7,
  fetchedAt: 0,
  asOf: 0,
  epoch: 0,
  absent: false,
  jitter: 0,
  ...changes,
});

describe('the entries of a process', () => {
  it.each([
    ['was read later', { asOf: 2 }, { asOf: 1 }],
    ['has a newer epoch, even if it was read earlier', { epoch: 2, asOf: 1 }, { epoch: 1, asOf: 2 }],
  ])('keep the entry that %s, in whichever order they arrive', async (_, newer, older) => {
    const entries = [entry({ ...newer, data: 'newer' }), entry({ ...older, data: 'older' })];
    for (const inOrder of [entries, [...entries].reverse()]) {
      const memory = createEntryMemory(100_000);
      for (const one of inOrder) await memory.set('card', one);
      expect(memory.peek('card')?.data).toBe('newer');
      expect((await memory.get('card'))?.data).toBe('newer');
    }
  });

  it('replace an entry by another one of the same moment', async () => {
    const memory = createEntryMemory(100_000);
    await memory.set('card', entry({}));
    await memory.set('card', entry({ data: 'second' }));
    expect(memory.peek('card')?.data).toBe('second');
  });

  it('take none that is older than a reply that was given', async () => {
    const memory = createEntryMemory(100_000);
    await memory.set('card', entry({ asOf: 1 }));
    memory.outdate('card', 2);
    expect(memory.peek('card')).toBeUndefined();
    await memory.set('card', entry({ asOf: 1, epoch: 9 }));
    expect(memory.peek('card')).toBeUndefined();
    await memory.set('card', entry({ asOf: 2 }));
    expect(memory.peek('card')?.asOf).toBe(2);
  });
});
