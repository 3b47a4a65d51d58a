import type { IncomingMessage } from 'node:http';
import type { OperationAudit } from '../audit/operation-audit';
import type { Config } from '../config/config';
import { createConfirmOpening } from './confirm-openings';
import type { Database } from '../database/database';
import { createDatabaseLog } from '../events/database-log';
import type { UserCardEvent } from '../events/event';
import { follow, retryWhileAway } from '../events/follow';
import { eventPurpose } from '../events/schema';
import type { EventLog } from '../events/log';
import { readOpenings } from '../events/read-openings';
import { readPage } from '../events/read-page';
import { createMemoryLog } from '../events/memory-log';
import { createRedisLog } from '../events/redis-log';
import { createOpeningSettler, type SeenCard } from '../events/settle-openings';
import type { CardEvents } from '../graphql/execution/context';
import type { Metrics } from '../metrics/metrics';
import { createConfirmer, type ConfirmEvent, type Confirmer } from '../notifications/confirm';
import { createReceiver, type NotificationObserver } from '../notifications/receive';
import { headerOf } from '../server/http/headers';
import type { Handler } from '../server/http/router';
import { createNotifyHandler } from '../server/routes/notify-handler';
import type { Clock } from '../shared/clock';
import type { KeyRing } from '../shared/key-ring';
import type { SharedState } from './state';
import { createCipher } from '../shared/cipher';
import type { Upstream } from './upstream';
import { openWebhooks } from './webhooks';
import { createNotificationReader } from '../wechatpay/notifications/notification';
import type { WebhookEvent } from '../webhooks/dispatcher';
import type { Webhooks } from '../webhooks/webhooks';
import { hasSignatureForm } from '../wechatpay/crypto/signature';
import type { UpstreamClock } from '../wechatpay/crypto/upstream-clock';

export interface EventsDeps {
  readonly config: Config;
  /** The configuration in force. */
  readonly current: () => Pick<Config, 'webhooks'>;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly state: SharedState;
  /** Holds the events if no Redis is configured. */
  readonly database: Database | undefined;
  readonly upstream: Upstream;
  readonly upstreamClock: UpstreamClock;
  readonly auditOf: (caller: string) => OperationAudit;
  readonly metrics: Pick<Metrics, 'notified'>;
  readonly observeNotification: NotificationObserver;
  readonly observeConfirm: (event: ConfirmEvent) => void;
  readonly observeWebhook: (event: WebhookEvent) => void;
}

/** A request for a stream, the brands its caller may subscribe to, and the events of them that the caller may receive. */
export interface StreamCaller {
  readonly request: IncomingMessage;
  readonly signal: AbortSignal;
  readonly maySubscribe: (brandId: string) => boolean;
  /** Called when stored events are read: the response is different next time. */
  readonly onRead: () => void;
  readonly mayReceive: (event: Pick<UserCardEvent, 'brandId' | 'openid'>) => boolean;
}

export interface Events {
  /** Handles notify_url. */
  readonly notify: Handler;
  readonly cardEventsOf: (caller: StreamCaller) => CardEvents;
  /** `undefined` without a database. */
  readonly webhooks: Webhooks | undefined;
  /** Called with each card that WeChat Pay names. */
  readonly saw: (card: SeenCard) => void;
  readonly replaceConfirmRules: Confirmer['replace'];
  /** Starts to confirm waiting openings. */
  start(): void;
  stop(): Promise<void>;
}

/** Connects WeChat Pay's notifications to the event log, and the log to subscribers and the confirmation of openings. */
export const createEvents = async (deps: EventsDeps): Promise<Events> => {
  const { config, keys, clock, state, upstream, auditOf, metrics, observeConfirm } = deps;
  const { notifications, server } = config;
  const { writeEpochs } = state;
  const { accounts, certificates, cacheKeys, observeCard, members } = upstream;
  const store = await openLog(deps);
  const { log } = store;
  const webhooks = openWebhooks(deps);

  const confirms = (brandId: string): boolean => confirmer.confirms(brandId);
  const verify = createReceiver({
    reader: createNotificationReader({
      accounts,
      upstreamClock: deps.upstreamClock,
      onUnknownSerial: certificates.refresh,
    }),
    log,
    writeEpochs,
    cacheKeys,
    observeCard,
    clock,
    isConfigured: (brandId) => accounts.brands.has(brandId),
    confirms,
    forward: async (event, notificationId) => webhooks?.forward(event, notificationId),
    observe(event) {
      metrics.notified(event.outcome);
      deps.observeNotification(event);
    },
  });
  const confirmer = createConfirmer({
    log,
    rules: notifications.confirm,
    confirm: createConfirmOpening({
      members,
      auditOf,
      clock,
      confirms,
      timeoutMs: server.mutationDeadlineMs,
    }),
    clock,
    codeKeys: keys.derive('card codes'),
    observe: observeConfirm,
  });

  const settler = createOpeningSettler({ openings: log.openings, clock });
  return {
    notify: createNotifyHandler({ mayBeGenuine: hasSignatureForm, verify, clock }),
    cardEventsOf: ({ request, signal, maySubscribe, mayReceive, onRead }) => ({
      maySubscribe,
      follow: (brandId, { lastEventId, filter }) =>
        // A reconnecting EventSource repeats its old URL and adds the header, so the header is newer.
        follow(
          { log, clock },
          { brandId, after: positionOf(request) ?? lastEventId, filter, signal, mayReceive },
        ),
      read(brandId, page) {
        onRead();
        return retryWhileAway(clock, signal, () => readPage(log, { brandId, ...page, mayReceive }));
      },
      openings(brandId, page) {
        onRead();
        return retryWhileAway(clock, signal, () => readOpenings(log, { brandId, ...page, mayReceive }));
      },
    }),
    webhooks,
    saw(card) {
      settler.saw(card);
    },
    replaceConfirmRules: confirmer.replace,
    start: () => {
      store.start();
      confirmer.start();
      webhooks?.start();
    },
    async stop() {
      await Promise.all([confirmer.stop(), settler.stop(), webhooks?.stop()]);
      store.stop();
    },
  };
};

interface OpenedLog {
  readonly log: EventLog;
  readonly start: () => void;
  readonly stop: () => void;
}

/** How often a process looks for events that another one has stored in PostgreSQL, ms. */
const pollMs = 500;

/** Redis, which all processes look at already; or else the database, which outlives the process; or else this process. */
const openLog = async ({ config, keys, clock, state, database }: EventsDeps): Promise<OpenedLog> => {
  const keep = config.subscriptions.keptEvents;
  const cipher = createCipher(keys, eventPurpose);
  const start = (): void => undefined;
  if (state.redis !== undefined) {
    const log = await createRedisLog({ redis: state.redis, cipher, keep });
    return {
      log,
      start,
      stop: () => {
        log.stop();
      },
    };
  }
  const settings = config.database;
  // A temporary directory outlives no process, and the first notification would wait seconds for it.
  if (database === undefined || settings === undefined || 'isTemporary' in settings)
    return { log: createMemoryLog({ clock, keep }), start, stop: () => undefined };
  const log = createDatabaseLog({
    database,
    cipher,
    keep,
    clock,
    ...('url' in settings ? { pollMs } : {}),
  });
  return {
    log,
    start() {
      // An empty directory takes seconds to open, and WeChat Pay waits for 5 s. A failure shows in readiness.
      void database.query('select 1').catch(() => undefined);
    },
    stop: () => {
      log.stop();
    },
  };
};

const positionOf = (request: IncomingMessage): string | undefined => {
  const value = headerOf(request, 'lastEventId');
  return value === '' ? undefined : value;
};
