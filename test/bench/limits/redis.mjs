// Redis servers of our own; nothing of them is written to disk.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { prefer } from './prefer.mjs';

const freePort = async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
};

const accepts = async (port) => {
  const socket = net.connect(port, '127.0.0.1');
  const ok = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'error').then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return ok;
};

/**
 * `args`: further arguments of redis-server. `preferred`: it does not wait for a processor behind what is measured. Rejects if
 * there is none on this machine.
 */
export const startRedis = async (args = [], { preferred = true } = {}) => {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'bench-redis-'));
  const url = `redis://127.0.0.1:${port}`;
  let child;
  const start = async () => {
    const words = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory, ...args];
    child = spawn('redis-server', words, { stdio: 'ignore' });
    await once(child, 'spawn').catch((error) => {
      throw new Error(`redis-server cannot be run, it must be installed and in the PATH: ${error.message}`);
    });
    if (preferred) prefer(child.pid);
    while (!(await accepts(port))) {
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode} as it started`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  await start();
  return {
    url,
    pid: () => child.pid,
    start,
    kill,
    async stop() {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
    /** Runs a command on a connection of its own, as an operator does. */
    async command(...words) {
      const client = createClient({ url, disableClientInfo: true });
      client.on('error', () => undefined);
      await client.connect();
      try {
        return await client.sendCommand(words);
      } finally {
        client.destroy();
      }
    },
  };
};

/** Three primaries without replicas. The address of any of them leads to all. */
export const startRedisCluster = async () => {
  const servers = await Promise.all(
    Array.from({ length: 3 }, () => startRedis(['--cluster-enabled', 'yes'])),
  );
  const nodes = servers.map(({ url }) => new URL(url).host);
  const created = spawnSync('redis-cli', ['--cluster', 'create', ...nodes, '--cluster-yes']);
  if (created.status !== 0) throw new Error(`no cluster: ${created.stdout}`);
  return {
    url: servers[0].url,
    servers,
    stop: () => Promise.all(servers.map((server) => server.stop())),
  };
};
