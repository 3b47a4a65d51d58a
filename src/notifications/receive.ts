import type { UserCardEvent } from '../events/event';
import type { EventLog, Standing } from '../events/log';
import type { Clock } from '../shared/clock';
import { AppError } from '../shared/errors';
import type { WriteEpochs } from '../traffic/cache/write-epochs';
import type { CacheKeys } from '../wechatpay/api/cache-keys';
import type { CardSighting, ObserveCard } from '../wechatpay/api/card-sightings';
import type { Notification, NotificationReader } from '../wechatpay/notifications/notification';
import type { ReceivedHeaders } from '../wechatpay/crypto/signature';
import { defined } from '../shared/defined';

/** The outcome of one delivery, for log and metrics. Holds no personal data. */
export interface NotificationEvent {
  readonly outcome: Standing | 'unknownKind' | 'refused';
  readonly kind?: string;
  readonly route?: string;
  readonly brandId?: string;
  /** Our error code and message, if it was refused. */
  readonly code?: string;
  readonly detail?: string;
  readonly tookMs: number;
}
export type NotificationObserver = (event: NotificationEvent) => void;

export interface ReceiverDeps {
  readonly reader: NotificationReader;
  readonly log: EventLog;
  readonly writeEpochs: WriteEpochs;
  readonly cacheKeys: CacheKeys;
  /** Called with a card that a notification names. */
  readonly observeCard: ObserveCard;
  readonly clock: Clock;
  readonly isConfigured: (brandId: string) => boolean;
  /** Whether this server confirms the brand's openings. */
  readonly confirms: (brandId: string) => boolean;
  /** Passes the event on, at least once; a repetition with the same notification has no effect. */
  readonly forward: (event: UserCardEvent, notificationId: string) => Promise<void>;
  readonly observe: NotificationObserver;
}

/** Processes a genuine notification. Resolves if WeChat Pay may be told that it was received; otherwise rejects with AppError. */
export type ProcessNotification = () => Promise<void>;

/** Resolves if the delivery is genuine, so that unproven ones take nothing from those that are; otherwise rejects with AppError. */
export type VerifyDelivery = (headers: ReceivedHeaders, body: string) => Promise<ProcessNotification>;

/**
 * Handles one delivery: verifies it, applies its effect, then stores and publishes it. The effect comes first and may be
 * repeated; storing is one atomic step that happens once. If anything fails in between, the next delivery completes it.
 */
export const createReceiver = ({ reader, observe, ...deps }: ReceiverDeps): VerifyDelivery => {
  const { clock } = deps;
  const process = async (notification: ReadNotification): Promise<Omit<NotificationEvent, 'tookMs'>> => {
    if (!notification.known) return { outcome: 'unknownKind', kind: printable(notification.eventType) };
    const { kind, eventType, route, resource } = notification;
    const outcome = await take(notification, deps);
    return {
      outcome,
      kind: kind === 'UNKNOWN' ? printable(eventType) : kind,
      route,
      brandId: resource.brandId,
    };
  };
  return async (headers, body) => {
    const started = clock.now();
    const tell = (event: Omit<NotificationEvent, 'tookMs'>): void => {
      observe({ ...event, tookMs: clock.now() - started });
    };
    const refuse = (error: unknown): never => {
      tell({ outcome: 'refused', ...reasonOf(error) });
      throw error;
    };
    const notification = await reader.read(headers, body).catch(refuse);
    return async () => {
      const event = await process(notification).catch(refuse);
      tell(event);
      if (event.outcome === 'replayed')
        throw new AppError(
          'UPSTREAM_SIGNATURE_INVALID',
          'a notification was refused: its nonce was used before',
        );
    };
  };
};

type ReadNotification = Awaited<ReturnType<NotificationReader['read']>>;

const reasonOf = (error: unknown): { readonly code: string; readonly detail: string } =>
  error instanceof AppError
    ? { code: error.code, detail: error.message }
    : { code: 'INTERNAL_SERVER_ERROR', detail: 'it could not be stored' };

const take = async (
  notification: Notification,
  {
    log,
    clock,
    writeEpochs,
    cacheKeys,
    observeCard,
    isConfigured,
    confirms,
    forward,
  }: Omit<ReceiverDeps, 'reader' | 'observe'>,
): Promise<Standing> => {
  const { id, nonce, kind, resource } = notification;
  const { brandId, openid } = resource;
  // Refused, so that it is delivered again: there is a day to complete the configuration.
  if (!isConfigured(brandId))
    throw new AppError('MISCONFIGURED', 'a notification is for a brand that is not configured');
  const mark = { notificationId: id, nonce };
  const standing = await log.standingOf(brandId, mark);
  if (standing === 'replayed') return standing;
  if (standing === 'new' && changesCard.has(kind) && openid !== undefined) {
    // Invalidates everything read before, including the results of reads under way.
    await Promise.all(
      cacheKeys
        .userCardSubjects(brandId, openid)
        .map(async (subject) => writeEpochs.commit(subject, await writeEpochs.begin(subject))),
    );
  }
  const { cardId, userCardCode } = resource;
  if (cardId !== undefined && openid !== undefined && userCardCode !== undefined)
    observeCard({ brandId, cardId, openid, userCardCode, ...stateAfter(notification, clock.wallNow()) });
  const opening = kind === 'USER_CARD_CREATE' && (confirms(brandId) ? 'QUEUED' : 'MANUAL');
  const event = toEvent(notification);
  if (standing === 'new') await forward(event, id);
  const stored = await log.append(event, { mark, opening });
  if (opening === 'QUEUED' && stored !== 'replayed') await untilSafe(log, brandId, id);
  return stored;
};

/**
 * An opening that would be lost with the process is left with WeChat Pay until it is confirmed: the delivery is refused, so that
 * WeChat Pay repeats it, also to the next process.
 */
const untilSafe = async ({ openings }: EventLog, brandId: string, notificationId: string): Promise<void> => {
  if ((await openings.doneWithin?.(brandId, notificationId, confirmationMs)) === false)
    throw new AppError(
      'UPSTREAM_UNAVAILABLE',
      'an opening is not confirmed yet; its notification is left for redelivery',
    );
};

/** WeChat Pay waits 5 s for the response; the route refuses a delivery after 4 s. */
const confirmationMs = 3_800;

/**
 * A deleted card stays INVALID. An opened one may have been confirmed since the notification was written: WeChat Pay repeats it for
 * a day.
 */
const stateAfter = ({ kind, createTime }: Notification, now: number): Pick<CardSighting, 'state'> => {
  if (kind === 'USER_CARD_DELETE') return { state: { value: 'INVALID', at: now } };
  if (kind !== 'USER_CARD_CREATE' || createTime === undefined) return {};
  return { state: { value: 'UNACTIVATED', at: Date.parse(createTime) } };
};

/** What an unknown kind changes is unknown too. */
const changesCard: ReadonlySet<Notification['kind']> = new Set([
  'USER_CARD_CREATE',
  'USER_CARD_DELETE',
  'UNKNOWN',
]);

const toEvent = ({ kind: eventType, eventType: raw, createTime, resource }: Notification): UserCardEvent => {
  const { brandId, cardId, openid, userCardCode, extra, ...rest } = resource;
  const { recordId, exchangeCouponTemplateId, deductPoints } = rest;
  const { appid, productCouponId, productCouponStockType, stockId } = rest;
  const event = {
    eventType,
    eventTypeRaw: printable(raw),
    brandId,
    ...defined({ cardId, openid, userCardCode, createTime, extra }),
  };
  if (recordId === undefined || exchangeCouponTemplateId === undefined) return event;
  return {
    ...event,
    pointExchange: {
      recordId,
      exchangeCouponTemplateId,
      ...defined({ deductPoints, appid, productCouponId, productCouponStockType, stockId }),
    },
  };
};

/** Reduces text from outside to a form that can be logged and shown: at most a name. */
const printable = (eventType: string): string => eventType.replace(/[^\w.]/g, '?').slice(0, 64);
