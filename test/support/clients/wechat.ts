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
const wxRequest = async ({ url, method = 'GET', data, header = {} }: WxRequest) => {
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

/** `wx.connectSocket` and its task: text messages, and a list of protocols. */
const wxConnectSocket = ({ url, protocols }: { url: string; protocols: string[] }) =>
  new WebSocket(url, protocols);

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
        const socket = wxConnectSocket({
          url: url.replace('http', 'ws'),
          protocols: ['graphql-transport-ws'],
        });
        const send = (message: object): void => {
          socket.send(JSON.stringify(message));
        };
        socket.on('open', () => {
          send({ type: 'connection_init', payload: headers });
        });
        socket.on('message', (text: Buffer) => {
          const message = JSON.parse(text.toString()) as { type: string; payload?: { data?: unknown } };
          if (message.type === 'connection_ack')
            send({ type: 'subscribe', id: '1', payload: { query: subscription } });
          if (message.type !== 'next') return;
          resolve(message.payload?.data);
          socket.close(1000);
        });
        socket.on('close', (code) => {
          reject(new Error(`closed with ${code}`));
        });
      }),
  },
};
