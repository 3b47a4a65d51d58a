import DataLoader from 'dataloader';
import type { Scope } from '../traffic/calls/call';
import type { MemberCards } from '../wechatpay/api/member-cards';
import {
  pageSize,
  type ActivityPageKey,
  type ActivityKey,
  type TemplatePageKey,
  type TemplateKey,
  type UserCardPageKey,
  type UserCardKey,
} from '../wechatpay/api/refs';
import type { ReadPage, ReadResult } from '../wechatpay/api/reads';
import type { MembershipActivityRecord } from '../wechatpay/records/member-records';
import type { CardTemplateRecord, UserCardRecord } from '../wechatpay/records/records';

type WithMaxAge<T> = T & { readonly maxAgeMs?: number | undefined };

/** `first` objects from `offset` on. */
export interface Slice {
  readonly offset: number;
  readonly first: number;
}

/**
 * Reads of one operation. An object requested through several paths is looked up once. Created for every operation, so
 * that callers share nothing here.
 */
export interface Loaders {
  cardTemplate(ref: WithMaxAge<TemplateKey>): Promise<ReadResult<CardTemplateRecord> | undefined>;
  userCard(ref: WithMaxAge<UserCardKey>): Promise<ReadResult<UserCardRecord> | undefined>;
  cardTemplates(filter: Omit<TemplatePageKey, 'offset'>, slice: Slice): Promise<ReadPage<CardTemplateRecord>>;
  userCards(filter: Omit<UserCardPageKey, 'offset'>, slice: Slice): Promise<ReadPage<UserCardRecord>>;
  membershipActivity(ref: WithMaxAge<ActivityKey>): Promise<ReadResult<MembershipActivityRecord> | undefined>;
  membershipActivities(
    filter: Omit<ActivityPageKey, 'offset'>,
    slice: Slice,
  ): Promise<ReadPage<MembershipActivityRecord>>;
}

export const createLoaders = (members: MemberCards, scope: Scope): Loaders => {
  const cardTemplate = memo(
    ({ maxAgeMs, ...ref }: WithMaxAge<TemplateKey>) => members.cardTemplate(ref, { ...scope, maxAgeMs }),
    ({ brandId, cardId, maxAgeMs }) => [brandId, cardId, maxAgeMs],
  );
  const userCard = memo(
    ({ maxAgeMs, ...ref }: WithMaxAge<UserCardKey>) => members.userCard(ref, { ...scope, maxAgeMs }),
    ({ brandId, cardId, openid, userCardCode, maxAgeMs }) => [
      brandId,
      cardId,
      openid,
      userCardCode,
      maxAgeMs,
    ],
  );
  const templatePage = memo(
    (ref: TemplatePageKey) => members.cardTemplates(ref, scope),
    ({ brandId, state, offset }) => [brandId, state, offset],
  );
  const userCardPage = memo(
    (ref: UserCardPageKey) => members.userCards(ref, scope),
    ({ brandId, openid, state, offset }) => [brandId, openid, state, offset],
  );
  const membershipActivity = memo(
    ({ maxAgeMs, ...ref }: WithMaxAge<ActivityKey>) =>
      members.membershipActivity(ref, { ...scope, maxAgeMs }),
    ({ brandId, activityId, maxAgeMs }) => [brandId, activityId, maxAgeMs],
  );
  const activityPage = memo(
    (ref: ActivityPageKey) => members.membershipActivities(ref, scope),
    ({ brandId, cardId, state, offset }) => [brandId, cardId, state, offset],
  );
  return {
    cardTemplate,
    userCard,
    membershipActivity,
    membershipActivities: (filter, slice) => collect(slice, (offset) => activityPage({ ...filter, offset })),
    cardTemplates: (filter, slice) => collect(slice, (offset) => templatePage({ ...filter, offset })),
    userCards: (filter, slice) => collect(slice, (offset) => userCardPage({ ...filter, offset })),
  };
};

/**
 * Remembers results instead of batching, because the upstream has no multi-get. Keys are equal if all their members are, and
 * each key fails on its own.
 */
const memo = <K extends object, V>(
  load: (key: K) => Promise<V>,
  membersOf: (key: K) => readonly (string | number | undefined)[],
): ((key: K) => Promise<V>) => {
  const loader = new DataLoader<K, V, string>(
    (keys) => Promise.all(keys.map((key) => load(key).catch(toError))),
    { cacheKeyFn: (key) => JSON.stringify(membersOf(key)) },
  );
  return (key) => loader.load(key);
};

const toError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('not an Error', { cause: error });

/** Loads whole upstream pages and cuts them to the slice, so that callers with other slices share the cached pages. */
const collect = async <T>(
  { offset, first }: Slice,
  load: (pageOffset: number) => Promise<ReadPage<T>>,
): Promise<ReadPage<T>> => {
  const firstPage = offset - (offset % pageSize);
  const { items, totalCount } = await load(firstPage);
  const end = Math.min(offset + first, totalCount);
  const further: number[] = [];
  for (let at = firstPage + pageSize; at < end; at += pageSize) further.push(at);
  const pages = await Promise.all(further.map(load));
  const all = [items, ...pages.map((page) => page.items)].flat();
  return { items: all.slice(offset - firstPage, end - firstPage), totalCount };
};
