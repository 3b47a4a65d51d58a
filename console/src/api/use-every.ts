import { useEffect } from 'react';

/** Calls `act` every `everyMs` while the page is visible. `act` must stay the same function, or the time begins anew. */
export const useEvery = (everyMs: number, act: () => void): void => {
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') act();
    }, everyMs);
    return () => {
      clearInterval(timer);
    };
  }, [everyMs, act]);
};
