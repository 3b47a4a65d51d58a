import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { benchDir } from './places';

/** A load generator in a process of its own. It serves one load after the other. */
export interface Generator {
  /** One message, one answer. Rejects when the process has ended. */
  ask<T>(message: object): Promise<T>;
  stop(): void;
}

export const startGenerator = (program: 'load.js' | 'closed-load.js'): Generator => {
  const child: ChildProcess = fork(join(benchDir, 'dist', 'harness', program), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { PATH: process.env.PATH, NODE_ENV: 'production' },
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${program} ended with ${String(code)}`);
  });
  // Who asks will hear of it.
  ended.catch(() => undefined);
  return {
    async ask<T>(message: object) {
      child.send(message);
      const [answer] = (await Promise.race([once(child, 'message'), ended])) as [T];
      return answer;
    },
    stop() {
      child.disconnect();
    },
  };
};
