import type { Fleet } from '../../src/traffic/limiter/fleet';

/** A fleet of which all members are alive. */
export const aFleet = (instance = 0, instances = 1, changes: Partial<Fleet> = {}): Fleet => ({
  place: () => ({ instance, instances, isPresumed: false }),
  vanished: () => 0,
  missed: () => undefined,
  stop: () => Promise.resolve(),
  ...changes,
});
