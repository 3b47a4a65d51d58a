// The parts of the measurement, each a process of its own: instances, the stand-in, the path to it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { prefer } from './prefer.mjs';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));

/** More processes that start at once would be ready no sooner, and would miss their own time limits. */
const maxStarting = 2 * availableParallelism();
let starting = 0;
const queue = [];
const start = async (name, parameters) => {
  while (starting >= maxStarting) await new Promise((resolve) => queue.push(resolve));
  starting += 1;
  try {
    return await startNow(name, parameters);
  } finally {
    starting -= 1;
    queue.shift()?.();
  }
};

const startNow = async (name, parameters) => {
  const child = fork(file(name), [JSON.stringify(parameters)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const first = once(child, 'message');
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`${name} ended with ${code} before it was ready`);
  });
  const [message] = await Promise.race([first, died]);
  died.catch(() => undefined);
  return { child, message, stop: () => stop(child) };
};

const stop = async (child) => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.disconnect();
  const kill = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await gone;
  clearTimeout(kill);
};

/** Six brands: one is measured, and warming up in the others' buckets hardly waits. */
export const startStandIn = async ({ brands = 6, membersPerBrand = 120, ...options } = {}) => {
  const { message, ...rest } = await start('stand-in.mjs', { brands, membersPerBrand, ...options });
  prefer(rest.child.pid);
  const control = (method, path, body) =>
    fetch(`${message.url}/sandbox/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).then((response) => response.json());
  return {
    ...message,
    ...rest,
    limit: (limits) => control('PUT', 'limits', { limits }),
    faults: (faults) => control('PUT', 'faults', faults),
    clear: () => control('DELETE', 'ledger'),
    entries: async () => (await control('GET', 'ledger')).entries,
  };
};

export const startProxy = async (parameters) => {
  const { child, message, ...rest } = await start('proxy.mjs', parameters);
  let fillers = [];
  const act = async (action, more = {}) => {
    const answer = once(child, 'message');
    child.send({ action, ...more });
    return (await answer)[0].answer;
  };
  return {
    ...rest,
    url: message.url,
    /** Segments that clients sent so far: one a call, as small as ours are. */
    count: () => act('count'),
    silence: () => act('silence'),
    cut: (away) => act('cut', { away }),
    leadTo: (url) => act('leadTo', { url }),
    /** New connections get no answer at all, as behind a dead route. */
    async block() {
      child.kill('SIGSTOP');
      const { port } = new URL(message.url);
      fillers = Array.from({ length: 16 }, () =>
        net.connect(Number(port), '127.0.0.1').on('error', () => undefined),
      );
      await new Promise((resolve) => setTimeout(resolve, 200));
    },
    unblock() {
      for (const filler of fillers) filler.destroy();
      child.kill('SIGCONT');
    },
  };
};

/** A process that holds instances. */
const startProcess = async () => {
  const { child, stop } = await start('worker.mjs', {});
  const waiting = new Map();
  let number = 0;
  child.on('message', ({ id, answer, error }) => {
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (error === undefined) resolve?.(answer);
    else reject?.(new Error(error));
  });
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`an instance ended with ${code ?? signal}`));
    waiting.clear();
  });
  const ask = (parameters) =>
    new Promise((resolve, reject) => {
      number += 1;
      waiting.set(number, { resolve, reject });
      child.send({ id: number, ...parameters });
    });
  return { child, stop, ask };
};

/** Processes that all cases use: of one case, each instance is in another one. */
const shared = [];
const sharedProcess = (index) => (shared[index] ??= startProcess());
export const stopProcesses = () => Promise.all(shared.map(async (one) => (await one).stop()));

let opened = 0;
/** An instance, in a process of its own if `own`, otherwise in the shared one of its `index`. */
export const startInstance = async (parameters, { cards, index, own }) => {
  const process = await (own ? startProcess() : sharedProcess(index));
  opened += 1;
  const instance = opened;
  const run = (job, more = {}) => process.ask({ instance, job, ...more });
  const close = () => (own ? process.stop() : process.ask({ instance, close: true }));
  try {
    await process.ask({ instance, open: parameters, cards });
  } catch (error) {
    if (own) await process.stop();
    throw error;
  }
  return { run, pid: process.child.pid, stop: close };
};
