import { AppError } from '../../shared/errors';
import type { Call, Reply } from '../../traffic/calls/call';
import type { UpstreamRequest } from '../../traffic/calls/upstream-request';
import { jsonOf, type HttpResponse } from './http-request';

/** The data of the verified response to this very request. */
export const dataOf = (
  answer: HttpResponse,
  { correspond }: UpstreamRequest,
  { idempotency }: Call,
): Pick<Reply, 'data' | 'otherBrandId'> => {
  const data = idempotency === 'read' ? jsonOf(answer) : legible(answer);
  const found = correspond?.(data) ?? { data };
  if ('differs' in found) throw otherAnswer(answer, `its ${found.differs} differs from the requested one`);
  return found;
};

/** WeChat Pay's signature proves that a write is done, even if its response cannot be read. */
const legible = (answer: HttpResponse): unknown => {
  try {
    return jsonOf(answer);
  } catch {
    return undefined;
  }
};

/**
 * The error for a response that belongs to another request. Closes the connection, because every later response on it would
 * be off by one. Carries no upstream facts, since the upstream has not answered this request.
 */
export const otherAnswer = (answer: HttpResponse, reason: string): AppError => {
  answer.drop();
  return new AppError('UPSTREAM_MALFORMED', `response discarded: ${reason}`, {
    sent: true,
    publicMessage: [
      "WeChat Pay's answer did not belong to the request and was discarded.",
      '微信支付的应答与请求不符，已丢弃。',
    ],
  });
};
