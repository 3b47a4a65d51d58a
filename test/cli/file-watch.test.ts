import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileWatch, type FileWatch } from '../../src/cli/file-watch';
import { fakeClock, type FakeClock } from '../support/fake-clock';

describe('watched files', () => {
  let directory: string;
  let clock: FakeClock;
  let watch: FileWatch;
  let changes: number;
  const at = (name: string): string => join(directory, name);
  /** Looks happen at once; what they read takes its time. */
  const until = async (number: number): Promise<void> => {
    while (changes < number) {
      await clock.advance(500);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(changes).toBe(number);
  };
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'watch-'));
    writeFileSync(at('a'), 'one');
    clock = fakeClock();
    watch = createFileWatch(clock);
    changes = 0;
  });
  afterEach(() => {
    watch.stop();
    rmSync(directory, { recursive: true });
  });

  it('are noticed from the moment at which they were named, also before the watch begins', async () => {
    watch.add(at('a'));
    writeFileSync(at('a'), 'two');
    watch.start(() => (changes += 1));
    await until(1);
  });

  it('are noticed if they are replaced, appear, are gone, or are new in a directory', async () => {
    for (const name of ['a', 'b', '.']) watch.add(at(name));
    watch.start(() => (changes += 1));
    writeFileSync(at('new'), 'one');
    await until(1);
    renameSync(at('new'), at('a'));
    await until(2);
    writeFileSync(at('b'), 'one');
    await until(3);
    rmSync(at('b'));
    await until(4);
  });

  it('are left alone after the end', async () => {
    watch.add(at('a'));
    watch.start(() => (changes += 1));
    watch.stop();
    writeFileSync(at('a'), 'two');
    await clock.advance(5_000);
    expect(changes).toBe(0);
  });
});
