import type { KeyObject } from 'node:crypto';
import { AppError } from '../../shared/errors';
import type { Account } from '../accounts/account';
import type { Accounts } from '../accounts/accounts';
import { optional, record, text, unread, type Decoded } from '../records/decode';
import { withExtra } from '../records/extra';
import { time } from '../records/time';
import { openEnvelope } from '../crypto/encryption';
import { readResource, type NotificationKind, type NotificationResource } from './resource';
import type { Route } from '../settings';
import { verifyAnswer, type ReceivedHeaders } from '../crypto/signature';
import type { UpstreamClock } from '../crypto/upstream-clock';

/** A verified and decrypted notification. */
export interface Notification {
  readonly known: true;
  readonly id: string;
  readonly nonce: string;
  readonly route: Route;
  readonly kind: NotificationKind;
  /** WeChat Pay's own event type, with the route's prefix. */
  readonly eventType: string;
  /** Absent if it is no RFC 3339 time; `resource.extra` has it then. */
  readonly createTime: string | undefined;
  readonly resource: NotificationResource;
}
/** A verified notification of another product, or of an unknown type that names no brand. */
export interface UnknownNotification {
  readonly known: false;
  readonly eventType: string;
}

export interface NotificationReader {
  /**
   * Verifies and decrypts a notification. Rejects with UPSTREAM_SIGNATURE_INVALID if it is not from WeChat Pay, with
   * UPSTREAM_MALFORMED if it cannot be read, and with MISCONFIGURED if no configured key decrypts it.
   */
  read(headers: ReceivedHeaders, body: string): Promise<Notification | UnknownNotification>;
}

export interface NotificationReaderDeps {
  readonly accounts: Accounts;
  readonly upstreamClock: Pick<UpstreamClock, 'now'>;
  /** Called once if a notification names an unknown key, to fetch the key of that serial. */
  readonly onUnknownSerial: (account: Account, serial: string) => Promise<void>;
}

/**
 * Prefixes of event types by route. `MEMBERCARDSP` is in the partner document of June 2025. `MEMBERCARD.` is absent because it
 * belongs to an older product.
 */
const prefixes: ReadonlyMap<string, Route> = new Map([
  ['BRAND_MEMBER_CARD_SP', 'partner'],
  ['MEMBERCARDSP', 'partner'],
  ['BRAND_MEMBER_CARD', 'brand'],
]);
const kinds: ReadonlyMap<string, NotificationKind> = new Map([
  ['USER_CARD.CREATE', 'USER_CARD_CREATE'],
  ['USER_CARD.DELETE', 'USER_CARD_DELETE'],
  ['POINT_EXCHANGE_COUPON', 'POINT_EXCHANGE_COUPON'],
  ['SYNC_USER_POINT', 'SYNC_USER_POINT'],
]);

const envelope = withExtra(
  record({
    id: text,
    createTime: optional(time),
    eventType: text,
    resourceType: unread,
    summary: unread,
    resource: record({
      algorithm: text,
      ciphertext: text,
      nonce: text,
      associatedData: optional(text),
      originalType: unread,
    }),
  }),
);

const idForm = /^[\w-]{1,64}$/;

export const createNotificationReader = (deps: NotificationReaderDeps): NotificationReader => {
  const { accounts, upstreamClock, onUnknownSerial } = deps;
  /** Each account, and whether it may speak of the brand: a brand's key of that brand, a partner's key of its own brands. */
  const identities = () => [
    ...accounts.partners().map((account) => {
      const { id } = account.signer();
      const speaksOf = (brandId: string): boolean =>
        !accounts.brands.has(brandId) || accounts.partnerOf(brandId) === id;
      return { route: 'partner' as const, brandId: undefined, account, speaksOf };
    }),
    ...accounts.ofBrands().map(([brandId, account]) => {
      const speaksOf = (other: string): boolean => other === brandId;
      return { route: 'brand' as const, brandId, account, speaksOf };
    }),
  ];

  const keyOf = (serial: string): KeyObject | undefined => {
    for (const { account } of identities()) {
      const key = account.verifyingKey(serial);
      if (key !== undefined) return key;
    }
    return undefined;
  };

  /** Decrypts with the keys of the accounts that know WeChat Pay's signing key. */
  const open = (
    { resource: { associatedData = '', ciphertext, nonce } }: Decoded<typeof envelope>,
    route: Route,
    serial: string,
  ): {
    readonly plain: string;
    readonly brandId: string | undefined;
    readonly speaksOf: (brandId: string) => boolean;
  } => {
    let refusal: unknown = new AppError('MISCONFIGURED', `no API key is configured for the ${route} route`);
    for (const { account, brandId, speaksOf } of identities().filter((one) => one.route === route)) {
      if (account.verifyingKey(serial) === undefined) continue;
      for (const key of account.symmetricKeys())
        try {
          return { plain: openEnvelope({ ciphertext, nonce, associatedData }, key), brandId, speaksOf };
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
          if (known !== undefined) return known;
          // Which partner it is for is known only when it is open.
          await Promise.all(accounts.partners().map((partner) => onUnknownSerial(partner, serial)));
          return keyOf(serial);
        },
      });
      if (!verification.genuine)
        throw new AppError(
          'UPSTREAM_SIGNATURE_INVALID',
          `a notification was refused: ${verification.reason}`,
        );
      const received = envelope(parse(body), 'notification');
      const { id, createTime, eventType, extra } = received;
      const [prefix = '', ...rest] = eventType.split('.');
      const route = prefixes.get(prefix);
      const named = kinds.get(rest.join('.')) ?? 'UNKNOWN';
      if (route === undefined) return { known: false, eventType };
      if (!idForm.test(id)) throw malformed('id');
      if (received.resource.algorithm !== 'AEAD_AES_256_GCM') throw malformed('resource.algorithm');
      const serial = String(headers['wechatpay-serial']);
      const { plain, brandId, speaksOf } = open(received, route, serial);
      const opened = readResource(parse(plain), { kind: named, brandId });
      if (opened === undefined) {
        // Refused, so that it is delivered again and noticed: the documents always name the brand.
        if (named !== 'UNKNOWN') throw malformed('resource.brand_id');
        return { known: false, eventType };
      }
      const { kind, resource } = opened;
      // Whoever has the key of one brand or partner could else speak for the brands of another.
      if (!speaksOf(resource.brandId)) throw malformed('resource.brand_id');
      const allExtra = { ...extra, ...resource.extra };
      return {
        known: true,
        id,
        nonce: String(headers['wechatpay-nonce']),
        route,
        kind,
        eventType,
        createTime,
        resource: { ...resource, extra: Object.keys(allExtra).length > 0 ? allExtra : undefined },
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
