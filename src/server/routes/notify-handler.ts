import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../shared/clock';
import { AppError } from '../../shared/errors';
import { gone, readBody } from '../http/read-body';
import type { Handler } from '../http/router';
import { sendJson } from '../http/send-json';
import { dropOldest, dropped } from './drop-oldest';

export interface NotifyHandlerOptions {
  /** Whether the headers have the form that a signed notification needs. Without it, the body is not read. */
  readonly mayBeGenuine: (headers: IncomingHttpHeaders) => boolean;
  /**
   * Resolves if WeChat Pay has signed the notification; the result processes it, and resolves even if it is a duplicate. Both
   * reject if the notification must be refused or redelivered.
   */
  readonly verify: (headers: IncomingHttpHeaders, body: string) => Promise<() => Promise<void>>;
  readonly clock: Clock;
  /** Notifications handled at a time; more get a 503, and WeChat Pay redelivers them. Default: 500. */
  readonly maxConcurrent?: number;
  /** Requests that are read and verified at a time. If there are more, the oldest one is given up. Default: 1 000. */
  readonly maxUnverified?: number;
}

/** The largest documented resource, encrypted and in base64, with room to spare. */
const maxBodyBytes = 64 * 1024;
/** WeChat Pay waits 5 seconds (partner 4015283692) and redelivers after that; duplicates are recognised. */
const timeoutMs = 4_000;
/** WeChat Pay sends a body of a few KiB at once. */
const verifyTimeoutMs = 3_000;

/**
 * Handles `notify_url`: 204 without a body, or `{code: "FAIL", message}`, which makes WeChat Pay redeliver. Anyone can call the
 * path. So a request takes one of the places only when its signature is verified: other senders cannot crowd out WeChat Pay.
 */
export const createNotifyHandler = ({
  mayBeGenuine,
  verify,
  clock,
  maxConcurrent = 500,
  maxUnverified = 1_000,
}: NotifyHandlerOptions): Handler => {
  const inTime = dropOldest({ max: maxUnverified, timeoutMs: verifyTimeoutMs, clock });
  let underway = 0;
  return async (request, response) => {
    const refuse = (status: number, message: string): void => {
      // Unread bytes of the body would be taken for the next request.
      if (!request.complete) response.setHeader('connection', 'close');
      sendJson(response, status, { code: 'FAIL', message });
      request.resume();
    };
    if (!mayBeGenuine(request.headers)) {
      refuse(...notSigned);
      return;
    }
    const readAndVerify = async () => {
      const body = await readBody(request, maxBodyBytes);
      return typeof body === 'string' ? verify(request.headers, body) : body;
    };
    try {
      const verified = await inTime(readAndVerify());
      if (verified === gone) return;
      if (verified === dropped) {
        refuse(408, 'the notification did not arrive in time');
        return;
      }
      if (verified === undefined) {
        refuse(413, `the body must not exceed ${maxBodyBytes} bytes`);
        return;
      }
      if (underway >= maxConcurrent) {
        refuse(503, 'busy');
        return;
      }
      underway += 1;
      try {
        await within(verified(), clock);
      } finally {
        underway -= 1;
      }
      response.statusCode = 204;
      response.end();
    } catch (error) {
      refuse(...refusalOf(error));
    }
  };
};

const within = (work: Promise<void>, clock: Clock): Promise<void> =>
  new Promise((resolve, reject) => {
    const cancel = clock.after(timeoutMs, () => {
      reject(new Error('not in time'));
    });
    work.then(resolve, reject).finally(cancel);
  });

const notSigned = [401, 'the signature is not valid'] as const;

/** Status and message of a refusal, without any content of the request. Failures that may pass later have a 5xx status. */
const refusalOf = (error: unknown): readonly [status: number, message: string] => {
  const code = error instanceof AppError ? error.code : undefined;
  if (code === 'UPSTREAM_SIGNATURE_INVALID') return notSigned;
  if (code === 'UPSTREAM_MALFORMED') return [400, 'the notification cannot be read'];
  if (code === 'MISCONFIGURED') return [500, 'the server is not configured for this notification'];
  return [503, 'the notification could not be processed yet'];
};
