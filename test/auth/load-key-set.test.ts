import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadKeySet } from '../../src/auth/load-key-set';

describe('loading a key set', () => {
  let server: Server;
  let address: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { location: '/jwks' }).end();
      else if (request.url === '/large') response.end(JSON.stringify({ keys: 'x'.repeat(200_000) }));
      else if (request.url === '/failed') response.writeHead(500).end('{"keys":[]}');
      else response.end('{"keys":[]}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('reads it from an address or a file', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'jwks-'));
    writeFileSync(join(directory, 'jwks.json'), '{"keys":[]}');
    await expect(loadKeySet({ url: `${address}/jwks` })).resolves.toEqual({ keys: [] });
    await expect(loadKeySet({ file: join(directory, 'jwks.json') })).resolves.toEqual({ keys: [] });
    rmSync(directory, { recursive: true });
  });

  it.each(['moved', 'large', 'failed'])('refuses the response of a host: %s', async (path) => {
    await expect(loadKeySet({ url: `${address}/${path}` })).rejects.toThrow();
  });
});
