import { AppError, type ErrorCode, type UpstreamFacts } from '../shared/errors';

/** One row: the first whose conditions hold decides. */
interface Row {
  readonly status?: number;
  readonly code?: RegExp;
  readonly means: ErrorCode;
}

/**
 * Status × code → what it means for us (status table partner 4012081727, brand 4015407526; the 429 codes are counted over
 * all of WeChat Pay's documents, where some come with status 403 or 500).
 */
const rows: readonly Row[] = [
  { status: 429, means: 'UPSTREAM_RATE_LIMITED' },
  { code: /^(FREQ|RATE_?LIMIT)/, means: 'UPSTREAM_RATE_LIMITED' },
  // "Accepted, not processed: repeat with the original parameters".
  { status: 202, means: 'UPSTREAM_UNAVAILABLE' },
  { status: 404, code: /^(NOT_FOUND|RESOURCE_NOT_EXISTS)$/, means: 'NOT_FOUND' },
  { status: 401, means: 'MISCONFIGURED' },
  { status: 403, means: 'UPSTREAM_FORBIDDEN' },
  { status: 400, means: 'UPSTREAM_REJECTED' },
];

export interface RefusedReply {
  readonly status: number;
  readonly body: string;
  readonly requestId: string | undefined;
  readonly verified: boolean;
  /** Value of the Retry-After header, seconds; WeChat Pay documents none, proxies add it. */
  readonly retryAfter: string | undefined;
}

/** A non-2xx answer as AppError. Its body is parsed as far as it goes and trusted as little. */
export const refusal = ({ status, body, requestId, verified, retryAfter }: RefusedReply): AppError => {
  const { code, message } = parse(body);
  const upstream: UpstreamFacts = {
    status,
    verified,
    ...(code === undefined ? {} : { wechatCode: code }),
    ...(message === undefined ? {} : { wechatMessage: message }),
    ...(requestId === undefined ? {} : { requestId }),
  };
  const row = rows.find(
    (candidate) =>
      (candidate.status === undefined || candidate.status === status) &&
      (candidate.code === undefined || candidate.code.test(code ?? '')),
  );
  const means = row?.means ?? (status >= 500 ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_REJECTED');
  const seconds = Number(retryAfter);
  return new AppError(means, `the upstream answered ${status} ${code ?? ''}`.trimEnd(), {
    upstream,
    sent: true,
    ...(retryAfter !== undefined && Number.isFinite(seconds) && seconds > 0
      ? { retryAfterMs: seconds * 1000 }
      : {}),
  });
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
