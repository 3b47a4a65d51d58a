import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import { sendJson, type Handler } from '../http/http';
import { gone, readBody } from '../http/read-body';

export interface NotifyHandlerOptions {
  /** Resolves where the delivery arrived, also if it came before. Rejects where it must be refused or come again. */
  readonly receive: (headers: IncomingHttpHeaders, body: string) => Promise<void>;
  readonly clock: Clock;
  /** Deliveries handled at a time; above it they come again a minute later. */
  readonly maxConcurrent?: number;
}

/** The largest documented resource, encrypted, in base64, with room to spare. */
const maxBodyBytes = 64 * 1024;
/** WeChat Pay waits 5 seconds (partner 4015283692); what takes longer comes again and is known again. */
const timeoutMs = 4_000;

/** Answers `notify_url`: 204 without a body, or `{code: "FAIL", message}`, which makes WeChat Pay deliver again. */
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
      refuse(405, 'notifications are POSTed');
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
        refuse(413, `the body must have at most ${maxBodyBytes} bytes`);
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

/** Says what is wrong and nothing of what was sent. Whatever may go well next time is a 5xx. */
const refusalOf = (error: unknown): readonly [status: number, message: string] => {
  const code = error instanceof AppError ? error.code : undefined;
  if (code === 'UPSTREAM_SIGNATURE_INVALID') return [401, 'the signature is not valid'];
  if (code === 'UPSTREAM_MALFORMED') return [400, 'the notification cannot be read'];
  if (code === 'MISCONFIGURED') return [500, 'the server is not configured for this notification'];
  return [503, 'the notification could not be stored'];
};
