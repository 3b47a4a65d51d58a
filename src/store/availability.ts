import type { Clock } from '../shared/clock';
import { isReply, storeFailure, StoreRefused, type StoreFailure } from './store-failure';

/** Whether the store is used, and since when it is not. */
export interface Availability {
  readonly isUp: () => boolean;
  /** Why it is down; `undefined` while it is up. */
  readonly reason: () => StoreFailure | undefined;
  readonly turnUp: () => void;
  readonly turnDown: (error: unknown) => void;
  /** How much longer it must stay down, ms. */
  readonly holdMs: () => number;
}

export interface AvailabilityDeps {
  readonly clock: Pick<Clock, 'now'>;
  /** See RedisOptions. */
  readonly onChange: (up: boolean, reason?: StoreFailure, commands?: readonly string[]) => void;
}

/**
 * A store that refuses some commands and runs others would be left and used again many times a second, and what is granted in
 * both ways adds up. From the third refusal within a minute on, it is left for twice as long each time, ms.
 */
const refusalMemoryMs = 60_000;
const firstHoldMs = 500;
const maxHoldMs = 30_000;

/** Begins as up. */
export const createAvailability = ({ clock, onChange }: AvailabilityDeps): Availability => {
  let isUp = true;
  let downBecause: StoreFailure | undefined;
  let downSince = 0;
  /** Clock times of the latest refusals, ms. */
  let refusals: readonly number[] = [];

  const lengthOfHold = (): number =>
    refusals.length < 3 ? 0 : Math.min(maxHoldMs, firstHoldMs * 2 ** (refusals.length - 3));

  return {
    isUp: () => isUp,
    reason: () => downBecause,
    turnUp() {
      if (isUp) return;
      isUp = true;
      downBecause = undefined;
      onChange(true);
    },
    turnDown(error) {
      const reason = storeFailure(error);
      const now = clock.now();
      if (isUp) {
        downSince = now;
        if (isReply(reason)) refusals = [...refusals.filter((at) => now - at < refusalMemoryMs), now];
      }
      if (!isUp && (reason === downBecause || !isReply(reason))) return;
      isUp = false;
      downBecause = reason;
      onChange(false, reason, error instanceof StoreRefused ? error.commands : undefined);
    },
    holdMs: () => Math.max(0, downSince + lengthOfHold() - clock.now()),
  };
};
