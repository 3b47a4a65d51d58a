import { createHash } from 'node:crypto';
import { createClient } from '@redis/client';
import type { Clock } from '../shared/clock';
import { isReply, storeFailure, StoreTimeout, type StoreFailure } from './store-failure';

/** One connection to Redis (7 or later, or Valkey), shared by the whole process. Fails fast and never hangs. */
export interface Redis {
  /**
   * Runs a script by its hash, and loads it if the server does not know it. Rejects after 50 ms. If this process was paused, it
   * waits longer by that time.
   */
  run(script: string, keys: readonly string[], args: readonly string[]): Promise<readonly unknown[]>;
  /** Runs any other command with the same timeout. */
  ask<T>(command: (client: RedisClient) => Promise<T>): Promise<T>;
  /** False from a failed command or a lost connection until a command succeeds again. */
  readonly up: () => boolean;
  /** The connection itself, for adapters with their own commands and for `duplicate()`. */
  readonly client: RedisClient;
  close(): void;
}

export type RedisClient = ReturnType<typeof connection>;

export interface RedisOptions {
  /** e.g. redis://127.0.0.1:6379, rediss:// for TLS. */
  readonly url: string;
  readonly clock: Clock;
  /**
   * Called on each change between up and down. `reason`: why it is down. Called again if the store, while down, answers with
   * another reason: after a restart it may be reachable and ask for a password.
   */
  readonly onChange: (up: boolean, reason?: StoreFailure) => void;
}

/**
 * A command that takes longer is given up: waiting for a store must not cost more than doing without it. The time is counted in
 * steps, each a turn of the event loop. A pause of this process is one step, however long it was. A single timer would fire
 * after a pause before the command is even written. Then a healthy store would be given up, with all that the fleet shares in
 * it.
 */
const timeoutSteps = 5;
const stepMs = 10;
/** While down, one command in this time is tried; the others fail at once. */
const retryMs = 250;
const maxReconnectMs = 1_000;

const connection = (url: string, again: (attempt: number) => number | false) =>
  createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: 1_000, reconnectStrategy: again },
  });

/** Rejects if the server cannot be reached now; later outages are handled by reconnecting in the background. */
export const createRedis = async ({ url, clock, onChange }: RedisOptions): Promise<Redis> => {
  let isUp = true;
  let triedAt = 0;
  let connected = false;
  const client = connection(
    url,
    (attempt) => connected && Math.min(maxReconnectMs, 50 * 2 ** Math.min(attempt, 6)),
  );
  let downBecause: StoreFailure | undefined;
  const turnUp = (): void => {
    if (isUp) return;
    isUp = true;
    downBecause = undefined;
    onChange(true);
  };
  const turnDown = (error: unknown): void => {
    const reason = storeFailure(error);
    if (!isUp && (reason === downBecause || !isReply(reason))) return;
    isUp = false;
    downBecause = reason;
    onChange(false, reason);
  };
  client.on('error', (error) => {
    if (connected) turnDown(error);
  });
  await client.connect();
  connected = true;

  const hurry = <T>(answer: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      let cancel = (): void => undefined;
      const wait = (steps: number): void => {
        cancel = clock.after(stepMs, () => {
          if (steps > 1) wait(steps - 1);
          // After a pause of this process, the reply may wait in the socket: it is read before this runs.
          else setImmediate(reject, new StoreTimeout('the store did not answer in time'));
        });
      };
      wait(timeoutSteps);
      answer
        .then((value) => {
          resolve(value);
          // A reply too late for its caller still shows that the store was only slow.
          turnUp();
        }, reject)
        .finally(() => {
          cancel();
        });
    });

  const ask = async <T>(command: (own: RedisClient) => Promise<T>): Promise<T> => {
    if (!isUp) {
      if (clock.now() - triedAt < retryMs) throw new Error('the store is unavailable');
      triedAt = clock.now();
    }
    try {
      return await hurry(command(client));
    } catch (error) {
      triedAt = clock.now();
      turnDown(error);
      throw error;
    }
  };

  const hashes = new Map<string, string>();
  const hashOf = (script: string): string => {
    const known = hashes.get(script) ?? createHash('sha1').update(script).digest('hex');
    hashes.set(script, known);
    return known;
  };

  return {
    ask,
    run: (script, keys, args) =>
      ask(async () => {
        const options = { keys: [...keys], arguments: [...args] };
        try {
          return asList(await client.evalSha(hashOf(script), options));
        } catch (error) {
          if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
          return asList(await client.eval(script, options));
        }
      }),
    up: () => isUp,
    client,
    close() {
      // `quit` would wait for a server that may be gone.
      client.destroy();
    },
  };
};

const asList = (answer: unknown): readonly unknown[] => (Array.isArray(answer) ? answer : [answer]);
