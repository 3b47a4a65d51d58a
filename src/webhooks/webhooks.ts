import type { Sql } from '../database/database';
import type { UserCardEvent } from '../events/event';
import type { Dispatcher } from './dispatcher';
import { bodyOf, isWanted, messageOfEvent, type EventMessageDeps, type Message } from './message';
import type { Queue } from './queue';
import type { WebhookSettings } from './settings';

/** Passes on what happens to the brands' own systems. */
export interface Webhooks {
  /**
   * Queues the event for the webhooks that want it; twice with the same notification is once. Rejects with DATABASE_UNAVAILABLE;
   * nothing is queued then.
   */
  forward(event: UserCardEvent, notificationId: string): Promise<void>;
  /** The same for anything else. */
  deliver(message: Message): Promise<void>;
  /** Queues a message in a transaction of the caller's, who calls `wake` after it, e.g. with the end of a bulk operation. */
  deliverWithin(sql: Sql, message: Message): Promise<void>;
  /** Messages may be due. */
  wake(): void;
  readonly deliveries: Pick<Queue, 'list' | 'get' | 'redeliver'>;
  start(): void;
  stop(): Promise<void>;
}

export interface WebhooksDeps extends EventMessageDeps {
  readonly webhooks: readonly WebhookSettings[];
  /** The brands of a webhook now; `undefined`: all. Default: those of its settings. */
  readonly brandIdsOf?: (webhook: WebhookSettings) => readonly string[] | undefined;
  readonly queue: Queue;
  readonly dispatcher: Dispatcher;
}

export const createWebhooks = ({
  webhooks,
  brandIdsOf = ({ brandIds }) => brandIds,
  queue,
  dispatcher,
  ...deps
}: WebhooksDeps): Webhooks => {
  const add = async (message: Message, within?: Sql): Promise<void> => {
    const wanted = webhooks.filter((webhook) =>
      isWanted({ kinds: webhook.kinds, brandIds: brandIdsOf(webhook) }, message),
    );
    if (wanted.length === 0) return;
    const { id: messageId, kind, brandId, subject = messageId } = message;
    await queue.add(
      wanted.map((webhook) => ({
        webhook: webhook.id,
        messageId,
        brandId,
        kind,
        subject,
        body: bodyOf(message, webhook),
      })),
      within,
    );
  };
  const deliver = async (message: Message): Promise<void> => {
    await add(message);
    dispatcher.wake();
  };
  return {
    deliver,
    deliverWithin: (sql, message) => add(message, sql),
    wake() {
      dispatcher.wake();
    },
    forward: (event, notificationId) => deliver(messageOfEvent(event, notificationId, deps)),
    deliveries: {
      list: (asked) => queue.list(asked),
      get: (id) => queue.get(id),
      async redeliver(id) {
        const delivery = await queue.redeliver(id);
        dispatcher.wake();
        return delivery;
      },
    },
    start() {
      dispatcher.start();
    },
    stop: () => dispatcher.stop(),
  };
};
