import type { Fleet } from '../../src/traffic/limiter/fleet';
import type { MemberIdentity } from '../../src/traffic/limiter/vanished-members';

/** A fleet of which all members are alive. */
export const aFleet = (instance = 0, instances = 1, changes: Partial<Fleet> = {}): Fleet => ({
  place: () => ({ instance, instances, isPresumed: false }),
  vanished: () => [],
  missedBy: () => undefined,
  stop: () => Promise.resolve(),
  ...changes,
});

/** A member of which nobody else can tell whether it lives. */
export const aMember = (id: string, changes: Partial<MemberIdentity> = {}): MemberIdentity => ({
  id,
  hasEnded: () => false,
  replaces: () => false,
  ...changes,
});
