import type { Call, Reply, Send } from '../calls/call';

/**
 * Sends a read. An attempt that was given up may still be answered: its reply ends the call if it is the first to come, and goes
 * to `onAfterwards` if the call has ended without it, e.g. at its deadline.
 */
export const sendOrLate = (next: Send, call: Call, onAfterwards: (late: Reply) => void): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const own = new AbortController();
    const { signal } = call;
    const leave = (): void => {
      own.abort(signal?.reason);
    };
    let hasEnded = false;
    const end = (finish: () => void): void => {
      if (hasEnded) return;
      hasEnded = true;
      signal?.removeEventListener('abort', leave);
      finish();
    };
    signal?.addEventListener('abort', leave, { once: true });
    if (signal?.aborted === true) leave();
    next({
      ...call,
      signal: own.signal,
      onLate(late) {
        if (hasEnded) {
          onAfterwards(late);
          return;
        }
        end(() => {
          resolve(late);
        });
        // Nobody waits for the next attempt any more; if it has no slot yet, it takes none.
        own.abort(new Error('answered by an earlier attempt'));
      },
    }).then(
      (reply) => {
        end(() => {
          resolve(reply);
        });
      },
      (error: unknown) => {
        end(() => {
          reject(error);
        });
      },
    );
  });
