import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { qualityOf, weightedList } from './weighted-list';

/** The content encodings of this server, the preferred one first. */
const encodings = ['br', 'gzip'] as const;
export type Encoding = (typeof encodings)[number];

/** Close to gzip's speed with smaller results; higher levels cost many times more. */
export const brotliQuality = 4;
const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

/**
 * The encoding in which the client wants the response (RFC 9110, 12.5.3); `undefined` for none. Of equal weights, Brotli is
 * chosen. Without the header, or if nothing suits, a response is not compressed.
 */
export const encodingFor = ({ headers }: Pick<IncomingMessage, 'headers'>): Encoding | undefined => {
  // Not in the table of requestHeader: browsers set it themselves, and allow no page to do so.
  const accept = headers['accept-encoding'];
  if (typeof accept !== 'string' || accept === '') return undefined;
  const list = weightedList(accept);
  let best: Encoding | undefined;
  let most = qualityOf(list, ['identity']);
  for (const encoding of encodings) {
    const quality = qualityOf(list, [encoding, '*']);
    // An encoding must be better than the one before, but only as good as none.
    if (quality > 0 && (best === undefined ? quality >= most : quality > most)) {
      best = encoding;
      most = quality;
    }
  }
  return best;
};

/** Compresses on libuv's threads, so that the event loop stays free. */
export const compress = (content: string | Buffer, encoding: Encoding): Promise<Buffer> =>
  encoding === 'gzip'
    ? gzipped(content)
    : brotli(content, { params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality } });
