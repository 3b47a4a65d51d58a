import type { Bucket } from '../calls/call';
import type { KnownRoundTrips } from './round-trips';

/**
 * Decides when calls may be sent. A slot is a time in the near future that belongs to whoever reserved it. At most the
 * limit's calls arrive in any sliding second, so every upstream algorithm is satisfied (fixed window, sliding log, token
 * bucket).
 */
export interface SlotStore {
  /** Reserves the next slot if it is at most `maxWaitMs` away; otherwise reserves nothing. */
  reserve(request: SlotRequest): Promise<SlotAnswer>;
  /**
   * Asks again shortly before a slot is due: a late call or a refusal may have moved it or made it void (`granted: false`).
   * Without the store it is void, because nobody could tell whether it moved.
   */
  confirm(request: ConfirmRequest): Promise<SlotAnswer>;
  /** Reports when the call of a slot can have arrived; slots one window later depend on it. */
  settle(request: SettleRequest): Promise<void>;
  /** Adds a round trip of whole ms to what the users of the bucket know; with the next request at the latest. */
  learn(bucket: Bucket, roundTripMs: number): void;
  /** What this process knows of the bucket's round trips, without I/O. */
  roundTrips(bucket: Bucket): KnownRoundTrips;
  /** Informs every user of the bucket that the upstream refused a call for its rate. */
  penalise(bucket: Bucket, retryAfterMs: number | undefined): Promise<void>;
  /** This process's knowledge of the bucket, without I/O. */
  view(bucket: Bucket): SlotView;
}

export interface SlotRequest {
  readonly bucket: Bucket;
  readonly maxWaitMs: number;
  /** `burst` lets a screen's calls go out together if none has to wait; `pace` spreads them over the window. */
  readonly spacing: 'burst' | 'pace';
  /** How late the call is assumed to arrive until its end is reported, ms. */
  readonly latenessMs: number;
  /** True if too little is known to assume that: the call then counts as under way until its end is reported. */
  readonly open: boolean;
  /** Calls per window that are left to processes outside the store. Default: 0. */
  readonly heldBack?: number;
}

export interface ConfirmRequest {
  readonly bucket: Bucket;
  readonly slotId: number;
  /** The slot as it was granted, clock time in ms. */
  readonly due: number;
  /** As in SlotRequest. */
  readonly heldBack?: number;
}

export interface SettleRequest {
  readonly bucket: Bucket;
  readonly slotId: number;
  /** The latest clock time in ms at which the call can have arrived; `undefined` if it was never written. */
  readonly arrivesBy: number | undefined;
  /** True if the call is still under way and another report follows. */
  readonly open: boolean;
}

export interface SlotAnswer {
  readonly granted: boolean;
  /** Stable id of the slot, even if the slot moves; 0 if the store does not know it. */
  readonly slotId: number;
  /** Clock time in ms from which both waits count, so that a busy process that reads the answer late is not misled. */
  readonly at: number;
  /** Ms until the call may be written or, if refused, until it could have been. Negative if the answer came late. */
  readonly waitMs: number;
  /** Ms until the slot, from which later slots keep their distance. */
  readonly dueMs: number;
}

export interface SlotView {
  /** Calls that could be sent now. */
  readonly available: number;
  readonly waitMs: number;
  /** Calls per second, lowered after refusals. */
  readonly callsPerSecond: number;
}
