import type { Caller } from './caller';
import type { CallerSettings } from './settings';

/** Which callers only do background work, so that none of their requests needs a header that says so. */
export interface CallerLanes {
  /** By the caller's key or token, or by the configuration. */
  isBackground(caller: Pick<Caller, 'id' | 'lane'>): boolean;
  /** Applies from the next request on. */
  replace(callers: readonly CallerSettings[]): void;
}

export const createCallerLanes = (initial: readonly CallerSettings[]): CallerLanes => {
  const idsIn = (callers: readonly CallerSettings[]): ReadonlySet<string> =>
    new Set(callers.filter(({ lane }) => lane === 'bulk').map(({ caller }) => caller));
  let ids = idsIn(initial);
  return {
    isBackground: ({ id, lane }) => lane === 'bulk' || ids.has(id),
    replace(callers) {
      ids = idsIn(callers);
    },
  };
};
