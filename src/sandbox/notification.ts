import { randomUUID } from 'node:crypto';
import { encryptEnvelope } from './keys';
import type { Route } from './routing';
import { wireTime } from './state';

/** A notification to a template's notify_url. */
export interface Occasion {
  readonly kind: 'USER_CARD.CREATE' | 'USER_CARD.DELETE' | 'POINT_EXCHANGE_COUPON' | 'SYNC_USER_POINT';
  readonly route: Route;
  /** The partner whose key encrypts it, on the partner route. Default: the first. */
  readonly mchid?: string;
  readonly notifyUrl: string;
  /** The resource in clear. */
  readonly resource: Readonly<Record<string, unknown>>;
  /** Uses the spelling of the partner document of June 2025. */
  readonly oldSpelling?: boolean;
}

/** A notification as it is sent, its resource encrypted. */
export interface Notification {
  readonly id: string;
  readonly eventType: string;
  readonly body: string;
}

const originalTypes: Readonly<Record<Occasion['kind'], string>> = {
  'USER_CARD.CREATE': 'user_card',
  'USER_CARD.DELETE': 'user_card',
  POINT_EXCHANGE_COUPON: 'point_coupon',
  SYNC_USER_POINT: 'sync_user_point',
};

/** @param key - the symmetric key of the route: the APIv3 key or the brand's API key. */
export const notificationOf = (
  { kind, route, resource, oldSpelling = false }: Occasion,
  key: string,
  now: number,
): Notification => {
  const prefix = oldSpelling
    ? 'MEMBERCARDSP'
    : route === 'partner'
      ? 'BRAND_MEMBER_CARD_SP'
      : 'BRAND_MEMBER_CARD';
  const originalType = originalTypes[kind];
  const notification = {
    id: randomUUID(),
    create_time: wireTime(now),
    event_type: `${prefix}.${kind}`,
    resource_type: 'encrypt-resource',
    summary: '会员卡通知',
    resource: {
      ...encryptEnvelope(JSON.stringify(resource), key, originalType),
      original_type: originalType,
    },
  };
  return {
    id: notification.id,
    eventType: notification.event_type,
    body: JSON.stringify(notification),
  };
};

const minute = 60_000;
const everyMinute = Array.from({ length: 10 }, () => minute);
/** Waits between attempts (partner 4015283692, brand 4015582700): at most 11, or 26 over a day. */
const overADay = [
  minute,
  2 * minute,
  5 * minute,
  10 * minute,
  30 * minute,
  ...Array.from({ length: 20 }, () => 60 * minute),
];

export const waitsOf = (kind: Occasion['kind'], route: Route): readonly number[] => {
  if (kind === 'SYNC_USER_POINT') return [];
  return kind.startsWith('USER_CARD.') && route === 'brand' ? overADay : everyMinute;
};
