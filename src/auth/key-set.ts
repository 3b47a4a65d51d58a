import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../shared/clock';
import { systemCode } from '../shared/system-code';
import { KeySetAnswer } from './load-key-set';

export interface KeySetDeps {
  /** Reads the issuer's key set; rejects where it cannot be had. */
  readonly load: () => Promise<unknown>;
  readonly clock: Clock;
  /** Called when the key set cannot be had, with the reason, and when it can be had again, without one. */
  readonly onChange?: (reason: string | undefined) => void;
}

/** Finds the key of a token. Rejects with KeySetUnavailable if there is none to look in. */
export type KeySet = JWTVerifyGetKey & {
  /** Asks for the key set, so that the first token need not wait, and again as long as it cannot be had. */
  readonly start: () => void;
  readonly stop: () => void;
};

/** A key set older than this is asked for again before it is used, ms. */
const freshMs = 10 * 60_000;
/** After a look, however it went, the next one waits this long, ms: neither an unknown key nor a host that is down costs more. */
const cooldownMs = 30_000;
/** Known keys stay usable this long while the host cannot be asked, ms. */
const usableMs = 24 * 3_600_000;

/** There is no key set to check a token with; nothing is known about the token. */
export class KeySetUnavailable extends Error {
  override readonly name = 'KeySetUnavailable';
}

/** The issuer's keys, kept so that tokens are checked without asking, and while the issuer's host is down. */
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
    // Without a token nobody else would find out that it can be had again.
    if (retries && reason !== undefined) cancel = clock.after(cooldownMs, () => void look());
  };

  const look = async (): Promise<void> => {
    if (looking === undefined) {
      if (clock.now() - lookedAt < cooldownMs) return;
      lookedAt = clock.now();
    }
    looking ??= load()
      .then((jwks) => {
        // jose checks the form; a set that is none leaves the held one in place.
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
      throw new KeySetUnavailable('the key set cannot be had');
    return held.find;
  };

  const find: JWTVerifyGetKey = async (header, token) => {
    // Waited for once; while the host stays down, the further looks delay nobody.
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

/** Foreign sentences may quote the answer; our own and the system's code may be told. */
const reasonOf = (error: unknown): string =>
  error instanceof KeySetAnswer ? error.message : (systemCode(error) ?? 'it is no key set in JSON');
