import { rootCertificates } from 'node:tls';
import { createClient } from '@redis/client';
import type { Clock } from '../shared/clock';
import { StoreTimeout } from './store-failure';

/** Where the store is, and whom to trust there. */
export interface StoreAddress {
  /**
   * e.g. redis://127.0.0.1:6379, rediss:// for TLS. Of a cluster: the address of any node. With `sentinels`, the host is the name of
   * the primary with them.
   */
  readonly url: string;
  /** Certificates in PEM to trust besides those of Node. */
  readonly authorities: readonly string[];
  /** Addresses of Sentinels, which are asked where the primary is. Default: none. */
  readonly sentinels?: readonly string[];
}

const connectTimeoutMs = 1_000;
/** A server that accepts a connection and says nothing is given up, ms. */
const openTimeoutMs = 2_000;

/** A client that ends with its connection. Its name is resolved anew for every connection. */
export const clientOf = ({ url, authorities }: Pick<StoreAddress, 'url' | 'authorities'>) =>
  createClient({
    url,
    disableOfflineQueue: true,
    // CLIENT SETINFO, which a user need not be allowed.
    disableClientInfo: true,
    socket: socketOf({ url, authorities }),
  });

export const socketOf = ({ url, authorities }: Pick<StoreAddress, 'url' | 'authorities'>) => {
  const common = { connectTimeout: connectTimeoutMs, reconnectStrategy: false } as const;
  if (!url.startsWith('rediss:')) return common;
  const trusted = authorities.length === 0 ? {} : { ca: [...rootCertificates, ...authorities] };
  return { ...common, tls: true as const, ...trusted };
};

/** Rejects with StoreTimeout if a server that is being connected says nothing. */
export const inTime = <T>(answer: Promise<T>, clock: Clock): Promise<T> =>
  new Promise((resolve, reject) => {
    const cancel = clock.after(openTimeoutMs, () => {
      reject(new StoreTimeout('the store accepts connections and does not answer'));
    });
    answer.then(resolve, reject).finally(cancel);
  });

export const end = (client: { destroy(): void }): void => {
  try {
    // `quit` would wait for a server that may be gone.
    client.destroy();
  } catch {
    // Already closed.
  }
};
