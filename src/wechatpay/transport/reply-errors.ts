import { AppError, type ErrorCode, type UpstreamFacts } from '../../shared/errors';
import { defined } from '../../shared/defined';

/** One row: the first whose conditions all hold decides. */
interface Row {
  readonly status?: number;
  readonly code?: RegExp;
  readonly message?: RegExp;
  readonly means: ErrorCode;
}

/**
 * Status × code × message → what it means for us (status table partner 4012081727, brand 4015407526; the 429 codes are
 * counted over all of WeChat Pay's documents, where some come with status 403 or 500).
 */
const rows: readonly Row[] = [
  { status: 429, means: 'UPSTREAM_RATE_LIMITED' },
  { code: /^(FREQ|RATE_?LIMIT)/, means: 'UPSTREAM_RATE_LIMITED' },
  // "Accepted, not processed: repeat with the original parameters".
  { status: 202, means: 'UPSTREAM_UNAVAILABLE' },
  { status: 404, code: /^(NOT_FOUND|RESOURCE_NOT_EXISTS)$/, means: 'NOT_FOUND' },
  { status: 401, code: /./, means: 'MISCONFIGURED' },
  { status: 403, code: /./, means: 'UPSTREAM_FORBIDDEN' },
  // Our key or its id, not the caller's input (partner 4013059161, 4016913182).
  { status: 400, message: /Wechatpay-Serial|平台私钥解密失败/, means: 'MISCONFIGURED' },
  { status: 400, code: /./, means: 'UPSTREAM_REJECTED' },
];

/**
 * 5xx: may have been processed. A known code with another status: refused. No code at all: something between us and
 * WeChat Pay answered, which proves nothing about the request.
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
  /** Value of the Retry-After header; WeChat Pay documents none, proxies add it. */
  readonly retryAfter: string | undefined;
}

/** A non-2xx answer as AppError. Its body is parsed as far as it goes and trusted as little. */
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

/** Codes are upper-case words; anything else in their place is not passed on. */
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

/** Whole seconds; the form with a date is left out, our clock and theirs may differ. */
const readRetryAfter = (value: string | undefined): number | undefined =>
  value !== undefined && /^[1-9]\d{0,4}$/.test(value) ? Number(value) * 1000 : undefined;
