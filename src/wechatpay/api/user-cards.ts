import type { CachePart, Reply, Scope } from '../../traffic/calls/call';
import { orAbsent, read, readItems, readParts, readUserCard, type ReadPage, type ReadResult } from './reads';
import type { InterfaceName } from './interfaces';
import type { CacheKeys } from './cache-keys';
import type { CardNotes } from './card-notes';
import type { ObserveCard } from './card-sightings';
import { isRecord } from '../../shared/is-record';
import type { CallInterface } from './call-interface';
import type { UserCardRecord } from '../records/records';
import { phoneImport, type PhoneImport } from './phone-import';
import { pageSize, type ReadScope, type UserCardPageKey, type UserCardKey } from './refs';
import type { UpstreamArguments } from './request';
import { showsSent } from './sent-values';
import type { Route } from '../settings';
import { outcomeOfWrite, type Write } from './write-outcome';
import { provesAbsence } from '../../shared/errors';
import { defined } from '../../shared/defined';

/** The cards of a brand's members. */
export interface UserCards {
  userCard(ref: UserCardKey, scope: ReadScope): Promise<ReadResult<UserCardRecord> | undefined>;
  userCards(ref: UserCardPageKey, scope: ReadScope): Promise<ReadPage<UserCardRecord>>;
  importUserCardByPhone(args: UpstreamArguments, scope: Scope): Promise<PhoneImport>;
  importUserCardByOpenid(args: UpstreamArguments, scope: Scope): Promise<ReadResult<UserCardRecord>>;
  updateUserCard(args: UpstreamArguments, scope: Scope): Promise<ReadResult<UserCardRecord>>;
  /** Confirms or refuses a card that a user opened; until then it is UNACTIVATED. */
  confirmUserCard(args: UpstreamArguments, scope: Scope): Promise<ReadResult<UserCardRecord>>;
  /** Permanent. */
  invalidateUserCard(args: UpstreamArguments, scope: Scope): Promise<ReadResult<UserCardRecord>>;
}

export interface UserCardsDeps {
  readonly callInterface: CallInterface;
  readonly cacheKeys: CacheKeys;
  readonly notes: CardNotes;
  readonly observeCard: ObserveCard;
}

export const createUserCards = ({
  callInterface,
  cacheKeys,
  notes,
  observeCard,
}: UserCardsDeps): UserCards => {
  const part = (route: Route, data: unknown): CachePart => {
    const record = readUserCard(data);
    return {
      kind: 'userCard',
      key: cacheKeys.userCard(route, record.brandId, record),
      subjects: cacheKeys.userCardSubjects(record.brandId, record.openid),
      data,
    };
  };

  const userCard: UserCards['userCard'] = async (ref, { maxAgeMs, ...scope }) => {
    const { brandId, cardId, openid, userCardCode } = ref;
    const args = { brand_id: brandId, card_id: cardId, openid, user_card_code: userCardCode };
    const reply = callInterface('GET_USER_CARD', args, scope, (route) => ({
      cache: {
        kind: 'userCard',
        key: cacheKeys.userCard(route, brandId, ref),
        subject: cacheKeys.userCardSubject(brandId, openid),
        ...defined({ maxAgeMs }),
      },
    }));
    return orAbsent(reply.then((answer) => read(answer, readUserCard)));
  };

  /** The user's openid. For an import by phone number, only the response reveals it. */
  const openidOf = (args: UpstreamArguments, answered: unknown): string | undefined => {
    const openid = args.openid ?? (isRecord(answered) ? answered.openid : undefined);
    return typeof openid === 'string' ? openid : undefined;
  };

  const keyOf = (args: UpstreamArguments): Omit<UserCardKey, 'openid'> => ({
    brandId: String(args.brand_id),
    cardId: String(args.card_id),
    userCardCode: String(args.user_card_code),
  });

  const send = (name: InterfaceName, args: UpstreamArguments, scope: Scope): Promise<Reply> => {
    const { brandId, cardId, userCardCode } = keyOf(args);
    return callInterface(name, args, scope, (route) => ({
      writes: {
        subjects(answered) {
          const openid = openidOf(args, answered);
          return openid === undefined ? [] : cacheKeys.userCardSubjects(brandId, openid);
        },
        object: () => cacheKeys.aliasesOf('card', brandId, [cardId, userCardCode]),
        parts: (data) => [part(route, data)],
      },
    }));
  };

  const write = (
    name: InterfaceName,
    args: UpstreamArguments,
    scope: Scope,
    tells: Partial<Omit<Write<ReadResult<UserCardRecord>>, 'send' | 'read'>>,
  ): Promise<ReadResult<UserCardRecord>> => {
    const { brandId, cardId, userCardCode } = keyOf(args);
    return outcomeOfWrite({
      send: () => send(name, args, scope),
      read: (reply) => read(reply, readUserCard),
      async find(answered) {
        const openid = openidOf(args, answered);
        if (openid === undefined) return undefined;
        return userCard({ brandId, cardId, openid, userCardCode }, { ...scope, maxAgeMs: 0 });
      },
      ...tells,
    });
  };

  /** If the response was lost, no result of a call has the phone number beside the card. */
  const observeImport = (args: UpstreamArguments, openid: string | undefined): void => {
    const { phone_number: phoneNumber } = args;
    if (typeof phoneNumber === 'string') observeCard({ ...keyOf(args), phoneNumber, ...defined({ openid }) });
  };

  const isIn =
    (...states: readonly string[]) =>
    ({ record }: ReadResult<UserCardRecord>): boolean =>
      states.includes(record.userCardState);

  return {
    userCard,

    async userCards({ brandId, openid, state, offset }, { maxAgeMs, ...scope }) {
      const args = { brand_id: brandId, openid, user_card_state: state, offset, limit: pageSize };
      const reply = await callInterface('LIST_USER_CARDS', args, scope, (route) => ({
        cache: {
          kind: 'userCardList',
          key: cacheKeys.userCardPage(route, brandId, { openid, state, offset }),
          subject: cacheKeys.userCardSubject(brandId, openid),
          parts: (data) => readParts(data, (element) => [part(route, element)]),
          ...defined({ maxAgeMs }),
        },
      }));
      return readItems(reply, readUserCard);
    },

    async importUserCardByPhone(args, scope) {
      const imported = await outcomeOfWrite(
        phoneImport(args, {
          send: () => send('IMPORT_USER_CARD_BY_PHONE', args, scope),
          read: (reply) => read(reply, readUserCard),
          openidIn: (answered) => openidOf(args, answered),
          readCard: (card) => userCard(card, { ...scope, maxAgeMs: 0 }),
          notes,
        }),
      );
      observeImport(args, imported.card?.record.openid);
      return imported;
    },

    // The import refuses an existing code (import document), so the user's card with the code is the imported one.
    async importUserCardByOpenid(args, scope) {
      const imported = await write('IMPORT_USER_CARD_BY_OPENID', args, scope, { shows: isIn('EFFECTIVE') });
      observeImport(args, imported.record.openid);
      return imported;
    },

    updateUserCard: (args, scope) =>
      write('UPDATE_USER_CARD', args, scope, { shows: ({ record }) => showsSent(record, args) }),

    confirmUserCard(args, scope) {
      const state = args.user_card_confirm_state === 'CREATE_CARD_FAIL' ? 'INVALID' : 'EFFECTIVE';
      return write('CONFIRM_USER_CARD', args, scope, {
        // No card waits. If the card is in the state that is set here, it was confirmed before, perhaps by a lost attempt of
        // ours.
        mayBeEcho: provesAbsence,
        shows: (found, { code }) =>
          isIn(state)(found) && (code === 'OUTCOME_UNKNOWN' || showsSent(found.record, args)),
      });
    },

    invalidateUserCard: (args, scope) =>
      write('INVALIDATE_USER_CARD', args, scope, { shows: isIn('INVALID') }),
  };
};
