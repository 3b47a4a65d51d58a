import type { Socket } from 'node:net';
import { errors as undici, type Dispatcher } from 'undici';
import { AppError } from '../../shared/errors';
import type { TrackedOptions } from './tracked-client';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Written to the request line byte for byte. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
  readonly signal: AbortSignal | undefined;
  /** Called when the connection is open and the first byte is about to be written. */
  readonly onWritten: () => void;
}

export interface HttpResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** Closes the response's connection, so that nothing that follows on it is taken for a response. */
  readonly drop: () => void;
}

/** No response of this product is nearly as large: a page holds 20 objects of about 3 KB. */
const maxBodyBytes = 1_048_576;

/**
 * Sends one request over a pool of TrackedClients. Its errors distinguish what was certainly not processed (`sent: false`) from
 * what may have been. The signal aborts a read at any time. It aborts a write only before its first byte, because a write may
 * take effect.
 */
export const sendRequest = (
  pool: Dispatcher,
  { method, path, headers, body, signal, onWritten }: HttpRequest,
): Promise<HttpResponse> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason as Error);
      return;
    }
    let controller: Dispatcher.DispatchController | undefined;
    let written = false;
    let connection: (() => Socket | undefined) | undefined;
    let carrier: Socket | undefined;
    let answer: Pick<HttpResponse, 'status' | 'headers'> = { status: 0, headers: {} };
    let size = 0;
    const chunks: Buffer[] = [];

    const leave = (): void => {
      if (written && method !== 'GET') return;
      const reason = signal?.reason as Error;
      // Rejects first, because aborting reports another error at once.
      reject(reason);
      controller?.abort(reason);
    };
    signal?.addEventListener('abort', leave, { once: true });

    const options: TrackedOptions = {
      method,
      path,
      headers,
      body: body ?? null,
      onTaken(by) {
        connection = by;
      },
    };
    pool.dispatch(options, {
      onRequestStart(given) {
        controller = given;
        if (signal?.aborted === true) {
          given.abort(signal.reason as Error);
          return;
        }
        written = true;
        carrier = connection?.();
        onWritten();
      },
      onResponseStart(_, status, received) {
        answer = { status, headers: received };
      },
      onResponseData(given, chunk) {
        size += chunk.length;
        if (size <= maxBodyBytes) chunks.push(chunk);
        else given.abort(tooLarge());
      },
      onResponseEnd() {
        signal?.removeEventListener('abort', leave);
        resolve({
          ...answer,
          body: Buffer.concat(chunks).toString('utf8'),
          drop: () => carrier?.destroy(),
        });
      },
      onResponseError(_, error) {
        signal?.removeEventListener('abort', leave);
        reject(error instanceof AppError ? error : broken(error, written));
      },
    });
  });

/** The body's JSON; `undefined` if there is no body. Call it only on a verified response. */
export const jsonOf = ({ body }: Pick<HttpResponse, 'body'>): unknown => {
  if (body === '') return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    // The parser's error is dropped because it quotes the body.
    throw new AppError('UPSTREAM_MALFORMED', 'the response is not JSON', {
      sent: true,
      repeat: 'other-host',
    });
  }
};

const tooLarge = (): AppError =>
  new AppError('UPSTREAM_MALFORMED', 'the response is larger than 1 MiB', {
    sent: true,
    repeat: 'other-host',
  });

const broken = (error: Error, sent: boolean): AppError => {
  const code = 'code' in error ? String(error.code) : error.name;
  return new AppError(
    'UPSTREAM_UNAVAILABLE',
    `${sent ? 'the connection failed before the response was complete' : 'the host could not be reached'} (${code})`,
    // HTTPParserError is dropped because it holds the bytes it could not read.
    error instanceof undici.HTTPParserError ? { sent } : { sent, cause: error },
  );
};
