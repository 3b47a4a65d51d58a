import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedMessage {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A system of a brand's: remembers what arrives, and responds as the test says. */
export interface WebhookReceiver {
  readonly port: number;
  readonly url: string;
  readonly received: ReceivedMessage[];
  /** The most requests that were open at the same time. */
  readonly atOnce: () => number;
  /** Resolves when so many messages have arrived. */
  has(count: number): Promise<readonly ReceivedMessage[]>;
  close(): Promise<void>;
}

/** The status of a response, perhaps with a header; `never`: it does not respond. */
export type ReceiverAnswer = number | 'never' | { readonly status: number; readonly location: string };

export const startReceiver = async (
  answer: (message: ReceivedMessage) => ReceiverAnswer | Promise<ReceiverAnswer> = () => 204,
): Promise<WebhookReceiver> => {
  const received: ReceivedMessage[] = [];
  const waiting = new Set<() => void>();
  let open = 0;
  let atOnce = 0;
  const server = createServer((request, response) => {
    open += 1;
    atOnce = Math.max(atOnce, open);
    response.on('close', () => (open -= 1));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const message = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      received.push(message);
      for (const wake of waiting) wake();
      void Promise.resolve(answer(message)).then((given) => {
        if (given === 'never') return;
        const { status, location } = typeof given === 'number' ? { status: given, location: '' } : given;
        if (location !== '') response.setHeader('location', location);
        response.statusCode = status;
        response.end('thank you');
      });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/hook`,
    received,
    atOnce: () => atOnce,
    async has(count) {
      while (received.length < count)
        await new Promise<void>((resolve) => {
          waiting.add(resolve);
        });
      return received;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
