import { isRecord } from '../../shared/is-record';
import type { Reply } from '../../traffic/calls/call';
import type { UpstreamArguments } from './request';

/** A value and the moment at which it was true, ms since the Unix epoch. */
export interface Dated<T> {
  readonly value: T;
  readonly at: number;
}

/** What a response or a notification tells about one card. */
export interface CardSighting {
  readonly brandId: string;
  readonly cardId: string;
  readonly userCardCode: string;
  /** When WeChat Pay told it, ms since the Unix epoch. Default: now. */
  readonly seenAt?: number;
  /** Absent after an import by phone whose response was lost. */
  readonly openid?: string;
  /** In clear and normalised; only an import tells it. */
  readonly phoneNumber?: string;
  readonly state?: Dated<string>;
  /** Present if the whole card was told; without a value if it has no level. */
  readonly level?: Dated<string | undefined>;
  readonly pointBalance?: Dated<number>;
}

/** Called with every card that a response or a notification names. Must not throw, and must not wait. */
export type ObserveCard = (sighting: CardSighting) => void;

/** Called with the result of every call. Cached results are shared, so each is observed once, even if it is read often. */
export const createSightings = (
  observe: ObserveCard,
): ((args: UpstreamArguments, reply: Pick<Reply, 'data' | 'fetchedAt'>) => void) => {
  const known = new WeakSet<object>();
  return (args, { data, fetchedAt }) => {
    if (!isRecord(data) || known.has(data)) return;
    known.add(data);
    const objects = Array.isArray(data.data) ? (data.data as readonly unknown[]) : [data];
    for (const object of objects) {
      const sighting = isRecord(object) ? sightingIn(object, args, fetchedAt) : undefined;
      if (sighting !== undefined) observe(sighting);
    }
  };
};

/** A response need not repeat the key that was asked for. A phone number is encrypted in it, so only the request has it. */
const sightingIn = (
  object: Readonly<Record<string, unknown>>,
  args: UpstreamArguments,
  at: number,
): CardSighting | undefined => {
  const keyOf = (name: string): string | undefined => textOf(object[name]) ?? textOf(args[name]);
  const cardId = keyOf('card_id');
  const userCardCode = keyOf('user_card_code');
  if (cardId === undefined || userCardCode === undefined) return undefined;
  const openid = keyOf('openid');
  const phoneNumber = textOf(args.phone_number);
  const state = textOf(object.user_card_state);
  const points = object.point_balance ?? args.point_balance;
  return {
    brandId: String(args.brand_id),
    cardId,
    userCardCode,
    seenAt: at,
    ...(openid !== undefined && { openid }),
    ...(phoneNumber !== undefined && { phoneNumber }),
    // Every response with a card's state is a whole card.
    ...(state !== undefined && { state: { value: state, at }, level: { value: textOf(object.level), at } }),
    ...(Number.isSafeInteger(points) && { pointBalance: { value: points as number, at } }),
  };
};

/** Longer texts are none of WeChat Pay's. */
const maxLength = 512;

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= maxLength ? value : undefined;
