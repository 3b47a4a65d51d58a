// Runs the steps of a check, in parallel if allowed. Each has a time limit, and its time is printed.
import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';

/** A step that has not ended after this time is stopped, and has failed. */
const defaultMinutes = 15;

/** Process groups that are running, so that none outlives the check. */
const groups = new Set();
const endGroup = (pid) => {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
};
process.once('exit', () => groups.forEach(endGroup));
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])
  process.once(signal, () => process.exit(code));

/** Gives way to a step that measures time. */
const yieldingPriority = 15;

const run = (
  { name, command: [program, ...words], alone = false, beside = 0, minutes = defaultMinutes },
  cwd,
) =>
  new Promise((resolve) => {
    const began = performance.now();
    const live = alone && beside === 0;
    if (live) console.log(`\n== ${name}`);
    // A process group of its own, so that stopping a step also stops what it has started.
    const child = spawn(program, words, {
      cwd,
      detached: true,
      stdio: ['ignore', live ? 'inherit' : 'pipe', live ? 'inherit' : 'pipe'],
    });
    if (child.pid !== undefined) {
      groups.add(child.pid);
      // Inherited by everything that it starts.
      if (!alone) setPriority(child.pid, yieldingPriority);
    }
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    const end = setTimeout(() => {
      output += `${name} did not end within ${minutes} minutes\n`;
      if (live) console.log(output);
      endGroup(child.pid);
      // Something that left the group may still hold the pipes.
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, minutes * 60_000);
    const ended = (ok) => {
      clearTimeout(end);
      groups.delete(child.pid);
      // The output of parallel steps is printed in one piece.
      if (!live) console.log(`\n== ${name}${output === '' ? '' : `\n${output.trimEnd()}`}`);
      resolve({ name, ok, tookMs: performance.now() - began });
    };
    child.once('error', (error) => (output += `${error.message}\n`));
    // What the step left behind must not run into the next one.
    child.once('exit', () => endGroup(child.pid));
    child.once('close', (code) => ended(code === 0));
  });

/**
 * Runs steps `{ name, command, needs?, alone?, beside?, minutes? }`: each after those that it needs, at most `atOnce` at a time. A
 * step `alone` runs when all before it have ended; with `beside`, as soon as what it needs is there, and up to so many others go
 * on at a lower priority meanwhile. A step is not run if one that it needs has failed; the others go on, so that one run tells
 * all that is wrong. Resolves to the results by name.
 */
export const runSteps = async (steps, { atOnce, cwd }) => {
  const results = new Map();
  const running = new Map();
  const waiting = [...steps];
  const hasItsNeeds = ({ needs = [] }) => needs.every((name) => results.has(name));
  const runningAlone = () => steps.find(({ name, alone }) => alone && running.has(name));
  const next = () => {
    const measuring = runningAlone();
    const others = running.size - (measuring === undefined ? 0 : 1);
    const asksForRoom = waiting.find((step) => step.alone && step.beside > 0 && hasItsNeeds(step));
    const decides = measuring ?? asksForRoom;
    const most = decides === undefined ? atOnce : (decides.beside ?? 0);
    const mayBegin = (step, index) => {
      const { alone = false, beside = 0 } = step;
      if (!hasItsNeeds(step)) return false;
      if (alone)
        return measuring === undefined && others <= beside && (beside > 0 || (index === 0 && others === 0));
      return others < most && !waiting.slice(0, index).some((before) => before.alone && !(before.beside > 0));
    };
    return waiting.findIndex(mayBegin);
  };
  for (;;) {
    const index = next();
    if (index >= 0) {
      const [step] = waiting.splice(index, 1);
      const { name, needs = [] } = step;
      if (needs.some((other) => !results.get(other).ok)) results.set(name, { name, ok: false });
      else running.set(name, run(step, cwd));
      continue;
    }
    if (running.size === 0) return results;
    const result = await Promise.race(running.values());
    running.delete(result.name);
    results.set(result.name, result);
  }
};

const seconds = (ms) => (ms / 1000).toFixed(1).padStart(7);

/** One line per step, and the total, which is less than the sum if steps ran in parallel. */
export const table = (steps, results, totalMs) => {
  const width = Math.max(...steps.map(({ name }) => name.length));
  const lines = steps.map(({ name }) => {
    const { ok, tookMs } = results.get(name);
    const time = tookMs === undefined ? '-'.padStart(7) : seconds(tookMs);
    const state = ok ? 'ok' : tookMs === undefined ? 'not run' : 'FAILED';
    return `${name.padEnd(width)} ${time} s  ${state}`;
  });
  return [...lines, `${'total'.padEnd(width)} ${seconds(totalMs)} s`].join('\n');
};
