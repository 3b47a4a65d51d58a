import { defined } from './defined';
import type { Texts } from './language';
import type { Sentence } from './sentence';

/**
 * The closed family of errors. `code` tells the reader what to do. `message` is for the log and never leaves the process;
 * clients get `publicText[code]`. Neither holds personal data, URLs or headers.
 */
export const publicText = {
  BAD_USER_INPUT: ['The input breaks a rule.', '输入不符合规则。'],
  BAD_REQUEST: ['The request is not a GraphQL request.', '该请求不是有效的 GraphQL 请求。'],
  GRAPHQL_PARSE_FAILED: ['The document is not valid GraphQL.', '文档不是有效的 GraphQL。'],
  GRAPHQL_VALIDATION_FAILED: ['The document does not fit the schema.', '文档与 schema 不符。'],
  OPERATION_RESOLUTION_FAILURE: [
    'The request does not say which operation of the document to run.',
    '请求未指明要执行文档中的哪个操作。',
  ],
  GRAPHQL_STREAM_REQUIRED: [
    'A subscription needs a stream: send it to /graphql or /graphql/stream with "Accept: text/event-stream", or over a WebSocket to /graphql with the protocol graphql-transport-ws.',
    '订阅需要使用流：请携带 "Accept: text/event-stream" 发送到 /graphql 或 /graphql/stream，或通过 WebSocket 以 graphql-transport-ws 协议连接 /graphql。',
  ],
  UNAUTHENTICATED: ['Valid credentials are needed.', '需要有效的身份凭证。'],
  FORBIDDEN: ['Not permitted.', '没有权限。'],
  RATE_LIMITED: [
    'Too many requests of this caller; try again after the time in Retry-After or retryAfterMs.',
    '请求过多，请在 Retry-After 或 retryAfterMs 所示的时间之后重试。',
  ],
  TOO_MANY_STREAMS: [
    'There are too many open subscriptions; close one or try again later.',
    '订阅连接过多，请关闭部分连接或稍后重试。',
  ],
  NOT_FOUND: ['There is no such object.', '对象不存在。'],
  QUERY_TOO_EXPENSIVE: [
    'The operation could need too many upstream calls.',
    '该操作可能需要的上游调用过多。',
  ],
  UPSTREAM_RATE_LIMITED: [
    "The brand's call budget is used up; try again after retryAfterMs.",
    '品牌的调用额度已用尽，请在 retryAfterMs 之后重试。',
  ],
  UPSTREAM_BUSY: [
    'Too many calls of the brand to WeChat Pay are under way; try again after retryAfterMs.',
    '该品牌正在进行的微信支付调用过多，请在 retryAfterMs 之后重试。',
  ],
  UPSTREAM_UNAVAILABLE: ['WeChat Pay could not be reached in time.', '暂时无法连接微信支付。'],
  UPSTREAM_REJECTED: ['WeChat Pay refused the request.', '微信支付拒绝了该请求。'],
  UPSTREAM_FORBIDDEN: ['WeChat Pay does not permit this.', '微信支付未授权该操作。'],
  UPSTREAM_SIGNATURE_INVALID: [
    'The response had no valid WeChat Pay signature and was discarded.',
    '应答没有微信支付的有效签名，已丢弃。',
  ],
  UPSTREAM_MALFORMED: ["WeChat Pay's response could not be read.", '无法解析微信支付的应答。'],
  OUTCOME_UNKNOWN: [
    'The request was sent but its outcome is unknown; read the object before trying again.',
    '请求已发送，但结果未知，重试前请先查询。',
  ],
  AUDIT_UNAVAILABLE: [
    'Not done: the audit log cannot be written at the moment. Try again later.',
    '操作未执行：审计日志暂时无法写入，请稍后重试。',
  ],
  DATABASE_UNAVAILABLE: [
    "The server's database cannot be used at the moment. Try again later.",
    '服务器的数据库暂时无法使用，请稍后重试。',
  ],
  SIGNER_UNAVAILABLE: [
    "The process that holds the server's private key cannot be used at the moment. Try again later.",
    '保管服务器私钥的签名服务暂时无法使用，请稍后重试。',
  ],
  DONE_UNREADABLE: [
    'WeChat Pay has done this, but its response could not be read. Do not send it again; read the object by the keys in known.',
    '微信支付已完成该操作，但无法解析其应答。请勿再次提交，请按 known 中的标识查询该对象。',
  ],
  DECRYPTION_KEY_MISSING: [
    'The value is encrypted for a private key that the server does not have.',
    '该值对应的私钥不在服务器上，无法解密。',
  ],
  MISCONFIGURED: ['The server is not configured for this.', '服务器未配置该功能。'],
  INTERNAL_SERVER_ERROR: ['Internal error.', '内部错误。'],
} as const satisfies Record<string, Texts>;

export type ErrorCode = keyof typeof publicText;

/** Facts of the upstream's response. Nothing in them can reveal a value of the request. */
export interface UpstreamFacts {
  /** HTTP status. */
  readonly status: number;
  /** WeChat Pay's own code, e.g. INVALID_REQUEST. */
  readonly wechatCode?: string;
  /** WeChat Pay's own words, with what they say of `field`. */
  readonly sentence?: Sentence;
  /** What the refusal is about: a JSON Pointer into the body, or the name of a parameter, in WeChat Pay's names. */
  readonly field?: string;
  /** Where `field` is: body, url, query or authorization. */
  readonly location?: string;
  /** Further facts that WeChat Pay gave, as redacted JSON; for the log. */
  readonly detail?: string;
  readonly requestId?: string;
  /** False if the response was unsigned; it then proves nothing. */
  readonly verified: boolean;
}

export interface ErrorFacts {
  readonly cause?: unknown;
  /** When a retry makes sense, ms from now. */
  readonly retryAfterMs?: number;
  readonly upstream?: UpstreamFacts;
  /** Upstream calls the operation could make. */
  readonly plannedCalls?: number;
  /** Route of a write whose outcome is unknown; for log and audit log. */
  readonly route?: 'brand' | 'partner';
  /** False: certainly not processed by the upstream. True: may have been processed. Default: false. */
  readonly sent?: boolean;
  /**
   * Keys of the object that a write created or changed, under our names. Only for that write's caller, because they may include
   * an openid.
   */
  readonly known?: Readonly<Record<string, string>>;
  /** A more specific public message than the code's: [English, Chinese]. Never repeats input. */
  readonly publicMessage?: Texts;
  /** Which settings to look at: [English, Chinese]. For the log and for administrators. */
  readonly hint?: Texts;
  /** Whether a retry can help. Default: at any host. `other-host`: the same host would respond the same. */
  readonly repeat?: 'other-host' | 'never';
  /** Refused by this server: the caller used the request number for other content. Default: false. */
  readonly usedNumber?: boolean;
}

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly retryAfterMs: number | undefined;
  readonly plannedCalls: number | undefined;
  readonly upstream: UpstreamFacts | undefined;
  readonly sent: boolean;
  readonly route: ErrorFacts['route'];
  readonly known: Readonly<Record<string, string>> | undefined;
  readonly publicMessage: Texts;
  readonly hint: Texts | undefined;
  readonly repeat: ErrorFacts['repeat'];
  readonly usedNumber: boolean;
  readonly #facts: ErrorFacts;

  constructor(
    readonly code: ErrorCode,
    message: string,
    facts: ErrorFacts = {},
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.retryAfterMs = facts.retryAfterMs;
    this.plannedCalls = facts.plannedCalls;
    this.upstream = facts.upstream;
    this.sent = facts.sent ?? false;
    this.route = facts.route;
    this.known = facts.known;
    this.publicMessage = facts.publicMessage ?? publicText[code];
    this.hint = facts.hint;
    this.repeat = facts.repeat;
    this.usedNumber = facts.usedNumber ?? false;
    this.#facts = facts;
  }

  /** The same error with further facts. */
  with(facts: ErrorFacts): AppError {
    return new AppError(this.code, this.message, { ...this.#facts, ...defined(facts) });
  }
}

/** An error that is not an AppError has no code: it is a fault of this server. */
export const codeOf = (error: unknown): ErrorCode =>
  error instanceof AppError ? error.code : 'INTERNAL_SERVER_ERROR';

/** Whether WeChat Pay says, under its signature, that there is no such object. */
export const provesAbsence = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'NOT_FOUND' && error.upstream?.verified === true;
