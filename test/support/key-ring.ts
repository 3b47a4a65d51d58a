import { createHash, createSecretKey } from 'node:crypto';
import { createKeyRing, type KeyRing, type NamedKey } from '../../src/shared/key-ring';

/** The same bytes for the same name, on every instance. */
export const namedKey = (id: string, bytesOf = id): NamedKey => ({
  id,
  key: createSecretKey(createHash('sha256').update(bytesOf).digest()),
});

export const keyRing = (...ids: readonly string[]): KeyRing => createKeyRing(ids.map((id) => namedKey(id)));
