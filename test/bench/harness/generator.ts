import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Outcome } from '../measure/operation';
import type { Load } from './load';
import { benchDir } from './places';

/** Sends an open-loop load from a process of its own. */
export const sendLoad = (load: Load): Promise<readonly Outcome[]> => ask('load.js', load);

/** One message to a program of the harness, one answer. */
export const ask = async <T>(program: string, message: object): Promise<T> => {
  const child = fork(join(benchDir, 'dist', 'harness', program), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.send(message);
  const [answer] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`${program} ended with ${String(code)} before it answered`);
    }),
  ])) as [T];
  return answer;
};
