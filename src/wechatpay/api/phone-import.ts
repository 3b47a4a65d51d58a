import { AppError } from '../../shared/errors';
import type { Reply } from '../../traffic/calls/call';
import type { UserCardRecord } from '../records/records';
import type { CardNotes } from './card-notes';
import type { ReadResult } from './reads';
import type { UserCardKey } from './refs';
import type { UpstreamArguments } from './request';
import type { Write } from './write-outcome';

/**
 * An import by phone that was done. `card` is absent if only the lost response had the openid and the card has not been seen
 * since.
 */
export interface PhoneImport {
  readonly card?: ReadResult<UserCardRecord>;
}

export interface PhoneImportDeps {
  readonly send: () => Promise<Reply>;
  readonly read: (reply: Reply) => ReadResult<UserCardRecord>;
  /** The openid in a response that cannot be read otherwise. */
  readonly openidIn: (answered: unknown) => string | undefined;
  readonly readCard: (card: UserCardKey) => Promise<ReadResult<UserCardRecord> | undefined>;
  readonly notes: CardNotes;
}

/**
 * An import by phone and how to find its outcome. WeChat Pay refuses an existing phone number or code. So if an earlier attempt
 * with the same two had no response, the refusal means that the import was done. That attempt may also have been lost on its
 * way, and the card may have existed before. No interface distinguishes the two cases.
 */
export const phoneImport = (
  args: UpstreamArguments,
  { send, read, openidIn, readCard, notes }: PhoneImportDeps,
): Write<PhoneImport> => {
  const [brandId, cardId, userCardCode] = [args.brand_id, args.card_id, args.user_card_code].map(String) as [
    string,
    string,
    string,
  ];
  return {
    async send() {
      try {
        return await send();
      } catch (error) {
        if (isOutcomeUnknown(error)) await notes.markUnanswered(args);
        throw error;
      }
    },
    read: (reply) => ({ card: read(reply) }),
    async find(answered) {
      const told = openidIn(answered);
      if (answered !== undefined && told === undefined) await notes.markUnanswered(args);
      const openid = told ?? (await notes.openidOf({ brandId, cardId, userCardCode }));
      const card =
        openid === undefined
          ? undefined
          : await readCard({ brandId, cardId, openid, userCardCode }).catch(() => undefined);
      if (card !== undefined) return { card };
      // If a response came without an openid, DONE_UNREADABLE says more.
      return answered === undefined ? {} : undefined;
    },
    mayBeEcho: async (error) => saysExisting(error) && (await notes.isUnanswered(args)),
    shows: ({ card }, error) => saysExisting(error) || card?.record.userCardState === 'EFFECTIVE',
    unknownText: [
      'The import was sent, but its outcome is unknown. Send it again with the same phoneNumber and userCardCode: nothing is imported twice. If WeChat Pay then says that the card exists, the payload has the outcome IMPORTED_OPENID_UNKNOWN. To get the openid, let the member open your mini program.',
      '导入请求已发送，但结果未知。请以相同的 phoneNumber 和 userCardCode 再次提交，不会重复导入；若微信支付提示会员卡已存在，则返回 outcome 为 IMPORTED_OPENID_UNKNOWN。用户的 openid 可在其打开小程序时获取。',
    ],
    unreadableText: [
      'WeChat Pay has imported the card, but its response could not be read. Do not import it again. If known has no openid, get it in your mini program: no other response of WeChat Pay contains it.',
      '微信支付已导入该会员卡，但无法解析其应答。请勿再次导入。如 known 中没有 openid，请在小程序中获取：微信支付不会在其他应答中返回 openid。',
    ],
  };
};

const isOutcomeUnknown = (error: unknown): error is AppError =>
  error instanceof AppError && error.code === 'OUTCOME_UNKNOWN';

/** 该手机号或会员卡code已存在 and 该手机号已被导入过, in WeChat Pay's signed refusal (import document). */
const saysExisting = ({ upstream }: AppError): boolean =>
  upstream?.verified === true &&
  upstream.sentence?.matches(/该手机号或会员卡code已存在|该手机号已被导入过/) === true;
