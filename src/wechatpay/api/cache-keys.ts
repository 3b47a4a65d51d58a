import { hash as digest, type KeyObject } from 'node:crypto';
import type { KeyRing } from '../../shared/key-ring';
import type { SubjectAliases } from '../../traffic/calls/call';
import type { UserCardKey } from './refs';
import type { Route } from '../settings';

/**
 * Keys of cache entries and names of the subjects that invalidate them. They contain route and brand in clear and the object
 * as a keyed hash, so that a list of a store's keys reveals no openid or card code.
 */
export interface CacheKeys {
  cardTemplate(route: Route, brandId: string, cardId: string): string;
  cardTemplatePage(route: Route, brandId: string, filter: PageFilter): string;
  userCard(route: Route, brandId: string, card: UserCardKeyOfBrand): string;
  userCardPage(route: Route, brandId: string, filter: PageFilter & { readonly openid: string }): string;
  membershipActivity(route: Route, brandId: string, activityId: string): string;
  membershipActivityPage(
    route: Route,
    brandId: string,
    filter: PageFilter & { readonly cardId?: string | undefined },
  ): string;
  /** Invalidated by a write to any template of the brand. Both routes show the same objects, so it contains no route. */
  templateSubject(brandId: string): string;
  /** Invalidated by a write to any card of the user in the brand. */
  userCardSubject(brandId: string, openid: string): string;
  /** The same subject under every key of the ring; a write invalidates all of them. */
  userCardSubjects(brandId: string, openid: string): SubjectAliases;
  /** Invalidated by a write to any activity of the brand. */
  activitySubject(brandId: string): string;
  /** Names one object. Nothing is cached under it; it orders the retries of writes to the object, and names notes about it. */
  aliasesOf(
    kind: 'card' | 'template' | 'activity' | 'import',
    brandId: string,
    ids: readonly string[],
  ): SubjectAliases;
  /** Orders the retries of writes to one card's balance; nothing is cached. Under every key, because only writes use it. */
  pointsSubjects(brandId: string, card: UserCardKeyOfBrand): SubjectAliases;
}

type UserCardKeyOfBrand = Omit<UserCardKey, 'brandId'>;

interface PageFilter {
  readonly state?: string | undefined;
  readonly offset: number;
}

type Hash = (parts: readonly (string | number | undefined)[]) => string;

const keyedHash = (key: KeyObject): Hash => {
  // crypto.hash takes no KeyObject.
  const secret = key.export().toString('base64');
  // A truncated SHA-256 over a fixed-length secret needs no guard against extension. It takes a third of an HMAC's time, which
  // every read would spend twice. JSON keeps ("a","bc") and ("ab","c") apart.
  return (parts) => digest('sha256', secret + JSON.stringify(parts), 'base64url').slice(0, 22);
};

/** `ring`: must hold the same keys on every instance that shares a store. */
export const createCacheKeys = (ring: KeyRing): CacheKeys => {
  const hashes = ring.deriveAs('cache names', keyedHash);
  const hash: Hash = (parts) => hashes.current().key(parts);
  const underEach = (name: (hash: Hash) => string): SubjectAliases => {
    const [first, ...others] = hashes.all();
    return [name(first.key), ...others.map(({ key }) => name(key))];
  };
  const userCardSubject = (brandId: string, openid: string, hashed = hash): string =>
    `${brandId}/user/${hashed([openid])}`;
  return {
    cardTemplate: (route, brandId, cardId) => `${route}/${brandId}/card-template/${hash([cardId])}`,
    cardTemplatePage: (route, brandId, { state, offset }) =>
      `${route}/${brandId}/card-templates/${hash([state, offset])}`,
    userCard: (route, brandId, { cardId, openid, userCardCode }) =>
      `${route}/${brandId}/user-card/${hash([cardId, openid, userCardCode])}`,
    userCardPage: (route, brandId, { openid, state, offset }) =>
      `${route}/${brandId}/user-cards/${hash([openid, state, offset])}`,
    templateSubject: (brandId) => `${brandId}/card-templates`,
    userCardSubject: (brandId, openid) => userCardSubject(brandId, openid),
    userCardSubjects: (brandId, openid) => underEach((hashed) => userCardSubject(brandId, openid, hashed)),
    membershipActivity: (route, brandId, activityId) => `${route}/${brandId}/activity/${hash([activityId])}`,
    membershipActivityPage: (route, brandId, { cardId, state, offset }) =>
      `${route}/${brandId}/activities/${hash([cardId, state, offset])}`,
    activitySubject: (brandId) => `${brandId}/activities`,
    aliasesOf: (kind, brandId, ids) => underEach((hashed) => `${brandId}/${kind}/${hashed(ids)}`),
    pointsSubjects: (brandId, { cardId, openid, userCardCode }) =>
      underEach((hashed) => `${brandId}/points/${hashed([cardId, openid, userCardCode])}`),
  };
};
