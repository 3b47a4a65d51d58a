import type { Bucket } from '../call';
import { windowMs } from './slots';

/**
 * When this process really writes the calls of one bucket. A slot says when to send; what went later (a cold connection, a
 * pause of the process) counts from when it went, so the call that comes a limit's worth later may have to wait as well.
 */
export interface Writes {
  /** The moment for the call of a slot: the slot, or later. */
  plan(bucket: Bucket, slot: { readonly at: number; readonly guardMs: number }): PlannedWrite;
}

export interface PlannedWrite {
  readonly sendAt: number;
  /** Tells when the call was really written. */
  readonly written: (at: number) => void;
}

export const createWrites = (): Writes => {
  let times: { at: number }[] = [];
  return {
    plan({ callsPerSecond }, { at, guardMs }) {
      const perWindow = Math.max(1, Math.floor(callsPerSecond));
      times = times.slice(-perWindow);
      const nth = callsPerSecond >= 1 ? times.at(-perWindow) : undefined;
      const entry = { at: Math.max(at, nth === undefined ? 0 : nth.at + windowMs + guardMs) };
      times.push(entry);
      return {
        sendAt: entry.at,
        written(moment) {
          entry.at = Math.max(entry.at, moment);
        },
      };
    },
  };
};
