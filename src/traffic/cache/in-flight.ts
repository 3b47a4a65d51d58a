import { lanes, type Call, type Reply, type Send } from '../calls/call';

/**
 * Callers that miss together share one call. The shared call outlives its first caller and is aborted only when the last
 * one has left. A caller never waits for a call with a less urgent lane or a later deadline: it starts its own call,
 * whose reply then serves both.
 */
export interface InFlightCalls {
  join(key: string, call: Call, start: Send): Promise<Reply>;
}

interface InFlightCall {
  readonly answer: Promise<Reply>;
  /** Resolves this call with the reply of another one and aborts it. */
  readonly supersede: (reply: Reply) => void;
  readonly lane: Call['lane'];
  readonly deadline: number;
  readonly abort: AbortController;
  waiters: number;
}

export const createInFlightCalls = (): InFlightCalls => {
  const calls = new Map<string, InFlightCall>();

  const startCall = (key: string, call: Call, start: Send): InFlightCall => {
    const abort = new AbortController();
    const superseded = calls.get(key);
    let supersede: InFlightCall['supersede'] = () => undefined;
    const answer = new Promise<Reply>((resolve, reject) => {
      start({ ...call, signal: abort.signal }).then(resolve, reject);
      supersede = (reply) => {
        resolve(reply);
        abort.abort();
      };
    });
    const { lane, deadline } = call;
    const inFlight: InFlightCall = { answer, supersede, lane, deadline, abort, waiters: 0 };
    calls.set(key, inFlight);
    const remove = (): void => {
      if (calls.get(key) === inFlight) calls.delete(key);
    };
    answer.then((reply) => {
      remove();
      superseded?.supersede(reply);
    }, remove);
    return inFlight;
  };

  return {
    async join(key, call, start) {
      for (;;) {
        const current = calls.get(key);
        if (current === undefined || !canShare(current, call)) return wait(startCall(key, call, start), call);
        try {
          return await wait(current, call);
        } catch (error) {
          // It failed at the first caller's earlier deadline; this caller still has time to try again.
          if (call.deadline <= current.deadline || call.signal?.aborted === true) throw error;
        }
      }
    },
  };
};

const canShare = (inFlight: InFlightCall, { lane, deadline }: Call): boolean =>
  lanes.indexOf(inFlight.lane) <= lanes.indexOf(lane) && inFlight.deadline <= deadline;

const wait = (inFlight: InFlightCall, { signal }: Call): Promise<Reply> =>
  new Promise((resolve, reject) => {
    inFlight.waiters += 1;
    const leave = (): void => {
      signal?.removeEventListener('abort', onAbort);
      inFlight.waiters -= 1;
      if (inFlight.waiters === 0) inFlight.abort.abort(signal?.reason);
    };
    const onAbort = (): void => {
      leave();
      reject(signal?.reason as Error);
    };
    if (signal?.aborted === true) {
      onAbort();
      return;
    }
    signal?.addEventListener('abort', onAbort, { once: true });
    inFlight.answer.then(
      (reply) => {
        signal?.removeEventListener('abort', onAbort);
        resolve(reply);
      },
      (error: unknown) => {
        signal?.removeEventListener('abort', onAbort);
        reject(error);
      },
    );
  });
