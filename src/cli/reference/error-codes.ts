import { userErrorCodes, type UserErrorCode } from '../../graphql/inputs/user-error-code';
import type { ErrorCode } from '../../shared/errors';
import type { Texts } from '../../shared/language';

/** Sentences for members, in English and Chinese. They name no cause that a member cannot act on. */
const sentences = {
  busy: ['It is busy at the moment. Please try again shortly.', '当前访问人数较多，请稍后再试。'],
  later: ['This is not available at the moment. Please try again later.', '服务暂时不可用，请稍后再试。'],
  fault: ['Something went wrong. Please contact customer service.', '系统异常，请联系客服。'],
  signIn: ['Please sign in again.', '登录已失效，请重新登录。'],
  forbidden: ['You cannot open this.', '您无权查看该内容。'],
  absent: ['There is nothing here.', '未找到相关内容。'],
  input: ['Please check what you entered.', '请检查您填写的内容。'],
  unclear: [
    'The result is not known yet. Please look at your card again in a moment, and do not submit it again.',
    '结果确认中，请稍后查看会员卡，请勿重复提交。',
  ],
  done: ['Done. Please open the page again to see the result.', '操作已完成，请重新打开页面查看结果。'],
  notNow: [
    'This cannot be done at the moment. Please contact customer service.',
    '暂时无法办理，请联系客服。',
  ],
  member: ['You already are a member.', '您已是会员。'],
  waiting: ['Your card is being activated. Please look again in a moment.', '会员卡正在开通，请稍后查看。'],
  cardEnded: ['This card cannot be used any more.', '该会员卡已失效。'],
  notOffered: ['This card is not offered any more.', '该会员卡已停止领取。'],
  refused: ['Please change the text or the picture: it was refused.', '内容未通过审核，请修改后重试。'],
  notMember: ['You are not a member yet.', '您还不是会员。'],
  phone: ['Please use the phone number of your WeChat account.', '请使用已绑定微信的手机号。'],
  picture: [
    'Please choose another picture: PNG or JPEG, at most 1 MB.',
    '请更换图片：仅支持 PNG、JPEG 格式，且不超过 1 MB。',
  ],
} as const satisfies Readonly<Record<string, Texts>>;

type Sentence = keyof typeof sentences;

interface ErrorRow {
  /** HTTP status of a response of `/graphql` with the error. */
  readonly status: string;
  readonly retry: string;
  readonly show: Sentence;
}

/** Every code of the closed family. The README explains the statuses further. */
export const errorCodeTable: Readonly<Record<ErrorCode, ErrorRow>> = {
  BAD_REQUEST: { status: '400, 405, 406, 413', retry: 'no', show: 'fault' },
  GRAPHQL_PARSE_FAILED: { status: '400 or 200', retry: 'no', show: 'fault' },
  GRAPHQL_VALIDATION_FAILED: { status: '400 or 200', retry: 'no', show: 'fault' },
  OPERATION_RESOLUTION_FAILURE: { status: '400 or 200', retry: 'no', show: 'fault' },
  BAD_USER_INPUT: { status: '400 or 200', retry: 'no', show: 'input' },
  GRAPHQL_STREAM_REQUIRED: { status: '406', retry: 'no', show: 'fault' },
  UNAUTHENTICATED: { status: '401', retry: 'no, with a valid credential', show: 'signIn' },
  FORBIDDEN: { status: '200 at a field, 403, 421', retry: 'no', show: 'forbidden' },
  RATE_LIMITED: {
    status: '429, 200 at a field',
    retry: 'yes, after `Retry-After` or `retryAfterMs`',
    show: 'busy',
  },
  TOO_MANY_STREAMS: { status: '429, 503', retry: 'yes, after `Retry-After`', show: 'busy' },
  NOT_FOUND: { status: '200 at a field, 404', retry: 'no', show: 'absent' },
  QUERY_TOO_EXPENSIVE: { status: '400 or 200', retry: 'after `retryAfterMs` if present', show: 'busy' },
  UPSTREAM_RATE_LIMITED: { status: '200 or 429', retry: 'yes, after `retryAfterMs`', show: 'busy' },
  UPSTREAM_BUSY: { status: '200 or 503', retry: 'yes, after `retryAfterMs`', show: 'busy' },
  UPSTREAM_UNAVAILABLE: { status: '200', retry: 'yes', show: 'later' },
  UPSTREAM_REJECTED: { status: '200', retry: 'no', show: 'notNow' },
  UPSTREAM_FORBIDDEN: { status: '200', retry: 'no', show: 'notNow' },
  UPSTREAM_SIGNATURE_INVALID: { status: '200', retry: 'no', show: 'later' },
  UPSTREAM_MALFORMED: { status: '200', retry: 'once', show: 'later' },
  OUTCOME_UNKNOWN: { status: '200', retry: 'read the object first', show: 'unclear' },
  DONE_UNREADABLE: { status: '200', retry: 'no', show: 'done' },
  AUDIT_UNAVAILABLE: { status: '200', retry: 'yes, later', show: 'later' },
  DATABASE_UNAVAILABLE: { status: '200, 503', retry: 'yes, later', show: 'later' },
  SIGNER_UNAVAILABLE: { status: '200, 503', retry: 'yes, later', show: 'later' },
  DECRYPTION_KEY_MISSING: { status: '200 at a field', retry: 'no', show: 'fault' },
  MISCONFIGURED: { status: '200', retry: 'no', show: 'fault' },
  INTERNAL_SERVER_ERROR: { status: '200, 500, 503', retry: '503: after `Retry-After`', show: 'fault' },
};

/** Every code of a user error. Most are for staff or for programs: a member can act on few of them. */
const shownForUserError: Readonly<Record<UserErrorCode, Sentence>> = {
  INVALID: 'input',
  TOO_LONG: 'input',
  REQUIRED: 'input',
  NO_CHANGE: 'input',
  NOT_ALLOWED: 'input',
  DATE_TIME_MALFORMED: 'input',
  UNKNOWN_PARAMETER: 'fault',
  REQUEST_MALFORMED: 'fault',
  NOT_FOUND: 'absent',
  CONTENT_REJECTED: 'refused',
  PRODUCT_NOT_OPENED: 'notNow',
  FEATURE_NOT_OPEN: 'notNow',
  BRAND_APPID_NOT_BOUND: 'notNow',
  OPENID_NOT_OF_BRAND: 'fault',
  DUPLICATE_REQUEST_NO: 'unclear',
  TEMPLATE_NOT_OF_BRAND: 'fault',
  TEMPLATE_NOT_USABLE: 'notOffered',
  TEMPLATE_ENDED: 'notOffered',
  TEMPLATE_LIMIT_REACHED: 'notNow',
  PHONE_ALREADY_IMPORTED: 'member',
  PHONE_NOT_BOUND_TO_WECHAT: 'phone',
  CARD_ALREADY_EXISTS: 'notNow',
  CARD_ALREADY_EFFECTIVE: 'member',
  CARD_WAITS_FOR_CONFIRMATION: 'waiting',
  CARD_NOT_WAITING: 'unclear',
  CARD_DELETED_BY_USER: 'notNow',
  CARD_EXPIRED: 'cardEnded',
  CARD_NOT_EFFECTIVE: 'notNow',
  CARD_ENDED: 'cardEnded',
  CARD_CODE_ALLOCATED_BY_WECHAT: 'fault',
  NOT_A_MEMBER: 'notMember',
  FORM_FIELD_DUPLICATE: 'input',
  FORM_FIELD_UNKNOWN: 'fault',
  FORM_ANSWER_MALFORMED: 'input',
  FEED_TEMPLATE_NOT_PERMITTED: 'notNow',
  ACTIVITY_EXISTS: 'notNow',
  ACTIVITY_NOT_OF_BRAND: 'fault',
  IMAGE_EMPTY: 'picture',
  IMAGE_TOO_LARGE: 'picture',
  IMAGE_TYPE_NOT_SUPPORTED: 'picture',
  IMAGE_DAMAGED: 'picture',
  UPSTREAM_REJECTED: 'notNow',
};

const shown = (sentence: Sentence): string => sentences[sentence].join(' ');

/** Code, HTTP status, whether to retry, what to show the member. */
export const errorCodeRows = (): readonly (readonly string[])[] =>
  Object.entries(errorCodeTable).map(([code, { status, retry, show }]) => [
    `\`${code}\``,
    status,
    retry,
    shown(show),
  ]);

/** Code, what happened and what to do, what to show the member. */
export const userErrorCodeRows = (): readonly (readonly string[])[] =>
  Object.entries(shownForUserError).map(([code, sentence]) => [
    `\`${code}\``,
    userErrorCodes[code as UserErrorCode],
    shown(sentence),
  ]);
