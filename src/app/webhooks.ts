import type { Config } from '../config/config';
import type { Database } from '../database/database';
import { createNodeIds } from '../graphql/relay/node-id';
import { createCipher } from '../shared/cipher';
import type { Clock } from '../shared/clock';
import { deriveKey, type KeyRing } from '../shared/key-ring';
import { createDispatcher, type WebhookEvent } from '../webhooks/dispatcher';
import { createQueue } from '../webhooks/queue';
import { webhookPurpose } from '../webhooks/schema';
import { createSender } from '../webhooks/sender';
import { createWebhooks, type Webhooks } from '../webhooks/webhooks';

export interface WebhookDeps {
  readonly config: Pick<Config, 'webhooks' | 'network' | 'ids'>;
  /** The configuration in force, for the brands of each webhook. */
  readonly current: () => Pick<Config, 'webhooks'>;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly database: Database | undefined;
  readonly observeWebhook: (event: WebhookEvent) => void;
}

/** How long attempts under way may go on when the server stops, ms. */
const stopMs = 2_000;

/** `undefined` without a database. Without a configured webhook, it still shows and repeats earlier deliveries. */
export const openWebhooks = ({
  config,
  current,
  keys,
  clock,
  database,
  observeWebhook,
}: WebhookDeps): Webhooks | undefined => {
  if (database === undefined) return undefined;
  const { webhooks, network, ids } = config;
  const nodeIds = createNodeIds(ids.key);
  const queue = createQueue(database, createCipher(keys, webhookPurpose));
  const sender = createSender({ network, clock });
  const dispatcher = createDispatcher({
    webhooks,
    queue,
    sender,
    clock,
    random: Math.random,
    observe: observeWebhook,
  });
  const opened = createWebhooks({
    webhooks,
    // One that was taken out of the file is there until the restart, with its brands.
    brandIdsOf: (webhook) => (current().webhooks.find(({ id }) => id === webhook.id) ?? webhook).brandIds,
    queue,
    dispatcher,
    subjectKey: deriveKey(ids.key, 'webhook subjects'),
    wallNow: clock.wallNow,
    userCardIdOf: ({ brandId, cardId, openid, userCardCode }) =>
      cardId === undefined || openid === undefined || userCardCode === undefined
        ? undefined
        : nodeIds.encode({ kind: 'UserCard', brandId, cardId, openid, userCardCode }),
  });
  return {
    ...opened,
    start() {
      // Nothing is opened for webhooks that are not there.
      if (webhooks.length > 0) opened.start();
    },
    async stop() {
      // An attempt that is cut off is made again by the next process, with the same message id.
      const cancel = clock.after(stopMs, () => {
        void sender.close();
      });
      await opened.stop();
      cancel();
      await sender.close();
    },
  };
};
