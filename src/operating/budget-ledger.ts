import type { Clock } from '../shared/clock';
import type { CallNames, Spender, TrafficHooks } from '../traffic/calls/hooks';

export interface BudgetUseQuery {
  /** How far back, ms; at most a day. */
  readonly lastMs: number;
  readonly by: 'BRAND' | 'CALLER';
  /** Only calls of this interface. Default: all. */
  readonly interface?: string;
}

export interface BudgetUse extends Counts {
  /** From when on the counts are complete, ms since the Unix epoch: the period's start, or later if the ledger began later. */
  readonly since: number;
  /** The heaviest user first. */
  readonly users: readonly BudgetUser[];
}

export interface BudgetUser extends Counts {
  /** brand_id or caller; `undefined` for calls of no brand, or of callers too small to be kept apart. */
  readonly id: string | undefined;
  /** What the configuration gives it, as written there; `undefined` if nothing. The ledger does not know it. */
  readonly ceiling?: string | undefined;
  readonly reserve?: string | undefined;
}

interface Counts {
  /** Calls sent to WeChat Pay, retries included. */
  readonly calls: number;
  /** Calls that found no slot before their deadline; nothing was sent. */
  readonly refused: number;
}

/** Who used the call budget of this process, in memory, for up to a day. Each process counts its own calls. */
export interface BudgetLedger {
  readonly hooks: Pick<TrafficHooks, 'waited' | 'refused'>;
  readonly use: (asked: BudgetUseQuery) => BudgetUse;
}

/** A day: the longest period that can be asked for. */
const keptMs = 24 * 3_600_000;

const sliceMs = 60_000;
/** Callers kept apart in a past minute; those with fewer calls are counted together. Brands are as many as are configured. */
const callersKept = 100;
/** Entries of the minute under way; further callers are counted together, so that a flood of them costs no memory. */
const maxOpenEntries = 10_000;
/** Entries in total, about 15 MB; beyond it the oldest minutes are dropped, and `since` says so. */
const maxEntries = 100_000;

interface Entry {
  readonly brandId: string;
  /** Empty for callers that are counted together. */
  readonly caller: string;
  readonly interface: string;
  calls: number;
  refused: number;
}

interface Slice {
  readonly number: number;
  entries: Map<string, Entry>;
}

export const createBudgetLedger = (clock: Pick<Clock, 'now' | 'wallNow'>): BudgetLedger => {
  let slices: Slice[] = [];
  let entries = 0;
  /** Clock time in ms from which on nothing was dropped. */
  let completeFrom = clock.now();

  const current = (): Slice => {
    const number = Math.floor(clock.now() / sliceMs);
    const last = slices.at(-1);
    if (last?.number === number) return last;
    if (last !== undefined) {
      fold(last);
      entries += last.entries.size;
    }
    const fresh: Slice = { number, entries: new Map() };
    slices.push(fresh);
    const oldest = number - keptMs / sliceMs;
    while (slices[0] !== undefined && (slices[0].number < oldest || entries > maxEntries)) {
      const [dropped, ...rest] = slices;
      if (rest.length === 0) break;
      slices = rest;
      entries -= dropped.entries.size;
      completeFrom = Math.max(completeFrom, (dropped.number + 1) * sliceMs);
    }
    return fresh;
  };

  const entryOf = ({ interface: name }: CallNames, { brandId, caller }: Spender): Entry => {
    const { entries: open } = current();
    const known = open.get(keyOf(brandId, caller, name));
    if (known !== undefined) return known;
    const kept = open.size < maxOpenEntries ? caller : '';
    return entryIn(open, { brandId, caller: kept, interface: name });
  };

  return {
    hooks: {
      waited(names, _ms, spender) {
        entryOf(names, spender).calls += 1;
      },
      refused(names, spender) {
        // A refresh is optional; its caller already has a result.
        if (names.lane !== 'refresh') entryOf(names, spender).refused += 1;
      },
    },
    use({ lastMs, by, interface: only }) {
      const now = clock.now();
      const first = Math.floor((now - lastMs) / sliceMs);
      const users = new Map<string, { id: string | undefined; calls: number; refused: number }>();
      const total = { calls: 0, refused: 0 };
      for (const { number, entries: kept } of slices) {
        if (number < first) continue;
        for (const { brandId, caller, interface: name, calls, refused } of kept.values()) {
          if (only !== undefined && name !== only) continue;
          const id = by === 'BRAND' ? brandId : caller;
          const user = users.get(id) ?? { id: id === '' ? undefined : id, calls: 0, refused: 0 };
          users.set(id, user);
          for (const counts of [user, total]) {
            counts.calls += calls;
            counts.refused += refused;
          }
        }
      }
      return {
        ...total,
        since: clock.wallNow() - (now - Math.max(completeFrom, first * sliceMs)),
        users: [...users.values()].sort((a, b) => b.calls - a.calls || b.refused - a.refused),
      };
    },
  };
};

const keyOf = (brandId: string, caller: string, name: string): string =>
  JSON.stringify([brandId, caller, name]);

const entryIn = (map: Map<string, Entry>, place: Pick<Entry, 'brandId' | 'caller' | 'interface'>): Entry => {
  const key = keyOf(place.brandId, place.caller, place.interface);
  const entry = map.get(key) ?? { ...place, calls: 0, refused: 0 };
  map.set(key, entry);
  return entry;
};

/** Keeps apart the callers with the most calls of a minute that is over. Totals and brands stay exact. */
const fold = (slice: Slice): void => {
  const perCaller = new Map<string, number>();
  for (const { caller, calls, refused } of slice.entries.values())
    perCaller.set(caller, (perCaller.get(caller) ?? 0) + calls + refused);
  if (perCaller.size <= callersKept) return;
  const kept = new Set(
    [...perCaller]
      .sort(([, a], [, b]) => b - a)
      .slice(0, callersKept)
      .map(([caller]) => caller),
  );
  const folded = new Map<string, Entry>();
  for (const entry of slice.entries.values()) {
    const into = entryIn(folded, { ...entry, caller: kept.has(entry.caller) ? entry.caller : '' });
    into.calls += entry.calls;
    into.refused += entry.refused;
  }
  slice.entries = folded;
};
