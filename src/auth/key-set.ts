import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../shared/clock';
import { systemCode } from '../shared/system-code';
import { KeySetAnswer } from './load-key-set';

export interface KeySetDeps {
  /** Loads the issuer's key set; rejects if that fails. */
  readonly load: () => Promise<unknown>;
  readonly clock: Clock;
  /** Called with the reason when the key set cannot be loaded, and without one when it can be loaded again. */
  readonly onChange?: (reason: string | undefined) => void;
}

/** Finds the key of a token. Rejects with KeySetUnavailable if there is no usable key set. */
export type KeySet = JWTVerifyGetKey & {
  /** Loads the key set ahead of the first token, and retries while loading fails. */
  readonly start: () => void;
  readonly stop: () => void;
};

/** A key set older than this is reloaded before it is used, ms. */
const freshMs = 10 * 60_000;
/** Minimum time between two loads, ms, so that unknown keys and an unreachable host cost no more. */
const cooldownMs = 30_000;
/** How long known keys stay usable while the host is unreachable, ms. */
const usableMs = 24 * 3_600_000;

/** There is no key set, so the token cannot be checked. */
export class KeySetUnavailable extends Error {
  override readonly name = 'KeySetUnavailable';
}

/** Caches the issuer's keys, so that tokens can be checked without a request and while the issuer is unreachable. */
export const createKeySet = ({ load, clock, onChange = () => undefined }: KeySetDeps): KeySet => {
  let held: { readonly find: JWTVerifyGetKey; readonly at: number } | undefined;
  let lookedAt = -Infinity;
  let looking: Promise<void> | undefined;
  let failure: string | undefined;
  let cancel: () => void = () => undefined;
  let retries = false;

  const turn = (reason: string | undefined): void => {
    if (reason !== failure) onChange(reason);
    failure = reason;
    cancel();
    // Without incoming tokens, only this timer notices that the key set is available again.
    if (retries && reason !== undefined) cancel = clock.after(cooldownMs, () => void look());
  };

  const look = async (): Promise<void> => {
    if (looking === undefined) {
      if (clock.now() - lookedAt < cooldownMs) return;
      lookedAt = clock.now();
    }
    looking ??= load()
      .then((jwks) => {
        // jose validates the set; if it is invalid, the current one stays in use.
        held = { find: createLocalJWKSet(jwks as Parameters<typeof createLocalJWKSet>[0]), at: clock.now() };
        turn(undefined);
      })
      .catch((error: unknown) => {
        turn(reasonOf(error));
      })
      .finally(() => {
        looking = undefined;
      });
    await looking;
  };

  const current = (): JWTVerifyGetKey => {
    if (held === undefined || clock.now() - held.at > usableMs)
      throw new KeySetUnavailable('the key set cannot be loaded');
    return held.find;
  };

  const find: JWTVerifyGetKey = async (header, token) => {
    // The first request waits; while the host stays unreachable, later loads run in the background.
    if (held === undefined || clock.now() - lookedAt > freshMs) await look();
    else if (clock.now() - held.at > freshMs) void look();
    try {
      return await current()(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await look();
      return current()(header, token);
    }
  };

  return Object.assign(find, {
    start() {
      retries = true;
      void look();
    },
    stop() {
      retries = false;
      cancel();
    },
  });
};

/** Our own messages and the system's code; other messages may quote the response. */
const reasonOf = (error: unknown): string =>
  error instanceof KeySetAnswer ? error.message : (systemCode(error) ?? 'it is not a key set in JSON');
