/** Watches for work that keeps the event loop from everything else. */
export interface StallWatch {
  /** The longest stretch seen, ms. */
  stop(): number;
}

/**
 * Of the time between two ticks only what this process computed counts: a machine that is busy with other programs delays
 * ticks as well, and says nothing about this one.
 */
export const watchStalls = (): StallWatch => {
  let longest = 0;
  let last = performance.now();
  let cpu = process.cpuUsage();
  const tick = (): void => {
    const now = performance.now();
    const { user, system } = process.cpuUsage(cpu);
    longest = Math.max(longest, Math.min(now - last, (user + system) / 1000));
    last = now;
    cpu = process.cpuUsage();
  };
  const timer = setInterval(tick, 10);
  return {
    stop() {
      tick();
      clearInterval(timer);
      return longest;
    },
  };
};
