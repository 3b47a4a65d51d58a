import type { Bucket } from '../calls/call';

/**
 * When calls may be sent. A slot is a time in the near future that belongs to whoever reserved it; whatever the upstream's
 * way of counting (fixed window, sliding log, token bucket), no more than the limit's calls arrive in any sliding second.
 */
export interface SlotStore {
  /** Reserves the next slot if it is at most `maxWaitMs` away; otherwise reserves nothing. */
  reserve(request: SlotRequest): Promise<SlotAnswer>;
  /**
   * Asks again shortly before a slot that was waited for: a call that arrived late or a refusal since may have moved it, or
   * made it void (`granted: false`). Grants if nobody can be asked.
   */
  confirm(request: ConfirmRequest): Promise<SlotAnswer>;
  /** Reports what became of the call of a slot: the slots that come a window later depend on it. */
  settle(request: SettleRequest): Promise<void>;
  /** Tells every user of the bucket that the upstream refused a call for its rate. */
  penalise(bucket: Bucket, retryAfterMs: number | undefined): Promise<void>;
  /** What this process knows without asking anybody. */
  view(bucket: Bucket): SlotView;
}

export interface SlotRequest {
  readonly bucket: Bucket;
  readonly maxWaitMs: number;
  /** `burst` lets a screen's calls go out together if nothing has to wait, `pace` spreads them over the window. */
  readonly spacing: 'burst' | 'pace';
  /** How late the call is taken to arrive until its end is reported, ms. */
  readonly latenessMs: number;
  /** True if too little is known of the path for that: the call then counts as under way until its end is reported. */
  readonly open: boolean;
}

export interface ConfirmRequest {
  readonly bucket: Bucket;
  readonly slotId: number;
  /** The slot as it was answered, clock time in ms. */
  readonly due: number;
}

export interface SettleRequest {
  readonly bucket: Bucket;
  readonly slotId: number;
  /** The latest clock time in ms at which the call can have arrived; `undefined` if it was never written. */
  readonly arrivesBy: number | undefined;
  /** True if the call is still under way, and more is going to be reported. */
  readonly open: boolean;
}

export interface SlotAnswer {
  readonly granted: boolean;
  /** Names the slot wherever it moves; 0 if there is none that a store knows. */
  readonly slotId: number;
  /** Clock time in ms that both waits count from: whoever hears of it later, in a busy process, is not misled. */
  readonly at: number;
  /** Until the call may be written; if refused, until it could have been. Negative: the answer came late. */
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
