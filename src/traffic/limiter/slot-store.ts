import type { Bucket } from '../call';

/**
 * When calls may be sent. A slot is a moment in the near future that belongs to whoever reserved it; whatever the
 * upstream's way of counting (fixed window, sliding log, token bucket), no more than the limit's slots lie in any
 * sliding second, with `guardMs` to spare for the spread of dispatch and network.
 */
export interface SlotStore {
  /** Reserves the next slot if it is at most `maxWaitMs` away; otherwise reserves nothing. */
  reserve(request: SlotRequest): Promise<SlotAnswer>;
  /**
   * Asks again shortly before a slot that was waited for: a late write or a refusal since may have moved it, or made it
   * void (`granted: false`). Grants where nobody can be asked.
   */
  confirm(request: ConfirmRequest): Promise<SlotAnswer>;
  /**
   * Tells that the call of a slot was written later than its slot (clock time in ms): the upstream counts it from
   * then, so the slot that comes a window later moves as well.
   */
  postpone(bucket: Bucket, slotId: number, writtenAt: number): Promise<void>;
  /** Tells every user of the bucket that the upstream refused a call for its rate. */
  penalise(bucket: Bucket, retryAfterMs: number | undefined): Promise<void>;
  /** What this process knows without asking anybody. */
  view(bucket: Bucket): SlotView;
}

export interface SlotRequest {
  readonly bucket: Bucket;
  readonly maxWaitMs: number;
  /** `burst` lets a screen's calls go out together where nothing has to wait, `pace` spreads them over the window. */
  readonly spacing: 'burst' | 'pace';
  readonly guardMs: number;
}

export interface ConfirmRequest {
  readonly bucket: Bucket;
  readonly slotId: number;
  /** The slot as it was answered, clock time in ms. */
  readonly due: number;
  readonly guardMs: number;
}

export interface SlotAnswer {
  readonly granted: boolean;
  /** Names the slot wherever it moves; 0 where there is none that a store knows. */
  readonly slotId: number;
  /** Clock time in ms that both waits count from: whoever hears of it later, in a busy process, is not misled. */
  readonly at: number;
  /** Until the call may be written; where refused, until it could have been. Negative: the answer came late. */
  readonly waitMs: number;
  /** Until the slot, which is what the calls after it keep their distance from. */
  readonly dueMs: number;
}

export interface SlotView {
  /** Calls that could be sent this instant. */
  readonly available: number;
  readonly waitMs: number;
  /** What the bucket's rate has been lowered to after refusals, calls per second. */
  readonly callsPerSecond: number;
}
