import type { Caller } from '../../auth/caller';
import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';

export interface WatchCredentialOptions {
  readonly clock: Clock;
  readonly caller: Caller;
  /** Who the credential belongs to now. Rejects with UNAUTHENTICATED if to no caller. */
  readonly callerNow: () => Promise<Caller>;
  /** Called once, when the credential is no longer accepted or cannot be checked. */
  readonly onRefused: (error: AppError) => void;
}

/** Longest time between two checks, ms: a revoked key keeps an idle stream no longer than this. */
const checkEveryMs = 60_000;
/** Shortest time, ms: a credential may be accepted a little after its end, because clocks differ. */
const minCheckMs = 1_000;

/**
 * Checks the credential of something that stays open: every minute, and at the moment it ends. Returns a function that ends
 * the watch.
 */
export const watchCredential = ({
  clock,
  caller,
  callerNow,
  onRefused,
}: WatchCredentialOptions): (() => void) => {
  let cancel: () => void = () => undefined;
  let ended = false;
  const wait = ({ expiresAt = Infinity }: Caller): void => {
    if (ended) return;
    cancel = clock.after(Math.min(checkEveryMs, Math.max(minCheckMs, expiresAt - clock.wallNow())), check);
  };
  const check = (): void => {
    callerNow().then(wait, (error: unknown) => {
      if (ended) return;
      ended = true;
      onRefused(
        error instanceof AppError
          ? error
          : new AppError('INTERNAL_SERVER_ERROR', 'a credential cannot be checked', { cause: error }),
      );
    });
  };
  wait(caller);
  return () => {
    ended = true;
    cancel();
  };
};
