// Loaded before a contender (node --require): tells the harness what its process used. Not part of any contender.
const { monitorEventLoopDelay } = require('node:perf_hooks');

const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();

process.on('message', (message) => {
  if (message !== 'usage') return;
  // Only with --expose-gc.
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  process.send?.({
    cpuSeconds: (user + system) / 1e6,
    peakMemoryMiB: process.resourceUsage().maxRSS / 1024,
    memoryMiB: process.memoryUsage().rss / 1_048_576,
    heapMiB: process.memoryUsage().heapUsed / 1_048_576,
    // The histogram counts the sampling interval itself.
    eventLoopP99Ms: Math.max(0, delay.percentile(99) / 1e6 - 5),
  });
  delay.reset();
});
// The channel alone must not keep a contender alive, and none may outlive the harness.
process.channel?.unref();
process.on('disconnect', () => process.exit(0));
