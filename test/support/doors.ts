import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { maxPictureBytes } from '../../src/wechatpay/records/picture';
import { png } from './pictures';

/** A request for a door. */
export interface Probe {
  /** Members of the GraphQL request, by the type of operation that the door is for. */
  readonly request: Readonly<Record<'query' | 'subscription', Readonly<Record<string, unknown>>>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends the body as a form of another site could. */
  readonly asForm?: boolean;
  /** Bytes of a body that is too large for every door. */
  readonly padding?: number;
}

/** One way to reach the server. */
export interface Door {
  readonly name: string;
  /** `none`: takes no GraphQL operation. */
  readonly takes: 'query' | 'subscription' | 'none';
  /** Sends the probe to the server at `origin`. Resolves to the code of the refusal, its HTTP or close status, or `ok`. */
  readonly send: (origin: string, probe: Probe) => Promise<string>;
}

const codeIn = (text: string): string | undefined => /"code":"([A-Z_]+)"/.exec(text)?.[1];

/** The text of a response, or of an event stream's first result. */
const textOf = async (response: IncomingMessage): Promise<string> => {
  let text = '';
  const isStream = response.headers['content-type']?.startsWith('text/event-stream') === true;
  for await (const chunk of response) {
    text += String(chunk);
    if (isStream && /event: next\ndata: .*\n\n/.test(text)) break;
  }
  return text;
};

interface Sent {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** fetch allows setting neither Host nor Origin. */
const overHttp = async (url: URL, { method, headers = {}, body }: Sent): Promise<string> => {
  const sent = httpRequest(url, { method, headers: { ...headers, connection: 'close' } });
  sent.end(body);
  try {
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const text = await textOf(response);
    const { statusCode = 0 } = response;
    return codeIn(text) ?? (statusCode < 400 ? 'ok' : String(statusCode));
  } catch {
    return 'cut';
  } finally {
    sent.destroy();
  }
};

const graphql = (
  path: string,
  { method, type, accept }: { method: 'GET' | 'POST'; type: 'query' | 'subscription'; accept: string },
): Door['send'] => {
  return (origin, { request, headers = {}, asForm = false, padding = 0 }) => {
    const url = new URL(path, origin);
    const members = { ...request[type] };
    if (padding > 0) members.query = `${String(members.query)} #${'x'.repeat(padding)}`;
    if (method === 'GET') {
      for (const [name, value] of Object.entries(members))
        url.searchParams.set(name, typeof value === 'string' ? value : JSON.stringify(value));
      return overHttp(url, { method, headers: { accept, ...headers } });
    }
    return overHttp(url, {
      method,
      headers: { accept, 'content-type': asForm ? 'text/plain' : 'application/json', ...headers },
      body: JSON.stringify(members),
    });
  };
};

const overSocket =
  (type: 'query' | 'subscription'): Door['send'] =>
  async (origin, { request, headers = {}, padding = 0 }) => {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers,
    });
    const members = { ...request[type] };
    if (padding > 0) members.query = `${String(members.query)} #${'x'.repeat(padding)}`;
    try {
      return await new Promise<string>((resolve, reject) => {
        socket.on('unexpected-response', (_, response) => {
          void textOf(response).then((text) => {
            resolve(codeIn(text) ?? String(response.statusCode));
          });
        });
        socket.on('open', () => {
          socket.send('{"type":"connection_init"}');
        });
        socket.on('message', (data: Buffer) => {
          const message = JSON.parse(data.toString()) as { readonly type: string };
          if (message.type === 'connection_ack')
            socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: members }));
          else resolve(codeIn(data.toString()) ?? 'ok');
        });
        socket.on('close', (code) => {
          resolve(String(code));
        });
        socket.on('error', reject);
      });
    } finally {
      socket.on('error', () => undefined);
      socket.terminate();
    }
  };

const json = 'application/graphql-response+json';
const stream = 'text/event-stream';

/** Every door of the public port that does something for callers. */
export const doors: readonly Door[] = [
  {
    name: '`POST /graphql`',
    takes: 'query',
    send: graphql('/graphql', { method: 'POST', type: 'query', accept: json }),
  },
  {
    name: '`GET /graphql`',
    takes: 'query',
    send: graphql('/graphql', { method: 'GET', type: 'query', accept: json }),
  },
  {
    name: '`POST /graphql`, SSE',
    takes: 'subscription',
    send: graphql('/graphql', { method: 'POST', type: 'subscription', accept: stream }),
  },
  {
    name: '`GET /graphql`, SSE',
    takes: 'subscription',
    send: graphql('/graphql', { method: 'GET', type: 'subscription', accept: stream }),
  },
  {
    name: 'a query, SSE',
    takes: 'query',
    send: graphql('/graphql', { method: 'POST', type: 'query', accept: stream }),
  },
  {
    name: '`POST /graphql/stream`',
    takes: 'subscription',
    send: graphql('/graphql/stream', { method: 'POST', type: 'subscription', accept: stream }),
  },
  {
    name: '`GET /graphql/stream`',
    takes: 'subscription',
    send: graphql('/graphql/stream', { method: 'GET', type: 'subscription', accept: stream }),
  },
  { name: 'WebSocket, subscription', takes: 'subscription', send: overSocket('subscription') },
  { name: 'WebSocket, query', takes: 'query', send: overSocket('query') },
  {
    name: '`/graphql/ticket`',
    takes: 'none',
    send: (origin, { headers = {} }) =>
      overHttp(new URL('/graphql/ticket', origin), { method: 'POST', headers }),
  },
  {
    name: '`/schema.graphql`',
    takes: 'none',
    send: (origin, { headers = {} }) =>
      overHttp(new URL('/schema.graphql', origin), { method: 'GET', headers }),
  },
  {
    name: '`/images`',
    takes: 'none',
    send: (origin, { headers = {}, asForm = false, padding = 0 }) =>
      overHttp(new URL('/images?brandId=1004', origin), {
        method: 'POST',
        headers: { 'content-type': asForm ? 'text/plain' : 'image/png', ...headers },
        body: png(716, 320, padding > 0 ? maxPictureBytes : 0),
      }),
  },
  {
    name: '`/images`, form',
    takes: 'none',
    send: (origin, { headers = {}, padding = 0 }) =>
      overHttp(new URL('/images/?brandId=1004', origin), {
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=b', ...headers },
        body: Buffer.concat([
          Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'),
          png(716, 320, padding > 0 ? maxPictureBytes : 0),
          Buffer.from('\r\n--b--\r\n'),
        ]),
      }),
  },
  {
    name: 'notifications',
    takes: 'none',
    send: async (origin, { headers = {}, padding = 0 }) => {
      const code = await overHttp(new URL('/wechat/notify', origin), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: `{"x":"${'x'.repeat(padding)}"}`,
      });
      return code;
    },
  },
];
