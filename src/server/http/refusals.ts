import type { IncomingMessage } from 'node:http';
import type { ErrorCode } from '../../shared/errors';

/** Why a request or a connection was refused. A closed list, because metrics use it as a label. */
export type RefusalKind =
  | 'badRequest'
  | 'unauthenticated'
  | 'forbidden'
  /** A page of another origin that may not call the server (CSRF). */
  | 'foreignPage'
  | 'notFound'
  | 'methodNotAllowed'
  | 'notAcceptable'
  | 'timeout'
  | 'tooLarge'
  | 'unsupportedMediaType'
  | 'misdirected'
  | 'rateLimited'
  | 'unavailable'
  | 'failed'
  | 'other'
  | 'tooManyConnections';

/** A refused request or connection, for log and metrics. Holds nothing that the client chose, except the caller's own id. */
export interface Refusal {
  /** The matched route as the server names it, e.g. `/graphql`; `none` for unknown paths and for connections. */
  readonly route: string;
  readonly kind: RefusalKind;
  /** Id of the caller, if the request was authenticated. */
  readonly caller?: string;
  /** What the operator can mend, for the log: what a token lacks that the issuer has signed. */
  readonly detail?: string;
}

export type RefusalObserver = (refusal: Refusal) => void;

const kinds: Readonly<Record<number, RefusalKind>> = {
  400: 'badRequest',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'notFound',
  405: 'methodNotAllowed',
  406: 'notAcceptable',
  408: 'timeout',
  413: 'tooLarge',
  415: 'unsupportedMediaType',
  421: 'misdirected',
  429: 'rateLimited',
  431: 'tooLarge',
  500: 'failed',
  502: 'failed',
  503: 'unavailable',
};

/** The kind of refusal that an HTTP status stands for; `undefined` if the request was not refused. */
export const refusalOf = (status: number): RefusalKind | undefined =>
  status < 400 ? undefined : (kinds[status] ?? 'other');

const kindsByCode: Readonly<Partial<Record<ErrorCode, RefusalKind>>> = {
  BAD_REQUEST: 'badRequest',
  UNAUTHENTICATED: 'unauthenticated',
  FORBIDDEN: 'forbidden',
  RATE_LIMITED: 'rateLimited',
  TOO_MANY_STREAMS: 'rateLimited',
};

/** The same for an error that has no status, because it did not go over HTTP. */
export const refusalOfCode = (code: ErrorCode): RefusalKind | undefined => kindsByCode[code];

const noted = new WeakMap<IncomingMessage, RefusalKind>();

/** Remembers why the request is refused, if its status does not say so. */
export const noteRefusal = (request: IncomingMessage, kind: RefusalKind): void => {
  noted.set(request, kind);
};

/** The kind of refusal that a response was; `undefined` if its request was not refused. */
export const refusalOfResponse = (request: IncomingMessage, status: number): RefusalKind | undefined =>
  status < 400 ? undefined : (noted.get(request) ?? refusalOf(status));

const details = new WeakMap<IncomingMessage, string>();

/** Remembers what the operator can mend so that such a request is no longer refused. */
export const noteDetail = (request: IncomingMessage, detail: string): void => {
  details.set(request, detail);
};

export const detailOf = (request: IncomingMessage): string | undefined => details.get(request);

const callers = new WeakMap<IncomingMessage, string>();

/** Remembers who sent the request. */
export const noteCaller = (request: IncomingMessage, callerId: string): void => {
  callers.set(request, callerId);
};

/** Id of the caller who sent the request, if it was authenticated. */
export const callerOf = (request: IncomingMessage): string | undefined => callers.get(request);
