import { AppError, type ErrorCode, type UpstreamFacts } from '../../shared/errors';
import { defined } from '../../shared/defined';

/** One row of the table; the first row whose conditions all hold applies. */
interface Row {
  readonly status?: number;
  readonly code?: RegExp;
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
  { status: 400, message: /Wechatpay-Serial|平台私钥解密失败/, means: 'MISCONFIGURED' },
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
  readonly status: number;
  readonly body: string;
  readonly requestId: string | undefined;
  readonly verified: boolean;
  /** The Retry-After header; WeChat Pay documents none, but proxies add it. */
  readonly retryAfter: string | undefined;
}

/** Converts a non-2xx response to an AppError. The body is parsed as far as possible, and is not trusted. */
export const refusal = ({ status, body, requestId, verified, retryAfter }: RefusedReply): AppError => {
  const { code, message } = parse(body);
  const upstream: UpstreamFacts = {
    status,
    verified,
    ...defined({ wechatCode: code, wechatMessage: message, requestId }),
  };
  const row = rows.find(
    (candidate) =>
      (candidate.status === undefined || candidate.status === status) &&
      (candidate.code === undefined || candidate.code.test(code ?? '')) &&
      (candidate.message === undefined || candidate.message.test(message ?? '')),
  );
  const retryAfterMs = readRetryAfter(retryAfter);
  return new AppError(
    row?.means ?? fallbackRow(status, code),
    `the upstream answered ${status} ${code ?? 'without a code'}`,
    {
      upstream,
      sent: true,
      ...defined({ retryAfterMs }),
    },
  );
};

/** Codes are upper-case words; anything else is not passed on. */
const parse = (body: string): { readonly code?: string; readonly message?: string } => {
  try {
    const { code, message } = JSON.parse(body) as { code?: unknown; message?: unknown };
    return {
      ...(typeof code === 'string' && /^[A-Z][A-Z0-9_]{0,63}$/.test(code) ? { code } : {}),
      ...(typeof message === 'string' ? { message: message.slice(0, 512) } : {}),
    };
  } catch {
    return {};
  }
};

/** Whole seconds. The date form is ignored, because our clock and theirs may differ. */
const readRetryAfter = (value: string | undefined): number | undefined =>
  value !== undefined && /^[1-9]\d{0,4}$/.test(value) ? Number(value) * 1000 : undefined;
