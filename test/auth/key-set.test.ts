import { errors, type JWTVerifyGetKey } from 'jose';
import { createKeySet, KeySetUnavailable } from '../../src/auth/key-set';
import { fakeClock, type FakeClock } from '../support/fake-clock';
import { issuer } from './tokens';

const minute = 60_000;
const hour = 60 * minute;

describe("the issuer's key set", () => {
  let clock: FakeClock;
  let loads: number;
  let isUp: boolean;
  let kids: string[];
  let keySet: JWTVerifyGetKey;
  const one = issuer('any').jwk();

  beforeEach(() => {
    clock = fakeClock();
    loads = 0;
    isUp = true;
    kids = ['k1'];
    keySet = createKeySet({
      clock,
      async load() {
        loads += 1;
        if (!isUp) throw new Error('down');
        const jwk = await one;
        return { keys: kids.map((kid) => ({ ...jwk, kid })) };
      },
    });
  });
  const find = async (kid: string) => keySet({ alg: 'RS256', kid }, { payload: '', signature: '' });

  it('is loaded once for simultaneous tokens', async () => {
    await Promise.all(Array.from({ length: 50 }, () => find('k1')));
    for (let second = 0; second < 60; second += 1) {
      await clock.advance(1_000);
      await find('k1');
    }
    expect(loads).toBe(1);
  });

  it('is loaded again after ten minutes, so that a withdrawn key ends', async () => {
    await find('k1');
    kids = ['k2'];
    await clock.advance(10 * minute + 1);
    await expect(find('k1')).rejects.toBeInstanceOf(errors.JWKSNoMatchingKey);
    expect(loads).toBe(2);
  });

  it('is loaded again if a token names a new key', async () => {
    await find('k1');
    kids = ['k1', 'k2'];
    await clock.advance(30_000);
    await expect(find('k2')).resolves.toBeDefined();
  });

  it('is loaded at most once in 30 seconds, whatever keys tokens name', async () => {
    await find('k1');
    for (let second = 0; second < 300; second += 1) {
      await clock.advance(1_000);
      await expect(find(`unknown-${second}`)).rejects.toBeInstanceOf(errors.JWKSNoMatchingKey);
    }
    expect(loads).toBeLessThanOrEqual(11);
  });

  it('stays usable for a day while the host is down, and then no longer', async () => {
    await find('k1');
    isUp = false;
    for (let passed = 0; passed < 23 * hour; passed += 10 * minute) {
      await clock.advance(10 * minute);
      await expect(find('k1')).resolves.toBeDefined();
    }
    await clock.advance(hour + 1);
    await expect(find('k1')).rejects.toBeInstanceOf(KeySetUnavailable);
  });

  it('delays no caller while the host does not respond', async () => {
    let hang = false;
    const slow = createKeySet({
      clock,
      load: async () => (hang ? new Promise(() => undefined) : { keys: [{ ...(await one), kid: 'k1' }] }),
    });
    const findSlow = () => slow({ alg: 'RS256', kid: 'k1' }, { payload: '', signature: '' });
    await findSlow();
    hang = true;
    for (let passed = 0; passed < 3; passed += 1) {
      await clock.advance(9 * minute);
      if (passed === 0) continue;
      // The first of these started a load; the others meanwhile use the cached set.
      void findSlow();
      await clock.advance(1);
      await expect(findSlow()).resolves.toBeDefined();
    }
  });

  it('is reported as unavailable until it was loaded once, and is loaded as soon as the host is back', async () => {
    isUp = false;
    await expect(find('k1')).rejects.toBeInstanceOf(KeySetUnavailable);
    isUp = true;
    await clock.advance(30_000);
    await expect(find('k1')).resolves.toBeDefined();
  });

  it('is unavailable if the host returns something else', async () => {
    const broken = createKeySet({ clock, load: () => Promise.resolve({ keys: 'none' }) });
    await expect(broken({ alg: 'RS256', kid: 'k1' }, { payload: '', signature: '' })).rejects.toBeInstanceOf(
      KeySetUnavailable,
    );
  });
});
