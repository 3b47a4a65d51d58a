import { randomBytes, sign } from 'node:crypto';
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Config } from '../../src/config/config';
import type { Sandbox } from './sandbox';
import { newPair } from './key-pairs';

/** The sandbox's response to a request. */
export interface Answered {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly status: number;
  readonly body: string;
}

/** The response that is written instead. The request has taken effect by then. */
export type Fault =
  /** The unchanged response. */
  | 'none'
  /** Resets the connection. */
  | 'reset'
  /** No response, for ever. */
  | 'silence'
  /**
   * The unchanged response, and a second copy on the same connection as soon as its next request has arrived, before that one's
   * response.
   */
  | 'twice'
  /** Another response, signed with a key that the server trusts unless stated otherwise. */
  | {
      readonly status?: number;
      readonly body: string;
      readonly signed?: boolean;
      /** Headers added to the signature's, or replacing them. */
      readonly headers?: Readonly<Record<string, string>>;
    };

export interface FaultyUpstream {
  readonly url: string;
  /** Sets what happens to responses from now on. */
  spoil(fault: (answered: Answered) => Fault): void;
  /** Sets which requests are lost before they take effect: their connection is reset. */
  lose(isLost: (method: string, target: string) => boolean): void;
  /** The requests that arrived: method, target and body. */
  requests(): readonly string[];
  /** The number of responses that were written a second time. */
  surplus(): number;
  /** The configuration that calls WeChat Pay through it and trusts its key. */
  configure(config: Config): Config;
  close(): Promise<void>;
}

const serial = 'PUB_KEY_ID_FAULTY';

/** A real HTTP server in front of the sandbox. It passes requests unchanged, and changes responses as configured. */
export const startFaultyUpstream = async (
  sandbox: Pick<Sandbox, 'port'>,
  { privateKey, publicKey } = newPair(),
): Promise<FaultyUpstream> => {
  let faultOf: (answered: Answered) => Fault = () => 'none';
  let isLost: (method: string, target: string) => boolean = () => false;
  const surplus = new Map<Socket, string>();
  let written = 0;
  const arrived: string[] = [];

  const signedHeaders = (body: string): Record<string, string> => {
    const timestamp =
      String(Math.floor(performance.timeOrigin + performance.now()) / 1000).split('.')[0] ?? '';
    const nonce = randomBytes(16).toString('hex');
    const signature = sign('sha256', Buffer.from(`${timestamp}\n${nonce}\n${body}\n`), privateKey);
    return {
      'Wechatpay-Timestamp': timestamp,
      'Wechatpay-Nonce': nonce,
      'Wechatpay-Serial': serial,
      'Wechatpay-Signature': signature.toString('base64'),
    };
  };

  const answer = (response: ServerResponse, given: IncomingMessage, answered: Answered): void => {
    const fault = faultOf(answered);
    const { socket } = response;
    if (fault === 'silence') return;
    if (fault === 'reset') {
      socket?.destroy();
      return;
    }
    if (fault === 'none' || fault === 'twice') {
      const { 'transfer-encoding': _, ...headers } = given.headers;
      const all = { ...headers, 'content-length': String(Buffer.byteLength(answered.body)) };
      response.writeHead(answered.status, all).end(answered.body);
      if (fault === 'none' || socket === null) return;
      const lines = Object.entries(all).map(([name, value]) => `${name}: ${String(value)}`);
      surplus.set(
        socket,
        `HTTP/1.1 ${answered.status} Again\r\n${lines.join('\r\n')}\r\n\r\n${answered.body}`,
      );
      return;
    }
    const { status = 200, body, signed = true, headers = {} } = fault;
    response.writeHead(status, { ...(signed ? signedHeaders(body) : {}), ...headers }).end(body);
  };

  const server = createServer((request, response) => {
    const { method = '', url: target = '', headers, socket } = request;
    const again = surplus.get(socket);
    if (again !== undefined) {
      surplus.delete(socket);
      written += 1;
      socket.write(again);
    }
    if (isLost(method, target)) {
      socket.destroy();
      return;
    }
    const passed = ask({ port: sandbox.port, host: '127.0.0.1', method, path: target, headers }, (given) => {
      const chunks: Buffer[] = [];
      given.on('data', (chunk: Buffer) => chunks.push(chunk));
      given.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        answer(response, given, { method, target, status: given.statusCode ?? 0, body });
      });
    });
    passed.on('error', () => request.socket.destroy());
    const sent: Buffer[] = [];
    request.on('data', (chunk: Buffer) => sent.push(chunk));
    request.on('end', () => arrived.push(`${method} ${target} ${Buffer.concat(sent).toString('utf8')}`));
    request.pipe(passed);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    spoil(fault) {
      faultOf = fault;
    },
    lose(lost) {
      isLost = lost;
    },
    requests: () => arrived,
    surplus: () => written,
    configure({ wechatPay, ...config }) {
      const withKey = <T extends { readonly publicKeys: readonly { id: string; key: typeof publicKey }[] }>(
        of: T,
      ): T => ({ ...of, publicKeys: [...of.publicKeys, { id: serial, key: publicKey }] });
      return {
        ...config,
        wechatPay: {
          ...wechatPay,
          hosts: { main: url, backup: url },
          brandCredentials: wechatPay.brandCredentials.map(withKey),
          ...(wechatPay.partner === undefined ? {} : { partner: withKey(wechatPay.partner) }),
        },
      };
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
