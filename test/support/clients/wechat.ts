import { WebSocket } from 'ws';
import type { Site, TriedClient } from './client';

interface WxRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly data: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, string>>;
}

/**
 * As the documentation of `wx.request` describes it: the content type is JSON also on GET, whose data goes to the URL; every
 * status is a success; `Referer` cannot be set, and nothing is sent that the program does not set.
 */
export const wxRequest = async ({ url, method = 'GET', data, header = {} }: WxRequest) => {
  const isGet = method === 'GET';
  const search = new URLSearchParams(
    Object.entries(data).map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
  const response = await fetch(isGet ? `${url}?${search.toString()}` : url, {
    method,
    headers: {
      referer: 'https://servicewechat.com/wx0000000000000000/devtools/page-frame.html',
      'content-type': 'application/json',
      ...header,
    },
    ...(isGet ? {} : { body: JSON.stringify(data) }),
  });
  return { statusCode: response.status, data: (await response.json()) as Record<string, unknown> };
};

const ask = async ({ url, headers }: Site, method: 'GET' | 'POST', data: WxRequest['data']) =>
  (await wxRequest({ url, method, data, header: headers })).data.data;

/** `wx.connectSocket` and its `SocketTask`: text messages, and a list of protocols. */
const connectSocket = ({ url, protocols }: { url: string; protocols: string[] }) => {
  const socket = new WebSocket(url, protocols);
  return {
    send({ data }: { data: string }) {
      socket.send(data);
    },
    close({ code = 1000 }: { code?: number } = {}) {
      socket.close(code);
    },
    onOpen: (listener: () => void) => socket.on('open', listener),
    onMessage: (listener: (message: { data: string }) => void) =>
      socket.on('message', (data: Buffer) => {
        listener({ data: data.toString() });
      }),
    onClose: (listener: (closed: { code: number }) => void) =>
      socket.on('close', (code) => {
        listener({ code });
      }),
  };
};

export const wx = { connectSocket };

export const miniProgram: TriedClient = {
  name: '`wx.request`, `wx.connectSocket`',
  stream: 'WebSocket',
  uses: {
    query: (site) => ask(site, 'POST', { query: site.query }),
    mutation: (site) => ask(site, 'POST', { query: site.mutation }),
    'query by GET': (site) => ask(site, 'GET', { query: site.query, variables: {} }),
    'document by its id': (site) => ask(site, 'POST', { documentId: site.queryId }),
    subscription: ({ url, headers, subscription }) =>
      new Promise((resolve, reject) => {
        const socket = connectSocket({
          url: url.replace('http', 'ws'),
          protocols: ['graphql-transport-ws'],
        });
        const send = (message: object): void => {
          socket.send({ data: JSON.stringify(message) });
        };
        socket.onOpen(() => {
          send({ type: 'connection_init', payload: headers });
        });
        socket.onMessage(({ data }) => {
          const message = JSON.parse(data) as { type: string; payload?: { data?: unknown } };
          if (message.type === 'connection_ack')
            send({ type: 'subscribe', id: '1', payload: { query: subscription } });
          if (message.type !== 'next') return;
          resolve(message.payload?.data);
          socket.close();
        });
        socket.onClose(({ code }) => {
          reject(new Error(`closed with ${code}`));
        });
      }),
  },
};
