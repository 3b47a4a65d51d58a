import { GraphQLEnumType, GraphQLSchema } from 'graphql';
import { errorTables } from '../../documents/error-tables';
import { userErrorCodes, type UserErrorCode } from '../inputs/user-error-code';
import { refusalOf } from './mutation-codes';
import { namedRefusal } from './upstream-user-errors';
import type { ErrorCode } from '../../shared/errors';

/** What happened, the HTTP status, and whether the same request can succeed later. */
type Entry = readonly [what: string, status: string, retry: string];

const ok = '200';
const later = 'Retry later.';
const never = 'Do not retry unchanged.';

/** Every top-level code of this server, with the HTTP statuses of the README. */
const own: Readonly<Record<ErrorCode, Entry>> = {
  BAD_USER_INPUT: ['A variable or an argument breaks a rule. 参数不符合规则。', '400, or 200', never],
  BAD_REQUEST: [
    'The request is not a GraphQL request. 不是有效的 GraphQL 请求。',
    '400; 405; 406; 413',
    never,
  ],
  GRAPHQL_PARSE_FAILED: ['The document is not valid GraphQL. 文档语法错误。', '400, or 200', never],
  GRAPHQL_VALIDATION_FAILED: [
    'The document does not fit the schema or a limit. 文档与 schema 或限制不符。',
    '400, or 200',
    never,
  ],
  OPERATION_RESOLUTION_FAILURE: [
    'The request does not say which operation to run. 未指明要执行的操作。',
    '400, or 200',
    never,
  ],
  GRAPHQL_STREAM_REQUIRED: ['A subscription needs a stream. 订阅需要使用流。', '406', never],
  UNAUTHENTICATED: [
    'Valid credentials are needed. 需要有效的身份凭证。',
    '401',
    'Retry with other credentials.',
  ],
  FORBIDDEN: ['The caller may not do this. 没有权限。', '200 at a field; 403; 421', never],
  RATE_LIMITED: [
    'Too many requests of this caller. 请求过多。',
    '429; 200 at a field',
    'Retry after retryAfterMs.',
  ],
  TOO_MANY_STREAMS: ['Too many open subscriptions. 订阅连接过多。', '429; 503 while draining', later],
  NOT_FOUND: ['There is no such object. 对象不存在。', '200 at a field; 404', never],
  QUERY_TOO_EXPENSIVE: [
    'The operation could need too many calls. 可能需要的上游调用过多。',
    '400, or 200',
    'Ask for less.',
  ],
  UPSTREAM_RATE_LIMITED: [
    "The brand's call budget is used up. 品牌的调用额度已用尽。",
    '200, or 429',
    'Retry after retryAfterMs.',
  ],
  UPSTREAM_BUSY: [
    'Too many calls of the brand are under way, so no connection was free. 该品牌正在进行的调用过多，没有空闲连接。',
    '200, or 503',
    'Retry after retryAfterMs.',
  ],
  UPSTREAM_UNAVAILABLE: ['WeChat Pay could not be reached in time. 暂时无法连接微信支付。', '200', later],
  UPSTREAM_REJECTED: [
    'WeChat Pay refused the request for a reason that no document names. 微信支付拒绝了该请求。',
    '200',
    never,
  ],
  UPSTREAM_FORBIDDEN: ['WeChat Pay does not permit this. 微信支付未授权该操作。', '200', never],
  UPSTREAM_SIGNATURE_INVALID: [
    'The response had no valid signature and was discarded. 应答验签失败，已丢弃。',
    '200',
    later,
  ],
  UPSTREAM_MALFORMED: ["WeChat Pay's response could not be read. 无法解析微信支付的应答。", '200', later],
  OUTCOME_UNKNOWN: [
    'A write was sent, and its outcome is unknown. 写操作已发送，结果未知。',
    '200',
    'Read the object before you retry.',
  ],
  AUDIT_UNAVAILABLE: [
    'Not done: the audit log cannot be written. 审计日志暂时无法写入，未执行。',
    '200',
    later,
  ],
  DATABASE_UNAVAILABLE: [
    "The server's database cannot be used at the moment. 服务器的数据库暂时无法使用。",
    '200, 503',
    later,
  ],
  SIGNER_UNAVAILABLE: [
    'Not done: the process that holds the private key cannot be used. 保管私钥的签名服务暂时无法使用，未执行。',
    '200, 503',
    later,
  ],
  DONE_UNREADABLE: [
    'WeChat Pay has done it; its response could not be read. 已完成，但无法解析应答。',
    '200',
    'Do not retry: read the object by the keys in known.',
  ],
  DECRYPTION_KEY_MISSING: [
    'The server lacks the private key of the value. 服务器没有解密所需的私钥。',
    '200 at a field',
    never,
  ],
  MISCONFIGURED: [
    'The server is not configured for this. 服务器未配置该功能。',
    '200',
    'Tell the operator of this server.',
  ],
  INTERNAL_SERVER_ERROR: ['A fault of this server; its log has errorId. 内部错误。', '200; 500; 503', later],
};

/** Codes of the persisted-query protocol. Apollo's clients handle them. */
const persistedQueries: Readonly<Record<string, Entry>> = {
  PERSISTED_QUERY_NOT_FOUND: [
    'No document of this hash is known. 未找到该文档。',
    ok,
    'Retry with the document.',
  ],
  PERSISTED_QUERY_NOT_SUPPORTED: [
    'Documents by hash are not supported. 不支持按哈希发送文档。',
    ok,
    'Retry with the document.',
  ],
};

/** Refusals of reads, which have no user errors: the same codes as in mutations. */
const refusedReads = (): Readonly<Record<string, Entry>> => {
  const reads = Object.entries(errorTables).filter(([name]) => /^(GET|LIST)_/.test(name));
  const codes = reads.flatMap(([, rows]) =>
    rows.flatMap((row) => namedRefusal(refusalOf(row), 'en')?.code ?? []),
  );
  const entryOf = (code: UserErrorCode): Entry => [userErrorCodes[code], ok, never];
  return Object.fromEntries(
    [...new Set(codes)].filter((code) => !(code in own)).map((code) => [code, entryOf(code)]),
  );
};

const errorCode = (): GraphQLEnumType =>
  new GraphQLEnumType({
    name: 'ErrorCode',
    description:
      'The values of extensions.code in the errors of a response. No field has this type; it is here so that programs and tools can list them. The HTTP status is that of /graphql; the README says when it is which. Values may be added. 顶层错误码。',
    values: Object.fromEntries(
      Object.entries({ ...own, ...persistedQueries, ...refusedReads() }).map(
        ([code, [what, status, retry]]) => [code, { description: `${what} HTTP ${status}. ${retry}` }],
      ),
    ),
  });

/** Adds the enum of top-level codes. */
export const withErrorCodes = (schema: GraphQLSchema): GraphQLSchema => {
  const { types, ...config } = schema.toConfig();
  return new GraphQLSchema({ ...config, types: [...types, errorCode()] });
};
