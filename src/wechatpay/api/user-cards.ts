import type { CachePart, Scope } from '../../traffic/calls/call';
import { orAbsent, read, readItems, readParts, readUserCard, type ReadPage, type ReadResult } from './reads';
import type { InterfaceName } from './interfaces';
import type { CacheKeys } from './cache-keys';
import { isRecord } from '../../shared/is-record';
import type { CallInterface } from './call-interface';
import type { UserCardRecord } from '../records/records';
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
  importUserCardByPhone(args: UpstreamArguments, scope: Scope): Promise<ReadResult<UserCardRecord>>;
  importUserCardByOpenid(args: UpstreamArguments, scope: Scope): Promise<ReadResult<UserCardRecord>>;
  updateUserCard(args: UpstreamArguments, scope: Scope): Promise<ReadResult<UserCardRecord>>;
  /** Confirms or refuses a card that a user opened; until then it is UNACTIVATED. */
  confirmUserCard(args: UpstreamArguments, scope: Scope): Promise<ReadResult<UserCardRecord>>;
  /** Permanent. */
  invalidateUserCard(args: UpstreamArguments, scope: Scope): Promise<ReadResult<UserCardRecord>>;
}

export const createUserCards = (callInterface: CallInterface, cacheKeys: CacheKeys): UserCards => {
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

  const write = (
    name: InterfaceName,
    args: UpstreamArguments,
    scope: Scope,
    tells: Partial<Omit<Write<ReadResult<UserCardRecord>>, 'send' | 'read'>>,
  ): Promise<ReadResult<UserCardRecord>> => {
    const [brandId, cardId, userCardCode] = [args.brand_id, args.card_id, args.user_card_code].map(
      String,
    ) as [string, string, string];
    return outcomeOfWrite({
      send: () =>
        callInterface(name, args, scope, (route) => ({
          writes: {
            subjects(answered) {
              const openid = openidOf(args, answered);
              return openid === undefined ? [] : cacheKeys.userCardSubjects(brandId, openid);
            },
            object: () => cacheKeys.aliasesOf('card', brandId, [cardId, userCardCode]),
            parts: (data) => [part(route, data)],
          },
        })),
      read: (reply) => read(reply, readUserCard),
      async find(answered) {
        const openid = openidOf(args, answered);
        if (openid === undefined) return undefined;
        return userCard({ brandId, cardId, openid, userCardCode }, { ...scope, maxAgeMs: 0 });
      },
      ...tells,
    });
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

    // A card can be read by openid only, and no other interface returns the openid.
    importUserCardByPhone: (args, scope) => write('IMPORT_USER_CARD_BY_PHONE', args, scope, phoneImportTexts),

    // The import refuses an existing code (import document), so the user's card with the code is the imported one.
    importUserCardByOpenid: (args, scope) =>
      write('IMPORT_USER_CARD_BY_OPENID', args, scope, { shows: isIn('EFFECTIVE') }),

    updateUserCard: (args, scope) =>
      write('UPDATE_USER_CARD', args, scope, { shows: ({ record }) => showsSent(record, args) }),

    confirmUserCard(args, scope) {
      const state = args.user_card_confirm_state === 'CREATE_CARD_FAIL' ? 'INVALID' : 'EFFECTIVE';
      return write('CONFIRM_USER_CARD', args, scope, {
        // No card waits. If the card is in the state confirmed here, it was confirmed before, perhaps by a lost attempt of ours.
        mayBeEcho: provesAbsence,
        shows: (found, { code }) =>
          isIn(state)(found) && (code === 'OUTCOME_UNKNOWN' || showsSent(found.record, args)),
      });
    },

    invalidateUserCard: (args, scope) =>
      write('INVALIDATE_USER_CARD', args, scope, { shows: isIn('INVALID') }),
  };
};

const phoneImportTexts = {
  unknownText: [
    'The import was sent, but its outcome is unknown. Sending it again with the same userCardCode imports nothing twice. If that is refused because the phone number or the code exists, get the openid in your mini program and read the card: no other response of WeChat Pay contains it.',
    '导入请求已发送，但结果未知。以相同的 userCardCode 再次提交不会重复导入；如因手机号或会员卡 code 已存在而被拒绝，请在小程序中获取用户的 openid 后查询该会员卡：微信支付不会在其他应答中返回 openid。',
  ],
  unreadableText: [
    'WeChat Pay has imported the card, but its response could not be read. Do not import it again. If known has no openid, get it in your mini program: no other response of WeChat Pay contains it.',
    '微信支付已导入该会员卡，但无法解析其应答。请勿再次导入。如 known 中没有 openid，请在小程序中获取：微信支付不会在其他应答中返回 openid。',
  ],
} as const;
