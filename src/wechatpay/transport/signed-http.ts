import { Pool } from 'undici';
import { createConnector } from '../../network/connector';
import { openNetwork, type NetworkSettings } from '../../network/settings';
import { sleep, type Clock } from '../../shared/clock';
import { SlotMissed, type Host } from '../../traffic/calls/call';
import type { UpstreamFile } from '../../traffic/calls/upstream-request';
import { createUpstreamConnections, type UpstreamConnections } from './connections';
import { sendRequest, type HttpResponse, type HttpRequest } from './http-request';
import { multipart } from './multipart';
import type { WechatPaySettings } from '../settings';
import { authorization, randomNonce, type Signer } from '../crypto/signature';
import { TrackedClient } from './tracked-client';
import type { UpstreamClock } from '../crypto/upstream-clock';
import { defined } from '../../shared/defined';

export interface SignedRequest {
  readonly method: HttpRequest['method'];
  /** Percent-encoded path and query, signed and sent byte for byte. */
  readonly target: string;
  /** Signed and sent byte for byte; absent if the interface takes none. */
  readonly body?: string | undefined;
  /** Sent beside the body as multipart/form-data; not signed. */
  readonly file?: UpstreamFile | undefined;
  /** Id of WeChat Pay's key that encrypted the body and must sign the response. */
  readonly serial?: string | undefined;
  readonly host?: Host | undefined;
  /** Clock time in ms: the request is signed before it and written at it. */
  readonly sendAt?: number | undefined;
  readonly sendBy?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the clock time in ms of the first byte. */
  readonly onWritten?: ((at: number) => void) | undefined;
  /** Called when it has been signed, with the clock time in ms at which that began. */
  readonly onSigned?: ((from: number) => void) | undefined;
  /** The Authorization header of `authorize`. Default: the request is signed now. */
  readonly authorization?: string | undefined;
}

export interface SignedHttp {
  /** Signs with a new nonce, for a request that is sent within minutes. Rejects as the key does. */
  authorize(
    signer: Signer,
    request: Pick<SignedRequest, 'method' | 'target' | 'body' | 'signal'> & {
      /** How long after now it will be sent, ms. Default: 0. */
      readonly inMs?: number;
    },
  ): Promise<string>;
  /** Makes one attempt with a new nonce and timestamp. Does not verify the response. Rejects as `sendRequest` does. */
  send(signer: Signer, request: SignedRequest): Promise<HttpResponse>;
  /** Called shortly before a call to the host is written. */
  prepare(host: Host): void;
  close(): Promise<void>;
}

export interface SignedHttpDeps {
  readonly settings: Pick<WechatPaySettings, 'hosts' | 'timeouts' | 'connections'>;
  /** Default: hosts are reached directly. */
  readonly network?: NetworkSettings;
  readonly clock: Clock;
  /** The time used for signatures. */
  readonly upstreamClock: UpstreamClock;
  readonly nonce?: () => string;
}

const userAgent = `wechat-pay-member-card-graphql (node ${process.versions.node})`;
const keepAliveMs = 30_000;
/** A connection lives no longer, ms, even if it is in use all the time: so that a change in DNS is followed. */
const maxConnectionMs = 300_000;

export const createSignedHttp = ({
  settings: {
    hosts,
    timeouts,
    connections: { max },
  },
  network = openNetwork,
  clock,
  upstreamClock,
  nonce = randomNonce,
}: SignedHttpDeps): SignedHttp => {
  const connect = createConnector(network, timeouts.connectMs);
  // No interceptors: retrying, caching or sharing below the signer would reuse a signature or bypass the limiter.
  const open = (address: string) => {
    const { origin, pathname } = new URL(address);
    const connections: UpstreamConnections = createUpstreamConnections({
      origin,
      open: connect,
      clock,
      idle: () => pool.stats.free,
    });
    const pool: Pool = new Pool(origin, {
      // As many as exchanges may be under way: a call that waited in the pool would be written after its slot.
      connections: max,
      pipelining: 1,
      factory: (to, options) => new TrackedClient(to, { ...options, connect: connections.connect }),
      headersTimeout: timeouts.headersMs,
      bodyTimeout: timeouts.bodyMs,
      keepAliveTimeout: keepAliveMs,
      clientTtl: maxConnectionMs,
    });
    return { pool, connections, prefix: pathname.replace(/\/$/, '') };
  };
  const paths = { main: open(hosts.main), backup: open(hosts.backup) } as const;

  const authorize: SignedHttp['authorize'] = (signer, { method, target, body = '', signal, inMs = 0 }) =>
    authorization(
      signer,
      {
        method,
        target,
        body,
        timestamp: Math.floor((upstreamClock.now() + inMs) / 1000),
        nonce: nonce(),
      },
      signal,
    );

  return {
    authorize,
    async send(signer, request) {
      const {
        method,
        target,
        body,
        file,
        serial,
        host = 'main',
        sendAt,
        sendBy,
        signal,
        onWritten,
      } = request;
      const from = clock.now();
      const waitMs = sendAt === undefined ? 0 : Math.max(0, sendAt - from);
      const form = file && multipart(body ?? '', file);
      const headers = {
        accept: 'application/json',
        'user-agent': userAgent,
        ...(body === undefined ? {} : { 'content-type': form?.contentType ?? 'application/json' }),
        ...defined({ 'wechatpay-serial': serial }),
        authorization: request.authorization ?? (await authorize(signer, { ...request, inMs: waitMs })),
      };
      if (request.authorization === undefined) request.onSigned?.(from);
      // A call written before its slot would count in the second before.
      if (sendAt !== undefined && sendAt > clock.now()) await sleep(clock, sendAt - clock.now(), signal);
      if (sendBy !== undefined && clock.now() > sendBy) throw new SlotMissed();
      const { pool, prefix } = paths[host];
      return sendRequest(pool, {
        method,
        // A relay takes its prefix away again: what is signed is what WeChat Pay receives.
        path: prefix + target,
        headers,
        body: form?.bytes ?? body,
        signal,
        onWritten: () => onWritten?.(clock.now()),
      });
    },
    prepare(host) {
      paths[host].connections.prepare();
    },
    async close() {
      await Promise.all(
        Object.values(paths).map(({ pool, connections }) => {
          connections.close();
          return pool.close();
        }),
      );
    },
  };
};
