import { randomBytes, sign } from 'node:crypto';
import type { WechatPayKeys } from './keys';
import { notificationOf, waitsOf, type Occasion } from './notification';
import type { Provision } from './provision';
import type { Route } from './routing';

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
  /** Makes the first attempt now. Resolves to the notification's id when the last attempt has ended, whatever its result. */
  send(occasion: Occasion): Promise<string>;
  /** Makes one more attempt now, of the newest notification by default. `undefined`: there is no such notification. */
  resend(id?: string): Promise<Delivery | undefined>;
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
  readonly provision: Pick<Provision, 'brands' | 'partner' | 'partners'>;
}

const answerMs = 5_000;
const signatureTypes = {
  partner: 'WECHATPAY2-SHA256-RSA2048',
  brand: 'WECHATPAY-BRAND-SHA256-RSA2048',
} as const;
const maxKept = 20_000;

export const isLoopback = (url: string): boolean =>
  URL.canParse(url) && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);

/** What every attempt sends again. */
interface Message {
  readonly body: string;
  readonly route: Route;
  readonly notifyUrl: string;
}

/** Delivers like WeChat Pay: signs each attempt anew, encrypts once, and repeats until the response is 200 or 204. */
export const createDeliveries = (deps: DeliveriesDeps): Deliveries => {
  const { now, after = later, wechatPay, provision } = deps;
  const deliveries = new Map<string, Delivery>();
  const messages = new Map<string, Message>();
  const timers = new Set<() => void>();
  let standIn: string | undefined;

  const apiKeyOf = (brandId: unknown): string =>
    provision.brands.find((brand) => brand.brandId === brandId)?.apiKey ?? '';
  const apiV3KeyOf = (mchid = provision.partner.mchid): string =>
    [provision.partner, ...provision.partners].find((partner) => partner.mchid === mchid)?.apiV3Key ?? '';
  const note = (delivery: Delivery): Delivery => {
    deliveries.set(delivery.id, delivery);
    const [oldest] = deliveries.keys();
    if (deliveries.size > maxKept && oldest !== undefined) {
      deliveries.delete(oldest);
      messages.delete(oldest);
    }
    return delivery;
  };
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = after(ms, () => {
        timers.delete(cancel);
        resolve();
      });
      timers.add(cancel);
    });

  const post = async (url: string, { body, route }: Message): Promise<number> => {
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

  /** One attempt; notes and returns what is known of the delivery after it. */
  const attempt = async (former: Delivery, message: Message): Promise<Delivery> => {
    const url = standIn ?? message.notifyUrl;
    if (!isLoopback(url)) return note({ ...former, url, state: 'unreachable' });
    const at = now();
    const status = await post(url, message);
    // Another attempt may have ended meanwhile.
    const { attempts, state } = deliveries.get(former.id) ?? former;
    const isDelivered = status === 200 || status === 204;
    return note({
      ...former,
      url,
      attempts: [...attempts, { at, status }],
      state: isDelivered ? 'delivered' : state === 'unreachable' ? 'underway' : state,
    });
  };

  return {
    async send(occasion) {
      const { kind, route, mchid, notifyUrl, resource } = occasion;
      const key = route === 'partner' ? apiV3KeyOf(mchid) : apiKeyOf(resource.brand_id);
      const { id, eventType, body } = notificationOf(occasion, key, now());
      const message: Message = { body, route, notifyUrl };
      messages.set(id, message);
      let delivery = note({ id, eventType, url: standIn ?? notifyUrl, attempts: [], state: 'underway' });
      for (const waitMs of [0, ...waitsOf(kind, route)]) {
        if (waitMs > 0) await wait(waitMs);
        delivery = deliveries.get(id) ?? delivery;
        if (delivery.state === 'underway') delivery = await attempt(delivery, message);
        if (delivery.state !== 'underway') return id;
      }
      note({ ...delivery, state: 'givenUp' });
      return id;
    },
    async resend(id = [...deliveries.keys()].at(-1)) {
      const delivery = id === undefined ? undefined : deliveries.get(id);
      const message = id === undefined ? undefined : messages.get(id);
      return delivery && message && attempt(delivery, message);
    },
    deliverTo(url) {
      if (url !== undefined && !isLoopback(url)) throw new Error('deliveries go to loopback addresses only');
      standIn = url;
    },
    list: () => [...deliveries.values()],
    clear() {
      deliveries.clear();
      messages.clear();
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
