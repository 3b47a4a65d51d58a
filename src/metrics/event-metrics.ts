import { Counter, Gauge, type Registry } from 'prom-client';
import type { NotificationEvent } from '../notifications/receive';
import { prefix } from './prefix';

export interface EventMetrics {
  /** Called when a notification was processed or refused. */
  readonly notified: (outcome: NotificationEvent['outcome']) => void;
  /** Called with the number of open subscriptions whenever it changes. */
  readonly streamsOpen: (open: number) => void;
}

/** Metrics of notifications and of the subscriptions that they reach. */
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
  return {
    notified(outcome) {
      notifications.inc({ outcome });
    },
    streamsOpen(open) {
      streams.set(open);
    },
  };
};
