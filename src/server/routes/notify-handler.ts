import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import { sendJson, type Handler } from '../http/http';
import { gone, readBody } from '../http/read-body';

export interface NotifyHandlerOptions {
  /** Resolves if the notification is accepted, even if it is a duplicate. Rejects if it must be refused or redelivered. */
  readonly receive: (headers: IncomingHttpHeaders, body: string) => Promise<void>;
  readonly clock: Clock;
  /** Notifications handled at a time; more get a 503, and WeChat Pay redelivers them. Default: 500. */
  readonly maxConcurrent?: number;
}

/** The largest documented resource, encrypted and in base64, with room to spare. */
const maxBodyBytes = 64 * 1024;
/** WeChat Pay waits 5 seconds (partner 4015283692) and redelivers after that; duplicates are recognised. */
const timeoutMs = 4_000;

/** Handles `notify_url`: 204 without a body, or `{code: "FAIL", message}`, which makes WeChat Pay redeliver. */
export const createNotifyHandler = ({
  receive,
  clock,
  maxConcurrent = 500,
}: NotifyHandlerOptions): Handler => {
  let underway = 0;
  return async (request, response) => {
    const refuse = (status: number, message: string): void => {
      sendJson(response, status, { code: 'FAIL', message });
    };
    if (request.method !== 'POST') {
      request.resume();
      response.setHeader('allow', 'POST');
      refuse(405, 'notifications must be sent with POST');
      return;
    }
    if (underway >= maxConcurrent) {
      request.resume();
      refuse(503, 'busy');
      return;
    }
    underway += 1;
    try {
      const body = await readBody(request, maxBodyBytes);
      if (body === gone) return;
      if (body === undefined) {
        response.setHeader('connection', 'close');
        refuse(413, `the body must not exceed ${maxBodyBytes} bytes`);
        return;
      }
      await inTime(receive(request.headers, body), clock);
      response.statusCode = 204;
      response.end();
    } catch (error) {
      const [status, message] = refusalOf(error);
      refuse(status, message);
    } finally {
      underway -= 1;
    }
  };
};

const inTime = (work: Promise<void>, clock: Clock): Promise<void> =>
  new Promise((resolve, reject) => {
    const cancel = clock.after(timeoutMs, () => {
      reject(new Error('not in time'));
    });
    work.then(resolve, reject).finally(cancel);
  });

/** Status and message of a refusal, without any content of the request. Failures that may pass later are a 5xx. */
const refusalOf = (error: unknown): readonly [status: number, message: string] => {
  const code = error instanceof AppError ? error.code : undefined;
  if (code === 'UPSTREAM_SIGNATURE_INVALID') return [401, 'the signature is not valid'];
  if (code === 'UPSTREAM_MALFORMED') return [400, 'the notification cannot be read'];
  if (code === 'MISCONFIGURED') return [500, 'the server is not configured for this notification'];
  return [503, 'the notification could not be stored'];
};
