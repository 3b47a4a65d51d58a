import type { LookupFunction, Socket } from 'node:net';
import { rootCertificates, type TLSSocket } from 'node:tls';
import { buildConnector, Client } from 'undici';
import { defined } from '../shared/defined';
import { isExcepted } from './no-proxy';
import type { NetworkSettings, ProxySettings } from './settings';

/** The proxy did not open the tunnel. `code` is for logs: PROXY_ and the status of its response. */
export class ProxyRefused extends Error {
  override readonly name = 'ProxyRefused';
  readonly code: string;
  constructor(status: number) {
    super(
      status === 407
        ? 'the proxy does not accept the credentials of network.proxy (407)'
        : `the proxy does not open a connection to the host (${status})`,
    );
    this.code = `PROXY_${status}`;
  }
}

/** Opens connections as the network demands: directly, or through the proxy; TLS with the trusted authorities. */
export const createConnector = (
  { proxy, authorities }: NetworkSettings,
  /** For the connection to the host, and as much for the one to the proxy, ms. */
  timeoutMs: number,
  /** Resolves the names of hosts that are reached directly. Default: the system's. */
  lookup?: LookupFunction,
): buildConnector.connector => {
  const trusted = authorities.length === 0 ? {} : { ca: [...rootCertificates, ...authorities] };
  const direct = buildConnector({ timeout: timeoutMs, ...trusted, ...defined({ lookup }) });
  if (proxy === undefined) return direct;
  const tunnel = tunnels(proxy, buildConnector({ timeout: timeoutMs, ...trusted }), timeoutMs);
  return (options, callback) => {
    const { hostname, port, protocol } = options;
    if (isExcepted({ hostname, port, protocol }, proxy.except)) {
      direct(options, callback);
      return;
    }
    const address = `${hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname}:${
      port === '' ? (protocol === 'https:' ? '443' : '80') : port
    }`;
    tunnel(address).then(
      (socket) => {
        if (protocol === 'https:') direct({ ...options, httpSocket: socket }, callback);
        else callback(null, socket);
      },
      (error: unknown) => {
        callback(error as Error, null);
      },
    );
  };
};

const tunnels = (
  { origin, credentials }: ProxySettings,
  connect: buildConnector.connector,
  timeoutMs: number,
) => {
  const headers = credentials === undefined ? {} : { 'proxy-authorization': credentials.header };
  return async (address: string): Promise<Socket | TLSSocket> => {
    // A client of its own, because a tunnel takes its connection away.
    const client = new Client(origin, { connect, headersTimeout: timeoutMs });
    try {
      const { statusCode, socket } = await client.connect({
        path: address,
        headers: { host: address, ...headers },
      });
      const opened = socket as Socket;
      if (statusCode === 200) return opened;
      opened.on('error', () => undefined).destroy();
      throw new ProxyRefused(statusCode);
    } catch (error) {
      await client.destroy();
      throw error;
    }
  };
};
