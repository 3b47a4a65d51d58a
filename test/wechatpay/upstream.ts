import { randomBytes, sign, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { WechatPaySettings } from '../../src/wechatpay/settings';

export interface Received {
  readonly method: string;
  /** As on the request line. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The connection that it came on: 1 for the first one of the server. */
  readonly connection: number;
}

export type Answering = (response: ServerResponse, request: Received) => void;

export interface Upstream {
  readonly origin: string;
  readonly received: Received[];
  /** Resolves once that connection is closed. */
  closed(connection: number): Promise<void>;
  /** Sets its responses from now on. */
  answer(answering: Answering): void;
  close(): Promise<void>;
}

/** A real HTTP server with configured responses; it shares no code with the client under test. */
export const startUpstream = async (): Promise<Upstream> => {
  const received: Received[] = [];
  let answering: Answering = (response) => response.writeHead(500).end();
  const sockets: Socket[] = [];
  const server = createServer((request, response) => {
    const connection = sockets.indexOf(request.socket) + 1;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      // The tests' time is not this machine's.
      response.sendDate = false;
      const { method = '', url: target = '', headers } = request;
      const entry = { method, target, headers, body: Buffer.concat(chunks).toString('utf8'), connection };
      received.push(entry);
      answering(response, entry);
    });
  });
  server.on('connection', (socket: Socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async closed(connection) {
      const socket = sockets[connection - 1];
      if (socket?.destroyed === false) await once(socket, 'close');
    },
    answer(next) {
      answering = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
};

export interface Signature {
  readonly key: KeyObject;
  readonly serial: string;
  /** Clock time in ms. */
  readonly at: number;
  readonly nonce?: string;
}

/** One stands on one answer. */
const newNonce = (): string => randomBytes(16).toString('hex');

/** WeChat Pay's four headers for a body, by plain node:crypto. */
export const signedHeaders = (body: string, { key, serial, at, nonce = newNonce() }: Signature) => {
  const timestamp = String(Math.floor(at / 1000));
  return {
    'Wechatpay-Timestamp': timestamp,
    'Wechatpay-Nonce': nonce,
    'Wechatpay-Serial': serial,
    'Wechatpay-Signature': sign('sha256', Buffer.from(`${timestamp}\n${nonce}\n${body}\n`), key).toString(
      'base64',
    ),
  };
};

/** The parameters of an Authorization header, and its scheme under the name `scheme`. */
export const authorizationOf = ({ headers }: Received): Readonly<Record<string, string>> => {
  const [scheme = '', parameters = ''] = (headers.authorization ?? '').split(/ (.*)/s);
  return {
    scheme,
    ...Object.fromEntries(
      [...parameters.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value] as const),
    ),
  };
};

/** Settings without credentials, for both hosts at one origin. */
export const settingsAt = (origin: string, changes: Partial<WechatPaySettings> = {}): WechatPaySettings => ({
  hosts: { main: origin, backup: origin },
  timeouts: { connectMs: 10_000, headersMs: 10_000, bodyMs: 10_000 },
  connections: { max: 16, maxPerBrand: 16 },
  brands: [],
  brandCredentials: [],
  limits: {},
  ...changes,
});
