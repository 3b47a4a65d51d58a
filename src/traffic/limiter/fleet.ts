import { createHash } from 'node:crypto';
import type { Clock } from '../../shared/clock';
import type { Redis } from '../../store/redis';
import { rules } from './bucket-state';
import { lookAgainMs, type Place } from './offline-share';
import { beatScript, fleetKeys, leaveScript } from './fleet-scripts';
import {
  isVanished,
  keptMs,
  membersOver,
  vanishedAfterMs,
  type FleetView,
  type Member,
  type MemberIdentity,
} from './vanished-members';

/** The processes that share the limits, as this one knows them. */
export interface Fleet {
  /** This instance's place, which decides its share while the store is unavailable. */
  place(): Place;
  /**
   * The members that no longer say that they live, have not left and have not certainly ended: how many members each of them knew.
   * Such a process may only be cut off from the store, and then uses its own share of the limits.
   */
  vanished(): readonly number[];
  /**
   * Clock time in ms at which all others have noticed if this instance can no longer reach the store. `undefined` if they have
   * never known it.
   */
  missedBy(): number | undefined;
  /** Leaves the fleet, so that the others need not leave it a share. */
  stop(): Promise<void>;
}

export interface FleetOptions {
  readonly redis: Pick<Redis, 'run'>;
  readonly clock: Clock;
  readonly identity: MemberIdentity;
  /**
   * The most processes that there are. Until the store has told how many there are, this is the fleet's size. Too small a number
   * would let each process take too much.
   */
  readonly max: number;
}

const everyMs = 200;
/** How old the last reply of the store may be, ms. */
const onTheWayMs = 50;
/** A member that is back has used its share until then. It counts until the window of its last call there is over, ms. */
const returnMs = everyMs + lookAgainMs + rules.windowMs + rules.guardMs + onTheWayMs;

/** Resolves after the first heartbeat, so that the whole fleet is counted if the store fails right after the start. */
export const joinFleet = async ({ redis, clock, identity, max }: FleetOptions): Promise<Fleet> => {
  const { id } = identity;
  let view: FleetView | undefined;
  /** Clock time in ms of the heartbeat that `view` replies to. */
  let beatAt: number | undefined;
  /** When each member was last seen to be silent, ms of the store's clock. */
  const silentAt = new Map<string, number>();
  let stopped = false;
  let cancel: () => void = () => undefined;

  const ask = async (lost: readonly Member[] = []): Promise<void> => {
    const asked = clock.now();
    const over = view === undefined ? [] : membersOver(view, identity);
    const { now, isKnown, members } = read(
      await redis.run(beatScript, fleetKeys, [
        id,
        String(view?.members.length ?? 0),
        String(vanishedAfterMs),
        String(keptMs),
        '',
        String(over.length),
        ...over,
        ...lost.flatMap(({ id, beatAt, size }) => [id, String((view?.now ?? 0) - beatAt), String(size)]),
      ]),
    );
    // A store that has forgotten this process has lost its data. Who cannot reach it cannot tell it of itself.
    const forgotten = isKnown || lost.length > 0 ? [] : (view?.members ?? []);
    const others = forgotten.filter((member) => member.id !== id && !over.includes(member.id));
    if (others.length > 0) return ask(others);
    view = { members, now, max, joinedAt: view?.joinedAt ?? now };
    for (const member of members) if (isVanished(member, now)) silentAt.set(member.id, now);
    for (const [id, at] of silentAt) if (now - at > returnMs) silentAt.delete(id);
    beatAt = asked;
  };
  const beat = async (): Promise<void> => {
    // While the store is unavailable, the last known fleet is the best estimate.
    await ask().catch(() => undefined);
    if (!stopped) cancel = clock.after(everyMs, () => void beat());
  };
  await beat();

  return {
    place: () => {
      if (view === undefined) return { instance: numberOf(id), instances: max, isPresumed: true };
      const ids = view.members.map((member) => member.id).sort();
      return { instance: Math.max(0, ids.indexOf(id)), instances: ids.length, isPresumed: false };
    },
    vanished() {
      const { members = [], now = 0 } = view ?? {};
      return members
        .filter(({ id }) => now - (silentAt.get(id) ?? -Infinity) <= returnMs)
        .map(({ size }) => size);
    },
    missedBy: () => (beatAt === undefined ? undefined : beatAt + vanishedAfterMs + everyMs + onTheWayMs),
    async stop() {
      stopped = true;
      cancel();
      await redis.run(leaveScript, fleetKeys, [id]).catch(() => undefined);
    },
  };
};

const read = ([now, isKnown, ...rest]: readonly unknown[]) => {
  const members: Member[] = [];
  for (let index = 0; index + 2 < rest.length; index += 3)
    members.push({
      id: String(rest[index]),
      beatAt: Number(rest[index + 1]),
      size: Number(rest[index + 2]),
    });
  return { now: Number(now), isKnown: Number(isKnown) === 1, members };
};

const numberOf = (id: string): number => createHash('sha256').update(id).digest().readUInt32BE();
