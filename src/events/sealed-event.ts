import { userCardEventTypes, type UserCardEvent } from './event';

/** Encrypts what leaves the process; a ciphertext is bound to its name. */
export interface EventCipher {
  encrypt(name: string, plain: string): string;
  /** `undefined` if it was not encrypted by us under this name. */
  decrypt(name: string, sealed: string): string | undefined;
}

/** Events name users, so a store holds them encrypted, each bound to its brand. */
export const sealEvent = (cipher: EventCipher, event: UserCardEvent): string =>
  cipher.encrypt(event.brandId, JSON.stringify(event));

/** `undefined` if the event was encrypted with a key that is no longer configured, so nobody can read it. */
export const openEvent = (
  cipher: EventCipher,
  brandId: string,
  sealed: string,
): UserCardEvent | undefined => {
  const plain = cipher.decrypt(brandId, sealed);
  if (plain === undefined) return undefined;
  const event = JSON.parse(plain) as UserCardEvent;
  // Stored by a later version; `eventTypeRaw` says what it is.
  return userCardEventTypes.includes(event.eventType) ? event : { ...event, eventType: 'UNKNOWN' };
};
