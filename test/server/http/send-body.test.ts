import { request as httpRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { createHttpServer, type HttpServer } from '../../../src/server/http/http';
import { lastingBody, minCompressedBytes, sendBody, type Body } from '../../../src/server/http/send-body';

const text = '{"level":"普通会员"}'.repeat(200);

describe('a whole body', () => {
  let server: HttpServer;
  let port: number;
  let body: string | Buffer | Body = text;
  let type = 'application/json';
  /** What was compressed, and how. */
  let compressed: string[] = [];
  beforeAll(async () => {
    server = createHttpServer({
      routes: {
        '/': {
          methods: ['GET'],
          handle: (_, response) => sendBody(response.setHeader('content-type', type), body),
        },
      },
      onError: (error) => {
        throw error;
      },
    });
    port = await server.listen({ host: '127.0.0.1', port: 0 });
  });
  beforeEach(() => {
    body = text;
    type = 'application/json';
    compressed = [];
  });
  afterAll(() => server.drain(0));

  /** fetch decodes responses by itself. */
  const get = async (accept?: string, method = 'GET') => {
    const sent = httpRequest({
      port,
      method,
      headers: { connection: 'close', ...(accept === undefined ? {} : { 'accept-encoding': accept }) },
    });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return { headers: response.headers, bytes: Buffer.concat(chunks) };
  };

  it.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const)('is compressed with %s for a client that accepts it', async (encoding, decode) => {
    const { headers, bytes } = await get(encoding);
    expect(headers).toMatchObject({
      'content-encoding': encoding,
      'content-length': String(bytes.length),
      vary: 'accept-encoding',
    });
    expect(bytes.length).toBeLessThan(text.length / 10);
    expect(decode(bytes).toString()).toBe(text);
  });

  it.each<[string, string | undefined, string, string]>([
    ['a client that accepts none', undefined, text, 'application/json'],
    ['a client that refuses it', 'gzip;q=0, br;q=0', text, 'application/json'],
    ['a body that is small', 'br', 'x'.repeat(minCompressedBytes - 1), 'application/json'],
    ['a picture', 'br', text, 'image/png'],
    ['an event stream', 'br', text, 'text/event-stream'],
  ])('is sent as it is: %s', async (_, accept, sent, ofType) => {
    body = sent;
    type = ofType;
    const { headers, bytes } = await get(accept);
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers.vary).toBe('accept-encoding');
    expect(bytes.toString()).toBe(sent);
  });

  it('is measured in bytes', async () => {
    body = '会'.repeat(Math.ceil(minCompressedBytes / 3));
    expect((await get('br')).headers['content-encoding']).toBe('br');
  });

  it('has the same headers for HEAD, and no body', async () => {
    const { headers, bytes } = await get('gzip', 'HEAD');
    expect(headers['content-encoding']).toBe('gzip');
    expect(bytes.length).toBe(0);
  });

  it('is compressed once for each encoding if it is sent many times', async () => {
    const lasting = lastingBody(text);
    const seen = new Set<Buffer>();
    body = {
      content: text,
      async encode(encoding) {
        const bytes = await lasting.encode(encoding);
        compressed.push(encoding);
        seen.add(bytes);
        return bytes;
      },
    };
    await Promise.all([get('br'), get('br'), get('gzip'), get('gzip')]);
    expect(compressed.sort()).toEqual(['br', 'br', 'gzip', 'gzip']);
    expect(seen.size).toBe(2);
  });
});
