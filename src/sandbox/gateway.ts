import type { Answer } from './exchange';
import { Failure, numberOf, refused, requestNumbers } from './failure';
import type { Fault } from './faults';
import { refusals } from './refusals';
import { refusalsOf } from './refusals-of';

/** Where an interface takes its arguments, in the documents' words. */
export type Location = 'body' | 'url' | 'query';

/** Converts a documented error to a response; rethrows everything else. */
export const failureAnswer = (
  error: unknown,
  { signed, location: usual = 'body' }: { readonly signed: boolean; readonly location?: Location },
): Answer => {
  if (!(error instanceof Failure)) throw error;
  const { status, code, message } = error;
  const { flaw } = error.more;
  const location = flaw?.location ?? usual;
  const detail = flaw && {
    field: location === 'body' ? pointerTo(flaw.path) : flaw.path,
    issue: flaw.issue,
    location,
  };
  return {
    status,
    body: JSON.stringify({ code, message, ...(detail && { detail }) }),
    number: numberOf(error),
    signed,
  };
};

/** The JSON Pointer of a path such as `user_information.common_field_list[0].name`. */
const pointerTo = (path: string): string => `/${path.replace(/\[(\d+)\]/g, '.$1').replaceAll('.', '/')}`;

export const rateLimited: Answer = failureAnswer(
  new Failure(429, 'RATELIMIT_EXCEEDED', '接口请求频率达到限制', { number: requestNumbers.rateLimited }),
  { signed: false },
);

const systemError: Answer = failureAnswer(new Failure(500, 'SYSTEM_ERROR', '系统异常，请稍后重试'), {
  signed: true,
});

const badGateway: Answer = {
  status: 502,
  body: '<html>502 Bad Gateway</html>',
  number: requestNumbers.undocumented,
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
    if (fault.kind === 'systemError') return systemError;
    if (fault.kind === 'badGateway') return badGateway;
    if (fault.kind === 'refused') {
      const name = refusalsOf(fault.interface ?? '').find((one) => refusals[one].message === fault.message);
      if (name !== undefined) return failureAnswer(refused(name), { signed: true });
    }
  }
  return undefined;
};

export const codeOf = ({ body }: Answer): string => /"code":"([A-Z_]+)"/.exec(body.slice(0, 100))?.[1] ?? '';
