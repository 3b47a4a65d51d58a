import { useEffect } from 'react';
import type { Pages } from './use-pages';

/** Goes on until the whole list is there, for a choice among all of it. A problem ends it; `list` has it. */
export const useWhole = ({ hasMore, isBusy, problem, more }: Pages<unknown>): void => {
  const goesOn = hasMore && !isBusy && problem === undefined;
  useEffect(() => {
    if (goesOn) more();
    // Called again when there is more to ask for, not because it is a new function.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [goesOn]);
};
