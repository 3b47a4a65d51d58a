/** A process that shares the limits, as the store knows it. */
export interface Member {
  readonly id: string;
  /** Its last heartbeat, ms of the store's clock. */
  readonly beatAt: number;
  /** How many members it knew then: without the store, it uses one of so many slots. */
  readonly size: number;
}

/** What the id of a member tells those that run beside it. */
export interface MemberIdentity {
  /** Unique to this process, without spaces. */
  readonly id: string;
  /** Whether the process with this id has certainly ended, because it ran on this machine. */
  readonly hasEnded: (id: string) => boolean;
  /** Whether this process runs in the place of that one: in the same container, after a restart. */
  readonly replaces: (id: string) => boolean;
}

/** A member without a heartbeat for this long may be cut off from the store, ms. */
export const vanishedAfterMs = 700;
/** A vanished member is kept for so long, unless it has certainly ended, ms. */
const leastKeptMs = 60_000;
/** Nothing is left to it after this time, ms. */
export const keptMs = 86_400_000;

export const isVanished = ({ beatAt }: Member, now: number): boolean => beatAt <= now - vanishedAfterMs;

export interface FleetView {
  readonly members: readonly Member[];
  /** Time of the store, ms. */
  readonly now: number;
  /** When this process joined, in the store's time, ms. */
  readonly joinedAt: number;
  /** The most processes that there are. */
  readonly max: number;
}

/**
 * The vanished members that use nothing any more. A member that is cut off from the store goes on with its share for as long as it
 * is, so silence alone proves nothing.
 */
export const membersOver = (
  { members, now, joinedAt, max }: FleetView,
  { hasEnded, replaces }: Pick<MemberIdentity, 'hasEnded' | 'replaces'>,
): readonly string[] => {
  const vanished = members.filter((member) => isVanished(member, now)).sort((a, b) => a.beatAt - b.beatAt);
  const long = vanished.filter(({ beatAt }) => now - beatAt >= leastKeptMs);
  const over = new Set([
    ...vanished.filter(({ id }) => hasEnded(id)),
    ...long.filter(({ id, beatAt }) => now - beatAt >= keptMs || (beatAt < joinedAt && replaces(id))),
  ]);
  // There are never more processes than the most, so those too many have ended.
  for (const member of long) if (members.length - over.size > max) over.add(member);
  return [...over].map(({ id }) => id);
};

/**
 * How many calls of a window the vanished members may make: of `calls` slots in a row, those of their places. `sizes`: how many
 * members each of them knew.
 */
export const callsLeftTo = (sizes: readonly number[], calls: number): number => {
  const bySize = new Map<number, number>();
  for (const size of sizes) bySize.set(size, (bySize.get(size) ?? 0) + 1);
  let left = 0;
  for (const [size, count] of bySize)
    left += Math.floor(calls / size) * count + Math.min(calls % size, count);
  return Math.min(calls, left);
};
