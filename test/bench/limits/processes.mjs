// The parts of the measurement, each a process of its own: instances, the stand-in, the path to it, the store.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { prefer } from './prefer.mjs';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));

const start = async (name, parameters) => {
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
  return {
    ...rest,
    url: message.url,
    /** Segments that clients sent so far: one a call, as small as ours are. */
    async count() {
      const answer = once(child, 'message');
      child.send({});
      return (await answer)[0].segments;
    },
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

export const startWorker = async (parameters, cards) => {
  const { child, ...rest } = await start('worker.mjs', parameters);
  const waiting = new Map();
  let number = 0;
  child.on('message', ({ id, answer, error }) => {
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (error === undefined) resolve?.(answer);
    else reject?.(new Error(error));
  });
  const run = (job, parametersOfJob = {}) =>
    new Promise((resolve, reject) => {
      number += 1;
      waiting.set(number, { resolve, reject });
      child.send({ id: number, job, ...parametersOfJob });
    });
  await run('cards', { cards });
  return { ...rest, child, run };
};

const freePort = async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
};

/** A redis-server of our own; nothing of it is written to disk. Rejects where there is none on this machine. */
export const startRedis = async ({ preferred = true } = {}) => {
  const port = await freePort();
  let child;
  const begin = async () => {
    child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], {
      stdio: 'ignore',
    });
    await once(child, 'spawn').catch((error) => {
      throw new Error(`redis-server cannot be run, it must be installed and in the PATH: ${error.message}`);
    });
    if (preferred) prefer(child.pid);
    for (;;) {
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode} as it started`);
      const socket = net.connect(port, '127.0.0.1');
      const ok = await Promise.race([
        once(socket, 'connect').then(() => true),
        once(socket, 'error').then(() => false),
      ]).catch(() => false);
      socket.destroy();
      if (ok) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  await begin();
  return { url: `redis://127.0.0.1:${port}`, start: begin, kill, stop: kill };
};
