import type { CachePart, Scope } from '../traffic/call';
import { orAbsent, read, readItems, readPage, readUserCard, within, type Page, type Read } from './answers';
import type { InterfaceName } from './interfaces';
import type { Names } from './names';
import type { Perform } from './perform';
import type { UserCardRecord } from './records';
import { pageSize, type ReadScope, type UserCardPageRef, type UserCardRef } from './refs';
import type { UpstreamArguments } from './request';
import type { Route } from './settings';
import { orFound } from './unknown-outcome';

/** The cards of a brand's members. */
export interface UserCards {
  userCard(ref: UserCardRef, scope: ReadScope): Promise<Read<UserCardRecord> | undefined>;
  userCards(ref: UserCardPageRef, scope: ReadScope): Promise<Page<UserCardRecord>>;
  importUserCardByPhone(args: UpstreamArguments, scope: Scope): Promise<Read<UserCardRecord>>;
  importUserCardByOpenid(args: UpstreamArguments, scope: Scope): Promise<Read<UserCardRecord>>;
  updateUserCard(args: UpstreamArguments, scope: Scope): Promise<Read<UserCardRecord>>;
  /** Answers a user who opened a card: until then the card is UNACTIVATED. */
  confirmUserCard(args: UpstreamArguments, scope: Scope): Promise<Read<UserCardRecord>>;
  /** For good. */
  invalidateUserCard(args: UpstreamArguments, scope: Scope): Promise<Read<UserCardRecord>>;
}

export const createUserCards = (perform: Perform, names: Names): UserCards => {
  const part = (route: Route, data: unknown): CachePart => {
    const record = readUserCard(data);
    return {
      kind: 'userCard',
      key: names.userCard(route, record.brandId, record),
      subjects: names.aliasesOfCards(record.brandId, record.openid),
      data,
    };
  };

  const userCard: UserCards['userCard'] = async (ref, { maxAgeMs, ...scope }) => {
    const { brandId, cardId, openid, userCardCode } = ref;
    const args = { brand_id: brandId, card_id: cardId, openid, user_card_code: userCardCode };
    const reply = perform('GET_USER_CARD', args, scope, (route) => ({
      cache: {
        kind: 'userCard',
        key: names.userCard(route, brandId, ref),
        subject: names.cardsOf(brandId, openid),
        ...within(maxAgeMs),
      },
    }));
    return orAbsent(reply.then((answer) => read(answer, readUserCard)));
  };

  const write = async (
    name: InterfaceName,
    args: UpstreamArguments,
    scope: Scope,
  ): Promise<Read<UserCardRecord>> => {
    const reply = await perform(name, args, scope, (route) => ({
      writes: {
        // A phone number names nobody's openid: then the answer tells whose cards were outdated.
        subjects: () =>
          typeof args.openid === 'string' ? names.aliasesOfCards(String(args.brand_id), args.openid) : [],
        parts: (data) => [part(route, data)],
      },
    }));
    return read(reply, readUserCard);
  };

  /** The card as it is now, where it is in one of the states in which the write leaves it. */
  const findIn = async (
    states: readonly string[],
    args: UpstreamArguments,
    scope: Scope,
  ): Promise<Read<UserCardRecord> | undefined> => {
    const ref = {
      brandId: String(args.brand_id),
      cardId: String(args.card_id),
      openid: String(args.openid),
      userCardCode: String(args.user_card_code),
    };
    const found = await userCard(ref, { ...scope, maxAgeMs: 0 });
    return found !== undefined && states.includes(found.record.userCardState) ? found : undefined;
  };

  return {
    userCard,

    async userCards({ brandId, openid, state, offset }, { maxAgeMs, ...scope }) {
      const args = { brand_id: brandId, openid, user_card_state: state, offset, limit: pageSize };
      const reply = await perform('LIST_USER_CARDS', args, scope, (route) => ({
        cache: {
          kind: 'userCardList',
          key: names.userCardPage(route, brandId, { openid, state, offset }),
          subject: names.cardsOf(brandId, openid),
          parts: (data) => (readPage(data).data ?? []).map((element) => part(route, element)),
          ...within(maxAgeMs),
        },
      }));
      return readItems(reply, readUserCard);
    },

    importUserCardByPhone: (args, scope) => write('IMPORT_USER_CARD_BY_PHONE', args, scope),

    // The import refuses a code that exists (import document): the user's card under it is the imported one.
    importUserCardByOpenid: (args, scope) =>
      orFound(write('IMPORT_USER_CARD_BY_OPENID', args, scope), () => findIn(['EFFECTIVE'], args, scope)),

    updateUserCard: (args, scope) => write('UPDATE_USER_CARD', args, scope),

    confirmUserCard: (args, scope) =>
      orFound(write('CONFIRM_USER_CARD', args, scope), () =>
        findIn([args.user_card_confirm_state === 'CREATE_CARD_FAIL' ? 'INVALID' : 'EFFECTIVE'], args, scope),
      ),

    invalidateUserCard: (args, scope) =>
      orFound(write('INVALIDATE_USER_CARD', args, scope), () => findIn(['INVALID'], args, scope)),
  };
};
