import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Done } from '../../src/sandbox/users';
import type { TestApp } from './test-app';

/** A delivery as it was received. */
export interface Delivered {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The genuine delivery caused by a made-up user, captured before it reaches the application. */
export const capture = async (app: TestApp, act: () => Done): Promise<Delivered> => {
  let seen: Delivered | undefined;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const names = Object.entries(request.headers).filter(
        ([name]) => name.startsWith('wechatpay-') || name === 'content-type',
      );
      seen = { headers: Object.fromEntries(names) as Record<string, string>, body: Buffer.concat(chunks) };
      response.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  app.sandbox.deliveries.deliverTo(
    `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/taken`,
  );
  try {
    await act().delivered;
  } finally {
    app.sandbox.deliveries.deliverTo(app.notifyUrl);
    server.closeAllConnections();
    server.close();
  }
  if (seen === undefined) throw new Error('nothing was delivered');
  return seen;
};

export interface NotifyAnswer {
  readonly status: number;
  readonly text: string;
}

export const deliver = async (app: TestApp, { headers, body }: Delivered): Promise<NotifyAnswer> => {
  const response = await fetch(app.notifyUrl, { method: 'POST', headers, body: new Uint8Array(body) });
  return { status: response.status, text: await response.text() };
};
