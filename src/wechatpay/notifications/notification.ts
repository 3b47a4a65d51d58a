import type { KeyObject } from 'node:crypto';
import { AppError } from '../../shared/errors';
import type { Account, Accounts } from '../accounts/accounts';
import { integer, optional, record, text, type Decoded } from '../records/decode';
import { openEnvelope } from '../crypto/encryption';
import type { Route, WechatPaySettings } from '../settings';
import { verifyAnswer, type ReceivedHeaders } from '../crypto/signature';
import type { UpstreamClock } from '../crypto/upstream-clock';

/** A notification under WeChat Pay's signature, decrypted. */
export interface Notification {
  readonly known: true;
  readonly id: string;
  readonly nonce: string;
  readonly route: Route;
  readonly kind: NotificationKind;
  readonly createTime: string;
  readonly resource: NotificationResource;
}
/** Signed by WeChat Pay, of a kind that this server does not know. */
export interface UnknownNotification {
  readonly known: false;
  readonly eventType: string;
}

export type NotificationKind =
  'USER_CARD_CREATE' | 'USER_CARD_DELETE' | 'POINT_EXCHANGE_COUPON' | 'SYNC_USER_POINT';

export interface NotificationReader {
  /**
   * Raw body and headers → notification. Rejects with UPSTREAM_SIGNATURE_INVALID where it is not WeChat Pay's, with
   * UPSTREAM_MALFORMED where it is but cannot be read, with MISCONFIGURED where no configured key opens it.
   */
  read(headers: ReceivedHeaders, body: string): Promise<Notification | UnknownNotification>;
}

export interface NotificationReaderDeps {
  readonly accounts: Accounts;
  readonly settings: Pick<WechatPaySettings, 'brandCredentials' | 'partner'>;
  readonly upstreamClock: Pick<UpstreamClock, 'now'>;
  /** Called once when a notification names a key that is not known; whoever can, fetches it. */
  readonly onUnknownSerial: (account: Account) => Promise<void>;
}

/**
 * `MEMBERCARDSP` stands in the partner page of June 2025. `MEMBERCARD.` is not among them: it belongs to another, older
 * product.
 */
const prefixes: Readonly<Record<string, Route>> = {
  BRAND_MEMBER_CARD_SP: 'partner',
  MEMBERCARDSP: 'partner',
  BRAND_MEMBER_CARD: 'brand',
};
const kinds: Readonly<Record<string, NotificationKind>> = {
  'USER_CARD.CREATE': 'USER_CARD_CREATE',
  'USER_CARD.DELETE': 'USER_CARD_DELETE',
  POINT_EXCHANGE_COUPON: 'POINT_EXCHANGE_COUPON',
  SYNC_USER_POINT: 'SYNC_USER_POINT',
};

const envelope = record({
  id: text,
  createTime: text,
  eventType: text,
  resource: record({ algorithm: text, ciphertext: text, nonce: text, associatedData: optional(text) }),
});

/** All three resources in one table: each kind has some of the fields. Personal ones are not even read. */
const resource = record({
  brandId: text,
  cardId: text,
  openid: text,
  userCardCode: optional(text),
  recordId: optional(text),
  exchangeCouponTemplateId: optional(text),
  deductPoints: optional(integer),
  appid: optional(text),
  productCouponId: optional(text),
  productCouponStockType: optional(text),
  stockId: optional(text),
});
export type NotificationResource = Decoded<typeof resource>;

const idForm = /^[\w-]{1,64}$/;

export const createNotificationReader = (deps: NotificationReaderDeps): NotificationReader => {
  const { accounts, settings, upstreamClock, onUnknownSerial } = deps;
  const { partner } = accounts;
  const identities = [
    ...(partner === undefined ? [] : [{ route: 'partner' as const, brandId: undefined, account: partner }]),
    ...settings.brandCredentials.map(({ brandId }) => ({
      route: 'brand' as const,
      brandId,
      account: accounts.get({ route: 'brand', id: brandId }),
    })),
  ];

  const keyOf = (serial: string): KeyObject | undefined => {
    for (const { account } of identities) {
      const key = account.verifyingKey(serial);
      if (key !== undefined) return key;
    }
    return undefined;
  };

  /** Of those that WeChat Pay's key speaks to, the one whose own key opens it. */
  const open = (
    { resource: { associatedData = '', ...sealed } }: Decoded<typeof envelope>,
    route: Route,
    serial: string,
  ): { readonly plain: string; readonly brandId: string | undefined } => {
    let refusal: unknown = new AppError('MISCONFIGURED', `no API key is configured for the ${route} route`);
    for (const { account, brandId } of identities.filter((one) => one.route === route)) {
      if (account.verifyingKey(serial) === undefined) continue;
      for (const key of account.symmetricKeys())
        try {
          return { plain: openEnvelope({ ...sealed, associatedData }, key), brandId };
        } catch (error) {
          refusal = error;
        }
    }
    throw refusal;
  };

  return {
    async read(headers, body) {
      const verification = await verifyAnswer({
        headers,
        body,
        now: upstreamClock.now(),
        async keyBySerial(serial) {
          const known = keyOf(serial);
          if (known !== undefined || partner === undefined) return known;
          await onUnknownSerial(partner);
          return keyOf(serial);
        },
      });
      if (!verification.genuine)
        throw new AppError(
          'UPSTREAM_SIGNATURE_INVALID',
          `a notification was refused: ${verification.reason}`,
        );
      const received = envelope(parse(body), 'notification');
      const { id, createTime, eventType } = received;
      const [prefix = '', ...rest] = eventType.split('.');
      const [route, kind] = [prefixes[prefix], kinds[rest.join('.')]];
      if (route === undefined || kind === undefined) return { known: false, eventType };
      if (!idForm.test(id)) throw malformed('id');
      if (received.resource.algorithm !== 'AEAD_AES_256_GCM') throw malformed('resource.algorithm');
      const serial = String(headers['wechatpay-serial']);
      const { plain, brandId } = open(received, route, serial);
      const opened = resource(parse(plain), 'resource');
      // A brand's own key speaks for that brand only.
      if (brandId !== undefined && brandId !== opened.brandId) throw malformed('resource.brand_id');
      return {
        known: true,
        id,
        nonce: String(headers['wechatpay-nonce']),
        route,
        kind,
        createTime,
        resource: opened,
      };
    },
  };
};

const parse = (json: string): unknown => {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    throw new AppError('UPSTREAM_MALFORMED', 'a notification is not JSON');
  }
};

const malformed = (path: string): AppError =>
  new AppError('UPSTREAM_MALFORMED', `a notification's ${path} is not what the documents allow`);
