import { Pool } from 'undici';
import { sleep, type Clock } from '../shared/clock';
import { SlotMissed, type Host, type UpstreamFile } from '../traffic/call';
import { exchangeOn, type HttpAnswer, type HttpExchange } from './exchange';
import { multipart } from './multipart';
import type { WechatPaySettings } from './settings';
import { authorization, randomNonce, type Signer } from './signature';

export interface SignedRequest {
  readonly method: HttpExchange['method'];
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

export interface SignedExchange {
  /** One attempt with a nonce and a timestamp of its own; the answer is not verified. Rejects as `exchangeOn` does. */
  send(signer: Signer, request: SignedRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export interface SignedExchangeParts {
  readonly settings: Pick<WechatPaySettings, 'hosts' | 'timeouts'>;
  readonly clock: Clock;
  readonly nonce?: () => string;
}

const userAgent = `wechat-pay-member-card-graphql (node ${process.versions.node})`;
const keepAliveMs = 30_000;
const connections = 16;

export const createSignedExchange = ({
  settings: { hosts, timeouts },
  clock,
  nonce = randomNonce,
}: SignedExchangeParts): SignedExchange => {
  // No interceptor: whatever repeats, caches or shares below the signer would reuse a signature or bypass the limiter.
  const createPool = (origin: string): Pool =>
    new Pool(origin, {
      connections,
      pipelining: 1,
      connect: { timeout: timeouts.connectMs },
      headersTimeout: timeouts.headersMs,
      bodyTimeout: timeouts.bodyMs,
      keepAliveTimeout: keepAliveMs,
    });
  const pools: Readonly<Record<Host, Pool>> = {
    main: createPool(hosts.main),
    backup: createPool(hosts.backup),
  };

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
      const form = file && multipart(body ?? '', file);
      const headers = {
        accept: 'application/json',
        'user-agent': userAgent,
        ...(body === undefined ? {} : { 'content-type': form?.contentType ?? 'application/json' }),
        ...(serial === undefined ? {} : { 'wechatpay-serial': serial }),
        authorization: await authorization(signer, {
          method,
          target,
          body: body ?? '',
          timestamp: Math.floor((sendAt ?? clock.now()) / 1000),
          nonce: nonce(),
        }),
      };
      // The slot is a moment: too early counts against the second before.
      if (sendAt !== undefined && sendAt > clock.now()) await sleep(clock, sendAt - clock.now(), signal);
      if (sendBy !== undefined && clock.now() > sendBy) throw new SlotMissed();
      return exchangeOn(pools[host], {
        method,
        path: target,
        headers,
        body: form?.bytes ?? body,
        signal,
        onWritten: () => onWritten?.(clock.now()),
      });
    },
    async close() {
      await Promise.all([pools.main.close(), pools.backup.close()]);
    },
  };
};
