import { startSandbox as start, type Sandbox, type SandboxOptions } from '../../src/sandbox/server';
import { newSandboxPair } from './key-pairs';

export type { Sandbox, SandboxOptions };

/** The real sandbox, with the key pairs of this run. */
export const startSandbox = (options: SandboxOptions = {}): Promise<Sandbox> =>
  start({ newPair: () => Promise.resolve(newSandboxPair()), ...options });
