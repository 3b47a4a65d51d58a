import type { CardSighting, Dated } from '../wechatpay/api/card-sightings';

/** What was seen and is not stored yet. Cards seen again are merged, so its size is bounded by distinct cards. */
export interface Pending {
  /** Returns false if there is no room. */
  add(sighting: Seen): boolean;
  /** The oldest entries, by the key of `done`. */
  first(count: number): readonly (readonly [key: string, sighting: Seen])[];
  /** Removes entries, except those that were merged with something newer meanwhile. */
  done(entries: ReturnType<Pending['first']>): void;
  readonly size: () => number;
}

export type Seen = CardSighting & { readonly seenAt: number };

export const createPending = (max: number): Pending => {
  const entries = new Map<string, Seen>();
  return {
    add(sighting) {
      const { brandId, cardId, userCardCode } = sighting;
      const key = JSON.stringify([brandId, cardId, userCardCode]);
      const known = entries.get(key);
      if (known === undefined && entries.size >= max) return false;
      entries.set(key, known === undefined ? sighting : merged(known, sighting));
      return true;
    },
    first(count) {
      const taken: (readonly [string, Seen])[] = [];
      for (const entry of entries) if (taken.push(entry) >= count) break;
      return taken;
    },
    done(stored) {
      for (const [key, sighting] of stored) if (entries.get(key) === sighting) entries.delete(key);
    },
    size: () => entries.size,
  };
};

/** As the database merges an entry with what it has (`upsert` in write-batch.ts). */
const merged = (before: Seen, next: Seen): Seen => ({
  ...before,
  ...next,
  seenAt: Math.max(before.seenAt, next.seenAt),
  ...latest('state', before.state, next.state),
  ...latest('level', before.level, next.level),
  ...latest('pointBalance', before.pointBalance, next.pointBalance),
});

const latest = <Name extends string, T>(
  name: Name,
  before: Dated<T> | undefined,
  next: Dated<T> | undefined,
): { readonly [N in Name]?: Dated<T> } => {
  const chosen = before !== undefined && (next === undefined || next.at < before.at) ? before : next;
  return chosen === undefined ? {} : ({ [name]: chosen } as { readonly [N in Name]?: Dated<T> });
};
