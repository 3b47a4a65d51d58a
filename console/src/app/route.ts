import { useSyncExternalStore } from 'react';

/** The page's path after `#/`. It names a page only: nothing about a person gets into an address or a history. */
const current = (): string => location.hash.replace(/^#\/?/, '');

const subscribe = (onChange: () => void) => {
  addEventListener('hashchange', onChange);
  return () => {
    removeEventListener('hashchange', onChange);
  };
};

export const useRoute = (): string => useSyncExternalStore(subscribe, current);

export const hrefOf = (path: string): string => `#/${path}`;
