import { Pool } from 'undici';
import { sleep, type Clock } from '../../shared/clock';
import { SlotMissed, type Host, type UpstreamFile } from '../../traffic/calls/call';
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
  /** Percent-encoded path and query, signed and written byte for byte. */
  readonly target: string;
  /** Signed and written byte for byte; absent where the interface takes none. */
  readonly body?: string | undefined;
  /** Written beside the body, as multipart/form-data; not signed. */
  readonly file?: UpstreamFile | undefined;
  /** Names WeChat Pay's key: the one that sealed the body, and the one to sign the answer with. */
  readonly serial?: string | undefined;
  readonly host?: Host | undefined;
  /** Clock time in ms: signed before it, written at it. */
  readonly sendAt?: number | undefined;
  readonly sendBy?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told the clock time in ms of the first byte. */
  readonly onWritten?: ((at: number) => void) | undefined;
}

export interface SignedHttp {
  /** One attempt with a nonce and a timestamp of its own; the answer is not verified. Rejects as `sendRequest` does. */
  send(signer: Signer, request: SignedRequest): Promise<HttpResponse>;
  /** A call to the host will be written in a moment. */
  prepare(host: Host): void;
  close(): Promise<void>;
}

export interface SignedHttpDeps {
  readonly settings: Pick<WechatPaySettings, 'hosts' | 'timeouts'>;
  readonly clock: Clock;
  /** Dates the signatures. */
  readonly upstreamClock: UpstreamClock;
  readonly nonce?: () => string;
}

const userAgent = `wechat-pay-member-card-graphql (node ${process.versions.node})`;
const keepAliveMs = 30_000;
const maxConnections = 16;

export const createSignedHttp = ({
  settings: { hosts, timeouts },
  clock,
  upstreamClock,
  nonce = randomNonce,
}: SignedHttpDeps): SignedHttp => {
  // No interceptor: whatever repeats, caches or shares below the signer would reuse a signature or bypass the limiter.
  const open = (origin: string) => {
    const connections: UpstreamConnections = createUpstreamConnections({
      origin,
      connectMs: timeouts.connectMs,
      clock,
      idle: () => pool.stats.free,
    });
    const pool: Pool = new Pool(origin, {
      connections: maxConnections,
      pipelining: 1,
      factory: (to, options) => new TrackedClient(to, { ...options, connect: connections.connect }),
      headersTimeout: timeouts.headersMs,
      bodyTimeout: timeouts.bodyMs,
      keepAliveTimeout: keepAliveMs,
    });
    return { pool, connections };
  };
  const paths = { main: open(hosts.main), backup: open(hosts.backup) } as const;

  return {
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
      const waitMs = sendAt === undefined ? 0 : sendAt - clock.now();
      const form = file && multipart(body ?? '', file);
      const headers = {
        accept: 'application/json',
        'user-agent': userAgent,
        ...(body === undefined ? {} : { 'content-type': form?.contentType ?? 'application/json' }),
        ...defined({ 'wechatpay-serial': serial }),
        authorization: await authorization(signer, {
          method,
          target,
          body: body ?? '',
          timestamp: Math.floor((upstreamClock.now() + waitMs) / 1000),
          nonce: nonce(),
        }),
      };
      // The slot is a moment: too early counts against the second before.
      if (sendAt !== undefined && sendAt > clock.now()) await sleep(clock, sendAt - clock.now(), signal);
      if (sendBy !== undefined && clock.now() > sendBy) throw new SlotMissed();
      return sendRequest(paths[host].pool, {
        method,
        path: target,
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
