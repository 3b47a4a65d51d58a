import { CloseCode } from 'graphql-ws';
import type { RefusalKind } from '../http/refusals';

/** The server stops, or the socket is old: the client should reconnect at once. */
export const goingAway = 1001;
/** Credentials cannot be checked at the moment. */
export const tryAgainLater = 1013;

/** What a close code is counted as; others are no fault of the client. */
export const refusalKinds: Readonly<Partial<Record<number, RefusalKind>>> = {
  [CloseCode.BadRequest]: 'badRequest',
  [CloseCode.SubscriberAlreadyExists]: 'badRequest',
  [CloseCode.Unauthorized]: 'unauthenticated',
  [CloseCode.SubprotocolNotAcceptable]: 'notAcceptable',
  [CloseCode.ConnectionInitialisationTimeout]: 'timeout',
  [CloseCode.TooManyInitialisationRequests]: 'rateLimited',
  [tryAgainLater]: 'unavailable',
};
