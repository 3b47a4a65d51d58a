import { AppError, type ErrorCode, type UpstreamFacts } from '../../shared/errors';
import { defined } from '../../shared/defined';
import type { Texts } from '../../shared/language';
import type { Route } from '../settings';
import { evidenceIn } from './evidence';
import { hintFor } from './hints';

/** One row of the table; the first row whose conditions all hold applies. */
interface Row {
  readonly status?: number;
  readonly code?: RegExp;
  /** In lower case, without spaces. */
  readonly message?: RegExp;
  readonly means: ErrorCode;
}

/**
 * Error codes by status, code and message (status table partner 4012081727, brand 4015407526). The codes for 429 were
 * collected from all of WeChat Pay's documents, some of which use them with status 403 or 500.
 */
const rows: readonly Row[] = [
  { status: 429, means: 'UPSTREAM_RATE_LIMITED' },
  { code: /^(FREQ|RATE_?LIMIT)/, means: 'UPSTREAM_RATE_LIMITED' },
  // "Accepted, not processed: repeat with the original parameters".
  { status: 202, means: 'UPSTREAM_UNAVAILABLE' },
  { status: 404, code: /^(NOT_FOUND|RESOURCE_NOT_EXISTS)$/, means: 'NOT_FOUND' },
  { status: 401, code: /./, means: 'MISCONFIGURED' },
  { status: 403, code: /./, means: 'UPSTREAM_FORBIDDEN' },
  // Our key or its id is wrong, not the caller's input (partner 4013059161, 4016913182).
  { status: 400, message: /wechatpay-serial|平台私钥解密失败/, means: 'MISCONFIGURED' },
  { status: 400, code: /./, means: 'UPSTREAM_REJECTED' },
];

/**
 * 5xx: may have been processed. A known code with another status: refused. No code: something in front of WeChat Pay
 * answered, which proves nothing about the request.
 */
const fallbackRow = (status: number, code: string | undefined): ErrorCode => {
  if (status >= 500) return 'UPSTREAM_UNAVAILABLE';
  return code === undefined ? 'UPSTREAM_MALFORMED' : 'UPSTREAM_REJECTED';
};

export interface RefusedReply {
  /** The route whose credential was used. */
  readonly route: Route;
  readonly status: number;
  readonly body: string;
  readonly requestId: string | undefined;
  readonly verified: boolean;
  /** The Retry-After header; WeChat Pay documents none, but proxies add it. */
  readonly retryAfter: string | undefined;
  /** The values of the request, which the reply may quote. */
  readonly values: readonly string[];
}

/**
 * Converts a non-2xx response to an AppError that says what the response says, redacted. The body is parsed as far as possible,
 * and is not trusted.
 */
export const refusal = (reply: RefusedReply): AppError => {
  const { status, body, requestId, verified, retryAfter, values, route } = reply;
  const evidence = evidenceIn(body, values);
  const { wechatCode: code, sentence } = evidence;
  const row = rows.find(
    (candidate) =>
      (candidate.status === undefined || candidate.status === status) &&
      (candidate.code === undefined || candidate.code.test(code ?? '')) &&
      (candidate.message === undefined || sentence?.matches(candidate.message) === true),
  );
  const means = row?.means ?? fallbackRow(status, code);
  const upstream: UpstreamFacts = { status, verified, ...evidence, ...defined({ requestId }) };
  return new AppError(means, `the upstream answered ${status} ${code ?? 'without a code'}`, {
    upstream,
    sent: true,
    ...defined({
      retryAfterMs: readRetryAfter(retryAfter),
      hint: means === 'MISCONFIGURED' || status === 401 ? hintFor(sentence, route) : undefined,
      repeat: repeatOf(means, status),
      publicMessage: means === 'MISCONFIGURED' ? refusedCredential : undefined,
    }),
  });
};

const refusedCredential: Texts = [
  "WeChat Pay does not accept this server's credential or key. Its operator must correct the configuration; see errorId.",
  '微信支付未接受本服务的凭证或密钥，请联系运维人员检查配置（见 errorId）。',
];

/** A redirect is never followed: it would take a signed request elsewhere. A page that is not WeChat Pay's stays the same. */
const repeatOf = (means: ErrorCode, status: number): 'never' | 'other-host' | undefined => {
  if (status >= 300 && status < 400) return 'never';
  return means === 'UPSTREAM_MALFORMED' && !transientStatuses.has(status) ? 'other-host' : undefined;
};

/** Request timeout, too early: sent by proxies, may succeed at once. */
const transientStatuses: ReadonlySet<number> = new Set([408, 425]);

/** Whole seconds. The date form is ignored, because our clock and theirs may differ. */
const readRetryAfter = (value: string | undefined): number | undefined =>
  value !== undefined && /^[1-9]\d{0,4}$/.test(value) ? Number(value) * 1000 : undefined;
