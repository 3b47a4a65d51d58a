import { randomBytes, randomUUID, sign } from 'node:crypto';
import { encryptEnvelope, type WechatPayKeys } from './keys';
import type { Provision } from './provision';
import type { Route } from './routing';
import { wireTime } from './state';

/** A notification to a template's notify_url. */
export interface Occasion {
  readonly kind: 'USER_CARD.CREATE' | 'USER_CARD.DELETE' | 'POINT_EXCHANGE_COUPON' | 'SYNC_USER_POINT';
  readonly route: Route;
  readonly notifyUrl: string;
  /** The resource in clear. */
  readonly resource: Readonly<Record<string, unknown>>;
  /** Uses the spelling of the partner document of June 2025. */
  readonly oldSpelling?: boolean;
}

/** One notification with all attempts to deliver it. Holds no personal data. */
export interface Delivery {
  readonly id: string;
  readonly eventType: string;
  readonly url: string;
  /** Status 0: no response in time. */
  readonly attempts: readonly { readonly at: number; readonly status: number }[];
  /** `unreachable`: its notify_url is not on this machine, and no URL replaces it. */
  readonly state: 'underway' | 'delivered' | 'givenUp' | 'unreachable';
}

export interface Deliveries {
  /** Makes the first attempt now. Resolves to the notification's id when the attempt has ended, whatever its result. */
  send(occasion: Occasion): Promise<string>;
  /** A loopback URL that replaces every notify_url; `undefined`: only loopback notify_urls are used. */
  deliverTo(url: string | undefined): void;
  list(): readonly Delivery[];
  clear(): void;
  stop(): void;
}

export interface DeliveriesDeps {
  /** Clock time in ms. */
  readonly now: () => number;
  /** Runs `action` once after so many ms of the same clock; returns a function that cancels it. */
  readonly after: ((ms: number, action: () => void) => () => void) | undefined;
  readonly wechatPay: Pick<WechatPayKeys, 'privateKey' | 'publicKeyId'>;
  readonly provision: Pick<Provision, 'brands' | 'partner'>;
}

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
const waitsOf = (kind: Occasion['kind'], route: Route): readonly number[] => {
  if (kind === 'SYNC_USER_POINT') return [];
  return kind.startsWith('USER_CARD.') && route === 'brand' ? overADay : everyMinute;
};
const answerMs = 5_000;

const originalTypes: Readonly<Record<Occasion['kind'], string>> = {
  'USER_CARD.CREATE': 'user_card',
  'USER_CARD.DELETE': 'user_card',
  POINT_EXCHANGE_COUPON: 'point_coupon',
  SYNC_USER_POINT: 'sync_user_point',
};
const signatureTypes = {
  partner: 'WECHATPAY2-SHA256-RSA2048',
  brand: 'WECHATPAY-BRAND-SHA256-RSA2048',
} as const;
const maxKept = 20_000;

const isLoopback = (url: string): boolean =>
  URL.canParse(url) && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);

/** Delivers like WeChat Pay: signs each attempt anew, encrypts once, and repeats until the response is 200 or 204. */
export const createDeliveries = (deps: DeliveriesDeps): Deliveries => {
  const { now, after = later, wechatPay, provision } = deps;
  const deliveries = new Map<string, Delivery>();
  const timers = new Set<() => void>();
  let standIn: string | undefined;

  const apiKeyOf = (brandId: unknown): string =>
    provision.brands.find((brand) => brand.brandId === brandId)?.apiKey ?? '';
  const note = (delivery: Delivery): void => {
    deliveries.set(delivery.id, delivery);
    const [oldest] = deliveries.keys();
    if (deliveries.size > maxKept && oldest !== undefined) deliveries.delete(oldest);
  };
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = after(ms, () => {
        timers.delete(cancel);
        resolve();
      });
      timers.add(cancel);
    });

  const attempt = async (url: string, body: string, route: Route): Promise<number> => {
    const timestamp = String(Math.floor(now() / 1000));
    const nonce = randomBytes(16).toString('hex');
    const signature = sign('sha256', Buffer.from(`${timestamp}\n${nonce}\n${body}\n`), wechatPay.privateKey);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Mozilla/4.0',
          'wechatpay-timestamp': timestamp,
          'wechatpay-nonce': nonce,
          'wechatpay-serial': wechatPay.publicKeyId,
          'wechatpay-signature-type': signatureTypes[route],
          'wechatpay-signature': signature.toString('base64'),
        },
        body,
        signal: AbortSignal.timeout(answerMs),
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    }
  };

  return {
    async send({ kind, route, notifyUrl, resource, oldSpelling = false }) {
      const prefix = oldSpelling
        ? 'MEMBERCARDSP'
        : route === 'partner'
          ? 'BRAND_MEMBER_CARD_SP'
          : 'BRAND_MEMBER_CARD';
      const originalType = originalTypes[kind];
      const plain = JSON.stringify(resource);
      const key = route === 'partner' ? provision.partner.apiV3Key : apiKeyOf(resource.brand_id);
      const notification = {
        id: randomUUID(),
        create_time: wireTime(now()),
        event_type: `${prefix}.${kind}`,
        resource_type: 'encrypt-resource',
        summary: '会员卡通知',
        resource: { ...encryptEnvelope(plain, key, originalType), original_type: originalType },
      };
      const { id, event_type: eventType } = notification;
      const body = JSON.stringify(notification);
      let delivery: Delivery = { id, eventType, url: standIn ?? notifyUrl, attempts: [], state: 'underway' };
      note(delivery);
      for (const waitMs of [0, ...waitsOf(kind, route)]) {
        if (waitMs > 0) await wait(waitMs);
        const url = standIn ?? notifyUrl;
        if (!isLoopback(url)) {
          note({ ...delivery, state: 'unreachable' });
          return id;
        }
        const at = now();
        const status = await attempt(url, body, route);
        const state = status === 200 || status === 204 ? 'delivered' : 'underway';
        delivery = { ...delivery, url, attempts: [...delivery.attempts, { at, status }], state };
        note(delivery);
        if (state === 'delivered') return id;
      }
      note({ ...delivery, state: 'givenUp' });
      return id;
    },
    deliverTo(url) {
      if (url !== undefined && !isLoopback(url)) throw new Error('deliveries go to loopback addresses only');
      standIn = url;
    },
    list: () => [...deliveries.values()],
    clear() {
      deliveries.clear();
    },
    stop() {
      for (const cancel of timers) cancel();
      timers.clear();
    },
  };
};

const later = (ms: number, action: () => void): (() => void) => {
  const timer = setTimeout(action, ms).unref();
  return () => {
    clearTimeout(timer);
  };
};
