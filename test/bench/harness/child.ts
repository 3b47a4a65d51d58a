import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { benchDir } from './places';

export interface ProcessUsage {
  /** Since the process began. */
  readonly cpuSeconds: number;
  /** Highest resident memory since the process began. */
  readonly peakMemoryMiB: number;
  readonly memoryMiB: number;
  readonly heapMiB: number;
  /** Since the last time it was asked. */
  readonly eventLoopP99Ms: number;
}

export interface Child {
  /** The address that it printed first. */
  readonly url: string;
  /** From being started to printing its address, ms. */
  readonly startMs: number;
  usage(): Promise<ProcessUsage>;
  /** Asks it to end, and makes it after 5 s. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly file: string;
  readonly args?: readonly string[];
  /** For node itself, e.g. --cpu-prof. */
  readonly nodeOptions?: readonly string[];
}

const startTimeoutMs = 60_000;
const stopTimeoutMs = 5_000;
/** Who does not end by itself within it ends with the harness' channel. */
const politeMs = 500;

/** Starts a program in a process of its own and waits for the first http address that it prints. */
export const startChild = async ({ file, args = [], nodeOptions = [] }: ChildOptions): Promise<Child> => {
  const began = performance.now();
  const child = fork(file, [...args], {
    execArgv: ['--require', join(benchDir, 'harness', 'probe.cjs'), ...nodeOptions],
    env: { PATH: process.env.PATH, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const url = await firstAddress(child, file);
  return {
    url,
    startMs: performance.now() - began,
    async usage() {
      child.send('usage');
      const [answer] = (await once(child, 'message')) as [ProcessUsage];
      return answer;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const steps = [
        setTimeout(() => {
          if (child.connected) child.disconnect();
        }, politeMs),
        setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs),
      ];
      await ended;
      for (const step of steps) clearTimeout(step);
    },
  };
};

const firstAddress = (child: ChildProcess, file: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let output = '';
    let complaints = '';
    const give = (reason: string): void => {
      child.kill('SIGKILL');
      reject(new Error(`${file} ${reason}\n${complaints.slice(-2_000)}`));
    };
    const timer = setTimeout(() => {
      give('printed no address in time');
    }, startTimeoutMs);
    child.once('exit', (code) => {
      clearTimeout(timer);
      give(`ended with ${String(code)} before it printed an address`);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      complaints = (complaints + chunk.toString()).slice(-4_000);
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4_000);
      const [address] = /http:\/\/[\w.:/-]+(?=\s)/.exec(output) ?? [];
      if (address === undefined) return;
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve(address);
    });
  });
