import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections and to `listen(0)`. Each worker of Jest has ports of its own: one that
 * is free now is not taken by another test before it is used.
 */
const firstPort = 10_000;
const portsPerWorker = 1_000;
const { JEST_WORKER_ID: worker = '1' } = process.env;
const first = firstPort + (Number(worker) % 20) * portsPerWorker;
let next = Math.floor(Math.random() * portsPerWorker);

export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = first + (next % portsPerWorker);
    next += 1;
    if (await isFree(port)) return port;
  }
};

const isFree = async (port: number): Promise<boolean> => {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
};
