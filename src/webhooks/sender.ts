import type { lookup } from 'node:dns';
import { Agent } from 'undici';
import { createConnector } from '../network/connector';
import type { NetworkSettings } from '../network/settings';
import type { Clock } from '../shared/clock';
import { systemCode } from '../shared/system-code';
import { publicLookup, refusePrivateAddresses } from './public-address';
import type { WebhookSettings } from './settings';
import { signatureHeaders } from './signature';

/** The result of one attempt. Holds nothing of the response but its status. */
export interface Attempt {
  readonly isDelivered: boolean;
  /** The receiver wants no more attempts (410). */
  readonly isFinal: boolean;
  /** `HTTP_` and the status, or why there is none: a code of the system, `PRIVATE_ADDRESS`, `PROXY_…`, `TIMEOUT`, `FAILED`. */
  readonly result: string;
}

export interface Sender {
  send(webhook: WebhookSettings, message: { readonly id: string; readonly body: string }): Promise<Attempt>;
  close(): Promise<void>;
}

export interface SenderDeps {
  readonly network: NetworkSettings;
  readonly clock: Clock;
  /** Resolves names. Default: the system's. */
  readonly resolve?: typeof lookup;
}

/** For the connection, and for the whole attempt, ms. */
const connectMs = 5_000;
export const attemptMs = 15_000;
/** Attempts under way for one webhook. */
export const maxConcurrent = 10;
/** The response says nothing of use; this much of it is read so that the connection can be used again. */
const maxResponseBytes = 16 * 1024;

/** Posts signed messages. Redirects are not followed: their target was not configured. */
export const createSender = ({ network, clock, resolve }: SenderDeps): Sender => {
  const agentWith = (connect: ReturnType<typeof createConnector>): Agent =>
    new Agent({ connect, connections: maxConcurrent, pipelining: 1, keepAliveTimeout: 30_000 });
  const open = agentWith(createConnector(network, connectMs));
  const guarded = agentWith(
    refusePrivateAddresses(createConnector(network, connectMs, publicLookup(resolve))),
  );

  return {
    async send({ url, secret, secondSecret, allowPrivateNetwork }, { id, body }) {
      const secrets = [secret, ...(secondSecret === undefined ? [] : [secondSecret])];
      const { origin, pathname, search } = new URL(url);
      const abort = new AbortController();
      const cancel = clock.after(attemptMs, () => {
        abort.abort();
      });
      try {
        const response = await (allowPrivateNetwork ? open : guarded).request({
          origin,
          path: `${pathname}${search}`,
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'user-agent': 'wechat-pay-member-card-graphql',
            ...signatureHeaders({ id, timestamp: Math.floor(clock.wallNow() / 1000), body }, secrets),
          },
          body,
          signal: abort.signal,
        });
        // The message has arrived, whatever becomes of the rest of the response.
        await response.body.dump({ limit: maxResponseBytes, signal: abort.signal }).catch(() => undefined);
        const { statusCode } = response;
        return {
          isDelivered: statusCode >= 200 && statusCode < 300,
          isFinal: statusCode === 410,
          result: `HTTP_${statusCode}`,
        };
      } catch (error) {
        return {
          isDelivered: false,
          isFinal: false,
          result: abort.signal.aborted ? 'TIMEOUT' : (systemCode(error) ?? 'FAILED'),
        };
      } finally {
        cancel();
      }
    },
    async close() {
      await Promise.all([open.destroy(), guarded.destroy()]);
    },
  };
};
