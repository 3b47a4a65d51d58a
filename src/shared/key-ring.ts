import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { AppError } from './errors';
import { redacted } from './redacted';

/** A key of 32 bytes with an id of 1 to 8 letters or digits, which prefixes everything encrypted with it. */
export interface NamedKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** A value derived from one key of the ring. */
export interface Derived<T> {
  readonly id: string;
  readonly key: T;
}

/** The derived keys of one purpose. Always reflects the current ring, so do not store the results. */
export interface DerivedKeys<T = KeyObject> {
  /** From the first key, which is used for everything new. */
  current(): Derived<T>;
  /** `undefined` if the ring has no key with this id. */
  find(id: string): T | undefined;
  /** In the ring's order. */
  all(): readonly [Derived<T>, ...Derived<T>[]];
}

/** The configured keys, which may be replaced at run time. Users hold a view, never a key. */
export interface KeyRing {
  /** Derives 32 bytes from each key by HKDF-SHA256. One purpose's keys reveal nothing about another's. */
  derive(purpose: string): DerivedKeys;
  /** The same, converted by `make` once per key. */
  deriveAs<T>(purpose: string, make: (key: KeyObject) => T): DerivedKeys<T>;
  /**
   * Replaces the keys in every view at once.
   *
   * @throws AppError MISCONFIGURED; nothing has changed then
   */
  replace(keys: readonly NamedKey[]): void;
}

/** @throws AppError MISCONFIGURED if there is no key, or a key's size or id is invalid */
export const createKeyRing = (keys: readonly NamedKey[]): KeyRing => {
  let held = checked(keys);
  const refreshes: (() => void)[] = [];

  const deriveAs = <T>(purpose: string, make: (key: KeyObject) => T): DerivedKeys<T> => {
    const one = ({ id, key }: NamedKey): Derived<T> => ({ id, key: make(deriveKey(key, purpose)) });
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
  if (first === undefined) throw new AppError('MISCONFIGURED', 'no encryption key is configured');
  for (const { id, key } of keys)
    if (!/^[0-9A-Za-z]{1,8}$/.test(id) || key.symmetricKeySize !== keyBytes)
      throw new AppError(
        'MISCONFIGURED',
        'an encryption key must have 32 bytes and an id of 1 to 8 letters or digits',
      );
  return [first, ...others];
};

/** Derives 32 bytes by HKDF-SHA256. */
export const deriveKey = (key: KeyObject, purpose: string): KeyObject =>
  redacted(createSecretKey(Buffer.from(hkdfSync('sha256', key, '', purpose, keyBytes))));
