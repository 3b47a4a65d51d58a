import { CloseCode } from 'graphql-ws';
import type { RefusalKind } from '../http/refusals';

export const goingAway = 1001;
export const tryAgainLater = 1013;

const refusals: Readonly<Record<number, RefusalKind>> = {
  1009: 'tooLarge',
  [tryAgainLater]: 'unavailable',
  [CloseCode.BadRequest]: 'badRequest',
  [CloseCode.Unauthorized]: 'unauthenticated',
  [CloseCode.Forbidden]: 'forbidden',
  [CloseCode.ConnectionInitialisationTimeout]: 'timeout',
  [CloseCode.TooManyInitialisationRequests]: 'rateLimited',
};

/**
 * The kind of refusal that a close code stands for; `undefined` if the socket was not refused. A client may choose such a code too:
 * it then counts as refused.
 */
export const refusalByCloseCode = (code: number): RefusalKind | undefined => refusals[code];
