import { createNotes } from '../store/notes';
import { createMemoryWriteEpochs } from '../traffic/cache/write-epochs';
import { createMemorySlots } from '../traffic/limiter/memory-slots';
import type { SharedState, SharedStateDeps } from './state';

/** Rejects with ConfigError if a store is configured that refuses this server for good. */
export const openSharedState = async ({ config, ...deps }: SharedStateDeps): Promise<SharedState> => {
  const { clock } = deps;
  if (config.redis !== undefined) {
    // The store's client has hundreds of modules, which a server without a store does not need.
    const { openRedisState } = await import('./redis-state.js');
    return openRedisState(config.redis, deps);
  }
  return {
    slots: createMemorySlots(clock),
    writeEpochs: createMemoryWriteEpochs(clock),
    notes: createNotes(),
    instances: () => 1,
    vanished: () => 0,
    stop: () => Promise.resolve(),
  };
};
