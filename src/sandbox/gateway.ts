import type { Answer } from './exchange';
import { Failure } from './failure';
import type { Fault } from './faults';

/** Converts a documented error to a response; rethrows everything else. */
export const failureAnswer = (error: unknown, signed: boolean): Answer => {
  if (!(error instanceof Failure)) throw error;
  return { status: error.status, body: JSON.stringify({ code: error.code, message: error.message }), signed };
};

export const rateLimited: Answer = {
  status: 429,
  body: JSON.stringify({ code: 'RATELIMIT_EXCEEDED', message: '接口请求频率达到限制' }),
  signed: false,
};

/** The response, or the missing response, that a fault puts in place of the real one. */
export const gatewayAnswer = (
  faults: readonly Fault[],
  when: 'before' | 'after',
): Answer | 'reset' | 'blackHole' | undefined => {
  for (const fault of faults) {
    if ((fault.when ?? 'before') !== when) continue;
    if (fault.kind === 'reset' || fault.kind === 'blackHole') return fault.kind;
    if (fault.kind === 'rateLimited') return rateLimited;
    if (fault.kind === 'systemError')
      return {
        status: 500,
        body: JSON.stringify({ code: 'SYSTEM_ERROR', message: '系统异常,请稍后重试' }),
        signed: true,
      };
    if (fault.kind === 'badGateway')
      return { status: 502, body: '<html>502 Bad Gateway</html>', signed: false };
  }
  return undefined;
};

export const codeOf = ({ body }: Answer): string => /"code":"([A-Z_]+)"/.exec(body.slice(0, 100))?.[1] ?? '';
