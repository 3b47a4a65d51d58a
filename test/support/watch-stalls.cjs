// Loaded before the server (--require): tells at the end how long the event loop was kept from everything else at most.
// Of the time between two ticks only what this process computed counts: a machine that is busy with other programs delays
// ticks as well, and says nothing about this one.
let longest = 0;
let last = performance.now();
let cpu = process.cpuUsage();
let started = false;
setInterval(() => {
  const now = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  // Loading the program is no answer to anybody.
  if (started) longest = Math.max(longest, Math.min(now - last, (user + system) / 1000));
  last = now;
  cpu = process.cpuUsage();
}, 10).unref();
process.on('SIGUSR2', () => {
  started = true;
});
process.on('exit', () => {
  process.stdout.write(`\nlongest stall ${Math.round(longest)} ms\n`);
});
