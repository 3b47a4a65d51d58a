import { clientOf } from './client';
import type { LinkOptions } from './link';
import { currentAddress } from './sentinel';
import { refusalOf } from './store-failure';

/** A subscription to a channel, which is opened again whenever its connection is lost or silent. */
export interface Listener {
  stop(): void;
}

export interface ListenerOptions extends LinkOptions {
  readonly channel: string;
  readonly listener: (message: string) => void;
}

/** A subscribed connection hears nothing for hours; without a reply to a PING within this time it is dead, ms. */
const pingEveryMs = 2_000;
const firstReconnectMs = 50;
const maxReconnectMs = 1_000;

/**
 * A subscribed connection can do nothing else, so it is a connection of its own. In a cluster any node will do: messages reach
 * all of them. Resolves after the first attempt, whatever became of it. Rejects with StoreRefused if the user may not subscribe.
 */
export const createListener = async (options: ListenerOptions): Promise<Listener> => {
  const { clock, channel, listener } = options;
  let stopped = false;
  let attempts = 0;
  let leave = (): void => undefined;
  let cancel = (): void => undefined;

  const open = async (): Promise<void> => {
    let client: ReturnType<typeof clientOf> | undefined;
    let left = false;
    const hasLeft = (): boolean => left;
    leave = () => {
      if (left) return;
      left = true;
      cancel();
      if (client?.isOpen === true) client.destroy();
      if (stopped) return;
      cancel = clock.after(
        Math.min(maxReconnectMs, firstReconnectMs * 2 ** Math.min(attempts, 6)),
        () => void open().catch(() => undefined),
      );
      attempts += 1;
    };
    const own = leave;
    const ping = (opened: ReturnType<typeof clientOf>): void => {
      let answered = false;
      void opened.ping().then(
        () => (answered = true),
        () => undefined,
      );
      cancel = clock.after(pingEveryMs, () => {
        if (answered) ping(opened);
        else own();
      });
    };
    cancel = clock.after(pingEveryMs, own);
    try {
      const url = await currentAddress(options, clock);
      // It took too long, or nobody listens any more.
      if (hasLeft()) return;
      client = clientOf({ ...options, url }).on('error', own);
      await client.connect();
      await client.subscribe(channel, listener);
    } catch (error) {
      own();
      throw error;
    }
    if (!client.isReady) return;
    attempts = 0;
    cancel();
    ping(client);
  };

  const first = open();
  await Promise.race([
    first.catch((error: unknown) => {
      const refusal = refusalOf(error);
      if (refusal === undefined) return;
      stopped = true;
      cancel();
      throw refusal;
    }),
    new Promise<void>((resolve) => clock.after(pingEveryMs, resolve)),
  ]);
  return {
    stop() {
      stopped = true;
      leave();
      cancel();
    },
  };
};
