import { createHash, randomBytes } from 'node:crypto';
import { createCipher } from '../shared/cipher';
import type { Clock } from '../shared/clock';
import type { KeyRing } from '../shared/key-ring';
import type { Redis } from '../store/redis';
import { keepMostRecent } from '../shared/most-recent';

/** How long a ticket can be used, s. */
export const ticketSeconds = 30;

/**
 * Tickets stand in for the Authorization header of a client that cannot send it, such as a browser's `EventSource`. Each one
 * opens one stream, in any process of the fleet, with the permissions that its credential has then.
 */
export interface StreamTickets {
  /** Rejects if the shared store is unavailable. */
  readonly issue: (authorization: string) => Promise<string>;
  /** The value of the Authorization header for which the ticket was issued; `undefined` for a used, expired or unknown ticket. */
  redeem(ticket: string): Promise<string | undefined>;
}

export interface StreamTicketsDeps {
  readonly clock: Clock;
  readonly keys: KeyRing;
  /** Absent: tickets are valid in this process only. */
  readonly redis?: Redis | undefined;
}

/** Tickets of this process; beyond that, the oldest ones are no longer valid. */
const maxTickets = 10_000;
const ticketForm = /^[\w-]{43}$/;

/** Only a hash of the ticket is stored, and the credential under it is encrypted. */
export const createStreamTickets = ({ clock, keys, redis }: StreamTicketsDeps): StreamTickets => {
  const cipher = createCipher(keys, 'stream tickets');
  const store = redis === undefined ? inMemory(clock) : inRedis(redis);
  const nameOf = (ticket: string): string => createHash('sha256').update(ticket).digest('base64url');
  return {
    async issue(authorization) {
      const ticket = randomBytes(32).toString('base64url');
      const name = nameOf(ticket);
      await store.set(name, cipher.encrypt(name, authorization));
      return ticket;
    },
    async redeem(ticket) {
      if (!ticketForm.test(ticket)) return undefined;
      const name = nameOf(ticket);
      const encrypted = await store.take(name);
      return encrypted === undefined ? undefined : cipher.decrypt(name, encrypted);
    },
  };
};

interface TicketStore {
  set(name: string, value: string): Promise<void>;
  /** Returns the value and removes it, at once. */
  take(name: string): Promise<string | undefined>;
}

const inMemory = (clock: Clock): TicketStore => {
  const tickets = keepMostRecent<{ readonly value: string; readonly until: number }>(maxTickets);
  return {
    set(name, value) {
      tickets.set(name, { value, until: clock.now() + ticketSeconds * 1_000 });
      return Promise.resolve();
    },
    take(name) {
      const found = tickets.get(name);
      tickets.delete(name);
      return Promise.resolve(found !== undefined && clock.now() < found.until ? found.value : undefined);
    },
  };
};

const inRedis = (redis: Redis): TicketStore => {
  const keyOf = (name: string): string => redis.key(`ticket:{${name}}`);
  return {
    async set(name, value) {
      await redis.ask((store) =>
        store.set(keyOf(name), value, { expiration: { type: 'EX', value: ticketSeconds } }),
      );
    },
    async take(name) {
      return (await redis.ask((store) => store.getDel(keyOf(name)))) ?? undefined;
    },
  };
};
