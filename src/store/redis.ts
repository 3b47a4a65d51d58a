import { createHash } from 'node:crypto';
import type { Clock } from '../shared/clock';
import { createAvailability } from './availability';
import type { StoreAddress } from './client';
import { openLink, type Link, type StoreCommands } from './link';
import { createListener, type Listener } from './listener';
import { createReplyWatch } from './reply-watch';
import { checkCommands } from './required-commands';
import { isRefusedForGood, isReply, storeFailure, type StoreFailure } from './store-failure';

/**
 * The connection to Redis (7 or later, or Valkey; a single server or a cluster), shared by the whole process. Fails fast and
 * never hangs. It is replaced when it is lost, when the store says nothing for two seconds, and when the store has become a
 * replica: the name of the store is resolved again, or its Sentinels are asked, and may then lead to another server.
 */
export interface Redis {
  /**
   * Runs a script by its hash, and loads it if the server does not know it. Names of keys are completed with the prefix. Rejects
   * after 50 ms. If this process was paused, it waits longer by that time.
   */
  run(script: string, keys: readonly string[], args: readonly string[]): Promise<readonly unknown[]>;
  /** Runs any other command with the same timeout. Its keys come from `key`. */
  ask<T>(command: (commands: StoreCommands) => Promise<T>): Promise<T>;
  /** The name of a key or channel of this deployment. */
  readonly key: (name: string) => string;
  /** INFO of the store, also while it refuses other commands; of a cluster, of each primary. */
  info(): Promise<readonly string[]>;
  /**
   * Calls the listener with each message of a channel, on a connection of its own. Messages may be missed. Rejects with
   * StoreRefused if the store does not allow it.
   */
  listen(channel: string, listener: (message: string) => void): Promise<Listener>;
  /** False from a failed command or a lost connection until the store can be read and written again. */
  readonly up: () => boolean;
  /** Changes when the store may have forgotten writes; `undefined` while there is no connection. */
  readonly runId: () => string | undefined;
  /** Whether keys are on several servers, whose clocks differ. */
  readonly isCluster: () => boolean;
  close(): void;
}

export interface RedisOptions extends Pick<StoreAddress, 'url' | 'sentinels'> {
  /** See StoreAddress. Default: none besides those of Node. */
  readonly authorities?: readonly string[];
  /** The start of all keys and channels. Default: wxm. */
  readonly prefix?: string;
  readonly clock: Clock;
  /**
   * Called on each change between up and down. `reason`: why it is down; `commands`: what it refuses, if that is the reason.
   * Called again if the store, while down, answers with another reason: after a restart it may be reachable and ask for a
   * password.
   */
  readonly onChange: (up: boolean, reason?: StoreFailure, commands?: readonly string[]) => void;
}

/** While down, the store is tried again after this time. Commands fail at once meanwhile. */
const retryMs = 250;
const firstReconnectMs = 50;
const maxReconnectMs = 1_000;
/** A store that owes a reply for longer is left: its connection may be dead without a sign. */
const silenceMs = 2_000;
/**
 * Rejects with StoreRefused if the store refuses this server for good: a wrong password, a missing right, a Sentinel. If the
 * store cannot be used now, it resolves and is down: `onChange` has been called, and the store is used once it can be.
 */
export const createRedis = async ({
  url,
  authorities = [],
  sentinels = [],
  prefix = 'wxm',
  clock,
  onChange,
}: RedisOptions): Promise<Redis> => {
  const key = (name: string): string => `${prefix}:${name}`;
  let link: Link | undefined;
  let closed = false;
  let attempts = 0;
  let cancelRetry = (): void => undefined;

  const availability = createAvailability({ clock, onChange });
  const { turnUp, turnDown } = availability;
  const replies = createReplyWatch({
    clock,
    onReply() {
      // A reply too late for its caller still shows that the store was only slow.
      if (availability.reason() === 'timeout') turnUp();
    },
  });
  const { hurry } = replies;

  const schedule = (ms: number, action: () => Promise<void>): void => {
    cancelRetry();
    if (!closed) cancelRetry = clock.after(ms, () => void action());
  };
  const drop = (): void => {
    const dropped = link;
    link = undefined;
    replies.forget();
    dropped?.close();
  };
  const reopenLater = (): void => {
    drop();
    schedule(Math.min(maxReconnectMs, firstReconnectMs * 2 ** Math.min(attempts, 6)), reopen);
    attempts += 1;
  };
  /** Whether only another connection can help. */
  const isStuck = (reason: StoreFailure): boolean =>
    !isReply(reason)
      ? reason !== 'timeout' || replies.silentMs() > silenceMs
      : reason === 'READONLY' || reason === 'MOVED';

  const failed = (own: Link, error: unknown): void => {
    if (own !== link) return;
    turnDown(error);
    if (isStuck(storeFailure(error))) reopenLater();
    else schedule(retryMs, verify);
  };

  const check = ({ commands }: Link): Promise<void> => checkCommands(commands, key);
  const verify = async (): Promise<void> => {
    const own = link;
    if (own === undefined) return;
    try {
      await hurry(Promise.all([check(own), own.isCluster ? own.info() : undefined]));
    } catch (error) {
      failed(own, error);
      return;
    }
    if (own !== link) return;
    const left = availability.holdMs();
    if (left > 0 && !availability.isUp()) schedule(Math.max(left, retryMs), verify);
    else turnUp();
  };

  const open = async (): Promise<void> => {
    const own = await openLink({ url, authorities, sentinels, clock });
    if (closed) {
      own.close();
      return;
    }
    link = own;
    void own.lost.then((error) => {
      if (own === link) {
        turnDown(error);
        reopenLater();
      }
    });
    // Without the short time of commands: a process that starts is slow itself.
    await check(own);
    attempts = 0;
  };
  const reopen = async (): Promise<void> => {
    try {
      await open();
    } catch (error) {
      notOpened(error);
      return;
    }
    await verify();
  };
  const notOpened = (error: unknown): void => {
    turnDown(error);
    if (link !== undefined && !isStuck(storeFailure(error))) schedule(retryMs, verify);
    else reopenLater();
  };

  try {
    await open();
  } catch (error) {
    if (isRefusedForGood(storeFailure(error))) {
      closed = true;
      drop();
      throw error;
    }
    notOpened(error);
  }

  const ask = async <T>(command: (own: Link) => Promise<T>): Promise<T> => {
    const own = link;
    if (!availability.isUp() || own === undefined) throw new Error('the store is unavailable');
    try {
      return await hurry(command(own));
    } catch (error) {
      failed(own, error);
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
    key,
    ask: (command) => ask(({ commands }) => command(commands)),
    run: (script, keys, args) =>
      ask(async ({ commands }) => {
        const options = { keys: keys.map(key), arguments: [...args] };
        try {
          return asList(await commands.evalSha(hashOf(script), options));
        } catch (error) {
          if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
          return asList(await commands.eval(script, options));
        }
      }),
    async info() {
      if (link === undefined) throw new Error('the store is unavailable');
      return hurry(link.info());
    },
    listen: (channel, listener) =>
      createListener({ url, authorities, sentinels, clock, channel: key(channel), listener }),
    up: availability.isUp,
    runId: () => link?.runId,
    isCluster: () => link?.isCluster ?? false,
    close() {
      closed = true;
      cancelRetry();
      drop();
    },
  };
};

const asList = (answer: unknown): readonly unknown[] => (Array.isArray(answer) ? answer : [answer]);
