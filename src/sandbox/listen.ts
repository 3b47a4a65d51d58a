import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Resolves to the port; rejects with the listen error. */
export const listen = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
