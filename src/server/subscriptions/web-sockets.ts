import type { IncomingMessage, ServerResponse } from 'node:http';
import { CloseCode, handleProtocols, makeServer } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Caller } from '../../auth/caller';
import type { EdgeContext } from '../graphql/edge-context';
import { sendRefusal, type CallerRefusal } from '../http/authenticate';
import { createCallerLimit } from '../http/caller-limit';
import { headerOf, responseHeader } from '../http/headers';
import { detailOf, type RefusalKind, type RefusalObserver } from '../http/refusals';
import type { UpgradeHandler } from '../http/upgrades';
import { defined } from '../../shared/defined';
import { retryAfterSeconds, tooManyStreams } from './open-streams';
import { watchCredential } from './watch-credential';
import { goingAway, refusalKinds, tryAgainLater } from './close-codes';
import { watchSocket } from './watch-socket';
import {
  createWebSocketOperations,
  type SocketSession,
  type WebSocketOperationsOptions,
} from './web-socket-operations';

export interface WebSocketsOptions<C extends EdgeContext> extends Omit<
  WebSocketOperationsOptions<C>,
  'onOperationRefused'
> {
  /** Maximum open sockets of this process, and per caller. */
  readonly maxSockets: number;
  readonly maxSocketsPerCaller: number;
  /** Page origin, credential and caller limit of a socket. */
  readonly identify: (
    request: IncomingMessage,
    authorization: string | undefined,
  ) => Promise<{ readonly caller: Caller } | CallerRefusal>;
  readonly isForeign: (request: IncomingMessage) => boolean;
  /** Called for each refused operation, and each socket closed for a fault of its client; refused handshakes are HTTP's. */
  readonly onRefused: RefusalObserver;
}

export interface WebSockets {
  readonly upgrade: UpgradeHandler;
  /** Closes every socket with 1001, so that clients reconnect; no further one is opened. */
  readonly drain: () => void;
}

interface Session extends SocketSession {
  /** Tells sessions apart. */
  readonly name: string;
  readonly socket: WebSocket;
  /** Who the socket belongs to, once its credential was accepted. */
  caller: Caller | undefined;
  endWatch: () => void;
  /** Closes the socket and counts why. */
  readonly refuse: (code: number, reason: string) => void;
}

/** Sockets that have not authenticated yet. */
const maxWaiting = 200;
/** A socket must authenticate within this time, ms (close code 4408). */
const initTimeoutMs = 3_000;
/** Messages accepted from one socket (close code 4429). */
const maxMessages = { perSecond: 50, burst: 200 };

const route = '/graphql';
/**
 * GraphQL over WebSocket, protocol `graphql-transport-ws`. The credential is in the handshake's Authorization header or in
 * `connectionParams.authorization`. graphql-ws implements the protocol, the chain its limits; this file those of sockets.
 */
export const createWebSockets = <C extends EdgeContext>({
  maxSockets,
  maxSocketsPerCaller,
  identify,
  isForeign,
  onRefused,
  ...options
}: WebSocketsOptions<C>): WebSockets => {
  const { clock, chain, callerNow } = options;
  const sessions = new Set<Session>();
  const takeMessage = createCallerLimit({ ...maxMessages, clock });
  let opened = 0;
  let draining = false;

  const countOf = (callerId: string | undefined): number =>
    [...sessions].filter(({ caller }) => caller?.id === callerId).length;
  const hasTooMany = ({ id, permissions }: Caller): boolean =>
    countOf(id) >= (permissions.member?.maxStreams ?? maxSocketsPerCaller);
  const refuseFull = (request: IncomingMessage, response: ServerResponse, status: 429 | 503): void => {
    sendRefusal(request, response, {
      status,
      error: tooManyStreams(),
      headers: { [responseHeader.retryAfter]: String(retryAfterSeconds) },
    });
  };
  const count = (kind: RefusalKind | undefined, caller: Caller | undefined, detail?: string): void => {
    if (kind !== undefined) onRefused({ route, kind, ...defined({ caller: caller?.id, detail }) });
  };
  const operations = createWebSocketOperations<C>({ ...options, onOperationRefused: count });
  const accept = (session: Session, caller: Caller): void => {
    session.caller = caller;
    session.endWatch = watchCredential({
      clock,
      caller,
      callerNow: () => callerNow(session.request),
      onRefused() {
        session.refuse(CloseCode.Unauthorized, 'Unauthorized');
      },
    });
  };

  const protocol = makeServer<Record<string, unknown>, Session>({
    connectionInitWaitTimeout: initTimeoutMs,
    async onConnect({ connectionParams = {}, extra: session }) {
      if (session.caller !== undefined) return true;
      const given = connectionParams.authorization ?? connectionParams.Authorization;
      const identified = await identify(session.request, typeof given === 'string' ? given : undefined);
      if (!('caller' in identified)) {
        const { status } = identified;
        if (status === 429) session.refuse(CloseCode.TooManyInitialisationRequests, 'Too many requests');
        else if (status === 503) session.refuse(tryAgainLater, 'Try again later');
        else session.refuse(CloseCode.Unauthorized, 'Unauthorized');
        return false;
      }
      if (hasTooMany(identified.caller)) {
        session.refuse(CloseCode.TooManyInitialisationRequests, 'Too many connections');
        return false;
      }
      accept(session, identified.caller);
      return true;
    },
    onSubscribe: ({ extra: session }, id) => operations.start(session, id),
    subscribe: (args) => operations.resultsOf(args),
    // Both are formatted already.
    onNext: (_, __, ___, ____, result) => result as never,
    onError: (_, __, ___, errors) => operations.formatted(errors),
  });

  const serve = (session: Session): void => {
    const { socket, name } = session;
    const watch = watchSocket({ clock, socket, isBusy: () => session.running > 0 });
    // A message that is too large, or no WebSocket frame: ws closes the socket by itself.
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') count('tooLarge', session.caller);
    });
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) =>
          new Promise((resolve) => {
            // If the socket is gone, its `close` event handles it.
            if (socket.readyState === socket.OPEN)
              socket.send(text, () => {
                resolve();
              });
            else resolve();
          }),
        close(code = goingAway, reason = '') {
          session.refuse(code, reason);
        },
        onMessage(handle) {
          socket.on('message', (data: Buffer, isBinary) => {
            watch.used();
            if (takeMessage(name) !== undefined) {
              session.refuse(CloseCode.TooManyInitialisationRequests, 'Too many messages');
              return;
            }
            if (isBinary) {
              session.refuse(CloseCode.BadRequest, 'Invalid message received');
              return;
            }
            // Rejects for a message that only a server may send.
            handle(operations.admit(session, data.toString('utf8'))).catch(() => {
              session.refuse(CloseCode.BadRequest, 'Invalid message received');
            });
          });
        },
      },
      session,
    );
    socket.on('close', (code, reason) => {
      sessions.delete(session);
      session.endWatch();
      watch.end();
      void closed(code, reason.toString());
    });
  };

  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: chain.limits.bodyBytes,
    handleProtocols,
  });

  return {
    async upgrade(request, { socket, head, response }) {
      const authorization = headerOf(request, 'authorization');
      let caller: Caller | undefined;
      if (authorization !== undefined || isForeign(request)) {
        const identified = await identify(request, authorization);
        if (!('caller' in identified)) {
          sendRefusal(request, response, identified);
          return;
        }
        ({ caller } = identified);
      }
      if (
        draining ||
        sessions.size >= maxSockets ||
        (caller === undefined && countOf(undefined) >= maxWaiting)
      ) {
        refuseFull(request, response, 503);
        return;
      }
      if (caller !== undefined && hasTooMany(caller)) {
        refuseFull(request, response, 429);
        return;
      }
      response.detachSocket(socket as Parameters<typeof response.detachSocket>[0]);
      server.handleUpgrade(request, socket, head, (own) => {
        opened += 1;
        const session: Session = {
          name: String(opened),
          request,
          socket: own,
          admitted: new Map(),
          running: 0,
          caller: undefined,
          endWatch: () => undefined,
          refuse(code, reason) {
            // A socket that is closing already has been counted.
            if (own.readyState === own.OPEN) count(refusalKinds[code], session.caller, detailOf(request));
            own.close(code, reason);
          },
          goAway() {
            own.close(goingAway, 'Going away');
          },
        };
        sessions.add(session);
        if (caller !== undefined) accept(session, caller);
        serve(session);
      });
    },
    drain() {
      draining = true;
      for (const { goAway } of sessions) goAway();
    },
  };
};
