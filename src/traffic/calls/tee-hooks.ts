import type { TrafficHooks } from './hooks';

/** Hooks that call each of the given ones, in order. */
export const teeHooks = (...all: readonly Partial<TrafficHooks>[]): TrafficHooks => ({
  lookedUp(...facts) {
    for (const hooks of all) hooks.lookedUp?.(...facts);
  },
  waiting(...facts) {
    for (const hooks of all) hooks.waiting?.(...facts);
  },
  waited(...facts) {
    for (const hooks of all) hooks.waited?.(...facts);
  },
  refused(...facts) {
    for (const hooks of all) hooks.refused?.(...facts);
  },
  ceilingUsed(...facts) {
    for (const hooks of all) hooks.ceilingUsed?.(...facts);
  },
  capped(...facts) {
    for (const hooks of all) hooks.capped?.(...facts);
  },
  slotMissed(...facts) {
    for (const hooks of all) hooks.slotMissed?.(...facts);
  },
  attempted(...facts) {
    for (const hooks of all) hooks.attempted?.(...facts);
  },
});
