/** What the order in a row depends on. */
interface InRow {
  readonly brandId: string;
  readonly caller: string;
  readonly latest: number;
}

/**
 * The waiters of one lane. Brands take turns, because a partner's brands share its limit; within a brand its callers take turns, and
 * of one caller the waiter with the earliest limit goes first. So a service that asks for many brands has as many turns as it has
 * brands waiting, and takes none from a brand that asks by itself.
 */
export const createWaitingRow = <T extends InRow>() => {
  // A Map iterates in insertion order: its first brand has the turn, and in it the first caller.
  const brands = new Map<string, Map<string, T[]>>();
  let size = 0;

  const queues = (): readonly T[][] => [...brands.values()].flatMap((callers) => [...callers.values()]);
  const sizeOfBrand = (brandId: string): number =>
    [...(brands.get(brandId)?.values() ?? [])].reduce((sum, queue) => sum + queue.length, 0);
  const queueOf = ({ brandId, caller }: InRow): T[] | undefined => brands.get(brandId)?.get(caller);
  /** The key with the highest number, if that is above `moreThan`; the first of equals. */
  const busiest = (
    keys: Iterable<string>,
    numberOf: (key: string) => number,
    moreThan: number,
  ): string | undefined => {
    let found: string | undefined;
    let most = moreThan;
    for (const key of keys)
      if (numberOf(key) > most) {
        found = key;
        most = numberOf(key);
      }
    return found;
  };

  return {
    size: () => size,
    has: (waiter: T) => queueOf(waiter)?.includes(waiter) === true,
    count: (condition: (waiter: T) => boolean) =>
      queues().reduce((sum, queue) => sum + queue.filter(condition).length, 0),
    /** The last waiter of the busiest caller of the busiest brand. With `than`, only of one that is busier than that waiter's. */
    lastOfBusiest(than?: T): T | undefined {
      const other = busiest(brands.keys(), sizeOfBrand, than === undefined ? 0 : sizeOfBrand(than.brandId));
      const brandId = other ?? than?.brandId;
      const callers = brandId === undefined ? undefined : brands.get(brandId);
      const least = other === undefined && than !== undefined ? (queueOf(than)?.length ?? 0) : 0;
      const caller = busiest(callers?.keys() ?? [], (name) => callers?.get(name)?.length ?? 0, least);
      return caller === undefined ? undefined : callers?.get(caller)?.at(-1);
    },
    add(waiter: T) {
      const { brandId, caller, latest } = waiter;
      const callers = brands.get(brandId) ?? new Map<string, T[]>();
      const queue = callers.get(caller) ?? [];
      queue.splice(queue.findLastIndex((other) => other.latest <= latest) + 1, 0, waiter);
      callers.set(caller, queue);
      brands.set(brandId, callers);
      size += 1;
    },
    first(): T | undefined {
      const [callers] = brands.values();
      const [queue] = callers?.values() ?? [];
      return queue?.[0];
    },
    take(): T | undefined {
      const [turn] = brands;
      const [its] = turn?.[1] ?? [];
      if (turn === undefined || its === undefined) return undefined;
      const [brandId, callers] = turn;
      const [caller, queue] = its;
      brands.delete(brandId);
      callers.delete(caller);
      const waiter = queue.shift();
      size -= 1;
      // Both go to the end of their line.
      if (queue.length > 0) callers.set(caller, queue);
      if (callers.size > 0) brands.set(brandId, callers);
      return waiter;
    },
    leave(waiter: T): boolean {
      const queue = queueOf(waiter);
      const index = queue?.indexOf(waiter) ?? -1;
      if (queue === undefined || index < 0) return false;
      queue.splice(index, 1);
      size -= 1;
      const callers = brands.get(waiter.brandId);
      if (queue.length === 0) callers?.delete(waiter.caller);
      if (callers?.size === 0) brands.delete(waiter.brandId);
      return true;
    },
  };
};
