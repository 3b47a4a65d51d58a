import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

const sampleMs = 300;
/** More than this share of all cores, and somebody is being started. */
const maxBusy = 0.4;
const longestMs = 15_000;

/** Waits until no program beside this one is being started; a machine that is always busy is not waited for. */
export const quiet = async (): Promise<void> => {
  const until = performance.now() + longestMs;
  while ((await busyShare()) > maxBusy && performance.now() < until);
};

const busyShare = async (): Promise<number> => {
  const before = usage();
  await delay(sampleMs);
  const after = usage();
  return 1 - (after.idle - before.idle) / Math.max(1, after.all - before.all);
};

const usage = () => {
  const times = cpus().map((core) => core.times);
  return {
    idle: times.reduce((sum, { idle }) => sum + idle, 0),
    all: times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0),
  };
};
