import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { AppError } from './errors';
import { redacted } from './redacted';

/** 32 bytes under a name of 1 to 8 letters or digits, which stands before what was made with it. */
export interface NamedKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** What was derived from one key of the ring. */
export interface Derived<T> {
  readonly id: string;
  readonly key: T;
}

/** What one purpose uses, as the ring is now; nothing of it is worth keeping. */
export interface DerivedKeys<T = KeyObject> {
  /** Of the first key: all that is new is made with it. */
  current(): Derived<T>;
  /** `undefined` where the ring has no key of this id. */
  find(id: string): T | undefined;
  /** In the ring's order. */
  all(): readonly [Derived<T>, ...Derived<T>[]];
}

/** The keys of the configuration, which may be replaced while they are used. Whoever uses them holds a view, never a key. */
export interface KeyRing {
  /** A key of 32 bytes for each of the ring's, by HKDF-SHA256: what is known of one purpose's tells nothing of another's. */
  derive(purpose: string): DerivedKeys;
  /** The same, as `make` turns it into what is used: once per key, not per use. */
  deriveAs<T>(purpose: string, make: (key: KeyObject) => T): DerivedKeys<T>;
  /**
   * Every view shows the new keys at once.
   *
   * @throws AppError MISCONFIGURED; then nothing has changed
   */
  replace(keys: readonly NamedKey[]): void;
}

/** @throws AppError MISCONFIGURED for no key, one of another size, or a name that is none */
export const createKeyRing = (keys: readonly NamedKey[]): KeyRing => {
  let held = checked(keys);
  const refreshes: (() => void)[] = [];

  const deriveAs = <T>(purpose: string, make: (key: KeyObject) => T): DerivedKeys<T> => {
    const one = ({ id, key }: NamedKey): Derived<T> => ({ id, key: make(derive(key, purpose)) });
    const each = (): readonly [Derived<T>, ...Derived<T>[]] => [one(held[0]), ...held.slice(1).map(one)];
    let view = each();
    refreshes.push(() => {
      view = each();
    });
    return {
      current: () => view[0],
      find: (id) => view.find((derived) => derived.id === id)?.key,
      all: () => view,
    };
  };

  return {
    derive: (purpose) => deriveAs(purpose, (key) => key),
    deriveAs,
    replace(next) {
      held = checked(next);
      for (const refresh of refreshes) refresh();
    },
  };
};

const keyBytes = 32;

const checked = (keys: readonly NamedKey[]): readonly [NamedKey, ...NamedKey[]] => {
  const [first, ...others] = keys;
  if (first === undefined) throw new AppError('MISCONFIGURED', 'there is no encryption key');
  for (const { id, key } of keys)
    if (!/^[0-9A-Za-z]{1,8}$/.test(id) || key.symmetricKeySize !== keyBytes)
      throw new AppError(
        'MISCONFIGURED',
        'an encryption key has 32 bytes and an id of 1 to 8 letters or digits',
      );
  return [first, ...others];
};

const derive = (key: KeyObject, purpose: string): KeyObject =>
  redacted(createSecretKey(Buffer.from(hkdfSync('sha256', key, '', purpose, keyBytes))));
