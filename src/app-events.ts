import type { IncomingMessage } from 'node:http';
import type { Config } from './config/config';
import { follow } from './events/follow';
import type { EventLog } from './events/log';
import { createMemoryLog } from './events/memory-log';
import type { CardEvents } from './graphql/context';
import { createReceiver, type NotificationObserver, type ReceiverParts } from './notifications/receive';
import type { Handler } from './server/http';
import { createNotifyHandler } from './server/notify-handler';
import type { Clock } from './shared/clock';

export interface EventsParts extends Pick<ReceiverParts, 'reader' | 'register' | 'names'> {
  readonly config: Pick<Config, 'notifications' | 'subscriptions' | 'wechatPay'>;
  readonly clock: Clock;
  readonly observeNotification: NotificationObserver;
}

/** One request for a stream, and what its caller may hear. */
export interface StreamCaller {
  readonly request: IncomingMessage;
  readonly signal: AbortSignal;
  readonly maySubscribe: (brandId: string) => boolean;
}

export interface Events {
  readonly notify: Handler;
  cardEventsOf(caller: StreamCaller): CardEvents;
}

/** From WeChat Pay's notifications to the log of events, and from there to subscribers. */
export const createEvents = ({ config, clock, observeNotification, ...parts }: EventsParts): Events => {
  const { notifications, subscriptions, wechatPay } = config;
  const log: EventLog = createMemoryLog({ clock, keep: subscriptions.keptEvents });
  const receive = createReceiver({
    ...parts,
    clock,
    log,
    isConfigured: (brandId) => wechatPay.brands.some((brand) => brand.brandId === brandId),
    confirms: (brandId) => notifications.confirm.some((brand) => brand.brandId === brandId),
    observe: observeNotification,
  });
  return {
    notify: createNotifyHandler({ receive, clock }),
    cardEventsOf: ({ request, signal, maySubscribe }) => ({
      maySubscribe,
      follow: (brandId, lastEventId) =>
        // An EventSource that reconnects repeats its old URL and adds the header, which is newer.
        follow({ log, clock }, { brandId, after: headerOf(request) ?? lastEventId, signal }),
    }),
  };
};

const headerOf = ({ headers }: IncomingMessage): string | undefined => {
  const value = headers['last-event-id'];
  return typeof value === 'string' && value !== '' ? value : undefined;
};
