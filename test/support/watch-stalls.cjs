// Loaded before the server (--require): tells at the end how long the event loop was kept from everything else at most.
// Of the time between two ticks only what its thread computed counts: a machine that is busy with other programs delays ticks as
// well, and says nothing about this one; nor do the threads that sign and that hold the embedded database.
const { readFileSync } = require('node:fs');
const tickMs = 10;
/** Processor time of the main thread, ms; of the whole process where the system does not tell. */
const computedMs = () => {
  try {
    const [, fields] = readFileSync(`/proc/self/task/${process.pid}/stat`, 'utf8').split(') ');
    const [user, system] = fields.split(' ').slice(11, 13).map(Number);
    return (user + system) * tickMs;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
};
let longest = 0;
let last = performance.now();
let computed = computedMs();
let started = false;
setInterval(() => {
  const now = performance.now();
  const nowComputed = computedMs();
  // Loading the program is no answer to anybody.
  if (started) longest = Math.max(longest, Math.min(now - last, nowComputed - computed));
  last = now;
  computed = nowComputed;
}, 10).unref();
process.on('SIGUSR2', () => {
  started = true;
});
process.on('exit', () => {
  process.stdout.write(`\nlongest stall ${Math.round(longest)} ms\n`);
});
