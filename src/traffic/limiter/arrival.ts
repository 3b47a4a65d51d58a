import type { Slot } from './slot';
import type { Latency } from './latency';

/** How much later than assumed a call may arrive before the store is informed, ms; the guard covers less. */
const lateMs = 3;
/** An estimate that changed by less since the slot was reserved, ms, has not changed. */
const driftMs = 20;

/** Reports when the call of a slot can have arrived, if that differs from what the store assumes. */
export const createArrival = (
  slot: Slot,
  assume: Latency['written'],
  settle: (arrivesBy: number | undefined, open: boolean) => void,
) => {
  let assumed = slot.due + slot.latenessMs;
  let { open } = slot;
  let writtenAt: number | undefined;
  return {
    get writtenAt() {
      return writtenAt;
    },
    /** More may be known than when the slot was reserved. */
    written(at: number): void {
      writtenAt = at;
      const now = assume(at);
      const isAsReserved = now.open === slot.open && Math.abs(now.latenessMs - slot.latenessMs) <= driftMs;
      const arrivesBy = Math.max(at, slot.due) + (isAsReserved ? slot : now).latenessMs;
      if (Math.abs(arrivesBy - assumed) <= lateMs && now.open === open) return;
      ({ open } = now);
      assumed = arrivesBy;
      settle(assumed, open);
    },
    /** How late it can have arrived after it was written, ms; `undefined`: as was assumed. */
    ended(lateByMs: number | undefined): void {
      if (writtenAt === undefined) {
        settle(undefined, false);
        return;
      }
      const arrivesBy = lateByMs === undefined ? assumed : writtenAt + lateByMs;
      const isEarlier = assumed > slot.due + lateMs && arrivesBy < assumed - lateMs;
      if (open || isEarlier || arrivesBy > assumed + lateMs) settle(arrivesBy, false);
    },
  };
};
