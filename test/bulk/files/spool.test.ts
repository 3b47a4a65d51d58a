import { readFileSync, readlinkSync, readdirSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { createSpool, type Spool } from '../../../src/bulk/files/spool';

/** The content of the file on the disk, by its descriptor: it has no name. */
const onDisk = (): Buffer => {
  const descriptor = readdirSync('/proc/self/fd').find((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`).includes('/bulk-');
    } catch {
      return false;
    }
  });
  return readFileSync(`/proc/self/fd/${String(descriptor)}`);
};

describe('a spool', () => {
  let spool: Spool;
  beforeEach(async () => {
    spool = await createSpool();
  });
  // Also after a failure: `onDisk` finds the file among those that are open.
  afterEach(() => spool.close());

  it('returns what was written, from any place, and has nothing in clear on the disk', async () => {
    const bytes = Buffer.concat([Buffer.from('13812345678'.repeat(50)), randomBytes(5_000)]);
    for (let at = 0; at < bytes.length; at += 777) await spool.append(bytes.subarray(at, at + 777));
    for (const [from, length] of [
      [0, 10],
      [1, 33],
      [16, 16],
      [2_047, 999],
      [5_549, 50],
      [5_600, 3],
    ] as const)
      expect(await spool.read(from, length)).toEqual(bytes.subarray(from, from + length));
    expect(spool.size()).toBe(bytes.length);
    const sealed = onDisk();
    expect(sealed).toHaveLength(bytes.length);
    expect(sealed.includes('138123')).toBe(false);
    await spool.close();
    await spool.close();
    await expect(spool.read(0, 1)).rejects.toThrow();
  });
});
