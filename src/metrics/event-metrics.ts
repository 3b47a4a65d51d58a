import { Counter, Gauge, type Registry } from 'prom-client';
import type { NotificationEvent } from '../notifications/receive';
import type { WebhookEvent } from '../webhooks/dispatcher';
import { prefix } from './prefix';

export interface EventMetrics {
  /** Called when a notification was processed or refused. */
  readonly notified: (outcome: NotificationEvent['outcome']) => void;
  /** Called with the number of open subscriptions whenever it changes. */
  readonly streamsOpen: (open: number) => void;
  /** Called for each attempt to deliver a message to a webhook. */
  readonly webhookAttempted: (outcome: WebhookEvent['outcome']) => void;
}

/** Metrics of notifications, and of the subscriptions and webhooks that they reach. */
export const createEventMetrics = (registers: Registry[]): EventMetrics => {
  const notifications = new Counter({
    name: `${prefix}notifications_total`,
    help: 'Notifications of WeChat Pay by outcome: new, duplicate (delivered again), replayed, unknownKind, refused.',
    labelNames: ['outcome'],
    registers,
  });
  // Prometheus sees no increase in a counter whose first value is already 1.
  notifications.inc({ outcome: 'refused' }, 0);
  const streams = new Gauge({
    name: `${prefix}streams_open`,
    help: 'Open subscriptions of this process, on any transport.',
    registers,
  });
  const webhooks = new Counter({
    name: `${prefix}webhook_attempts_total`,
    help: 'Attempts to deliver a message to a webhook by outcome: delivered, failed (tried again), dead (given up).',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of ['failed', 'dead']) webhooks.inc({ outcome }, 0);
  return {
    webhookAttempted(outcome) {
      webhooks.inc({ outcome });
    },
    notified(outcome) {
      notifications.inc({ outcome });
    },
    streamsOpen(open) {
      streams.set(open);
    },
  };
};
