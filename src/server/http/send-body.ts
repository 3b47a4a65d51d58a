import type { ServerResponse } from 'node:http';
import { compress, encodingFor, type Encoding } from './encodings';

/** What a response says, with a cheaper way to its encodings than compressing it for every response. */
export interface Body {
  readonly content: string | Buffer;
  readonly encode: (encoding: Encoding) => Promise<Buffer>;
}

/** Smaller bodies are sent as they are: they fit in two packets, and compressing them costs more than it saves. Bytes. */
export const minCompressedBytes = 2_048;

/** Media types that become smaller. An event stream is not one of them: it must not wait for more. */
const compressible =
  /^(text\/(?!event-stream)|application\/(.+\+)?(json|javascript|xml)\b|application\/graphql\b|image\/svg\+xml)/i;

/**
 * Ends a response, whose status and headers are set, with a whole body. It is compressed if it is large enough, its type suits and
 * the client accepts it.
 */
export const sendBody = (response: ServerResponse, body: string | Buffer | Body): Promise<void> | void => {
  const { content, encode } = asBody(body);
  const encoding = encodingOf(response, content);
  if (encoding === undefined) {
    response.end(content);
    return undefined;
  }
  return encode(encoding).then((encoded) => {
    response.setHeader('content-encoding', encoding);
    response.setHeader('content-length', encoded.length);
    response.end(encoded);
  });
};

/** A body that is sent many times: it is compressed once for each encoding, when that is first asked for. */
export const lastingBody = (content: string | Buffer): Body => {
  const done = new Map<Encoding, Promise<Buffer>>();
  return {
    content,
    encode(encoding) {
      const encoded = done.get(encoding) ?? compress(content, encoding);
      done.set(encoding, encoded);
      return encoded;
    },
  };
};

const asBody = (body: string | Buffer | Body): Body =>
  typeof body === 'string' || Buffer.isBuffer(body)
    ? { content: body, encode: (encoding) => compress(body, encoding) }
    : body;

const encodingOf = (response: ServerResponse, content: string | Buffer): Encoding | undefined => {
  if (content.length < minCompressedBytes && Buffer.byteLength(content) < minCompressedBytes)
    return undefined;
  const type = response.getHeader('content-type');
  return typeof type === 'string' && compressible.test(type) ? encodingFor(response.req) : undefined;
};
