import { startSandbox as start, type Sandbox, type SandboxOptions } from '../../src/sandbox/server';
import { newSandboxPair } from './key-pairs';

export type { Sandbox, SandboxOptions };

/** The real stand-in, with the key pairs of this run. */
export const startSandbox = (options: SandboxOptions = {}): Promise<Sandbox> =>
  start({ newPair: () => Promise.resolve(newSandboxPair()), ...options });
