/** The source of time. Injected, so that tests can use virtual time. */
export interface Clock {
  /**
   * Whole milliseconds that never go back: for waits, slots, freshness and deadlines. Starts at the Unix time of the process
   * start and ignores later changes of the machine's clock.
   */
  readonly now: () => number;
  /**
   * Milliseconds since the Unix epoch by the machine's clock, which may be wrong and may be set at any time: for
   * signatures, certificates, the audit log, and dates for people and other processes.
   */
  readonly wallNow: () => number;
  /** Runs `action` once after `ms` milliseconds and returns a function that cancels it. Does not keep the process alive. */
  after(ms: number, action: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Math.floor(performance.timeOrigin + performance.now()),
  // The only place that reads the machine's clock; everything else gets a Clock.
  // eslint-disable-next-line no-restricted-properties
  wallNow: () => Date.now(),
  after(ms, action) {
    const timer = setTimeout(action, Math.max(0, ms));
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Resolves after `ms` milliseconds of the clock, or rejects with the signal's reason as soon as it aborts. */
export const sleep = (clock: Clock, ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
