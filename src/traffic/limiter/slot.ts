import type { SlotAnswer } from './slot-store';

/** A reserved slot of this process; clock times in ms. */
export interface Slot {
  /** The store's id of the slot. */
  readonly id: number;
  /** The call may be written from this time on. */
  readonly from: number;
  /** The call should be written by this time; later slots keep their distance from it. */
  readonly due: number;
  /** How late the call is assumed to arrive, ms; `open`: it counts as under way until its end is reported. */
  readonly latenessMs: number;
  readonly open: boolean;
}

/** The slot that the store granted or moved. */
export const slotOf = (
  { slotId, at, waitMs, dueMs }: SlotAnswer,
  { latenessMs, open }: Pick<Slot, 'latenessMs' | 'open'>,
): Slot => ({ id: slotId, from: at + waitMs, due: at + dueMs, latenessMs, open });
