import { finding, type Finding } from '../operating/finding';
import type { MemoryProblem } from '../store/memory-watch';
import { storeAdvice, type StoreFailure } from '../store/store-failure';

/** What operators are told of the shared store. */
export interface StoreObservers {
  /** Called when the shared store becomes unavailable, with the reason and the commands that it refuses, and when it is back. */
  readonly onStoreChange?: (up: boolean, reason?: StoreFailure, commands?: readonly string[]) => void;
  /** Called when something is wrong with the store's memory, and without a problem when it is right again. */
  readonly onStoreMemory?: (problem: MemoryProblem | undefined) => void;
}

/** The state of the shared store, for readiness. */
export interface StoreWatch extends Required<StoreObservers> {
  readonly findings: () => readonly Finding[];
}

export const createStoreWatch = (
  { onStoreChange = () => undefined, onStoreMemory = () => undefined }: StoreObservers,
  onUp: (up: boolean) => void,
): StoreWatch => {
  let failure: string | undefined;
  let problem: MemoryProblem | undefined;
  return {
    onStoreChange(up, reason, commands) {
      failure = up ? undefined : storeAdvice(reason ?? 'other', commands);
      onUp(up);
      onStoreChange(up, reason, commands);
    },
    onStoreMemory(found) {
      problem = found;
      onStoreMemory(found);
    },
    findings: () => [
      ...(failure === undefined
        ? []
        : [
            finding(
              'store.unavailable',
              `the shared store is unavailable: ${failure}. This instance uses its own share of the call limit`,
            ),
          ]),
      ...(problem === undefined ? [] : [finding('store.memory', memoryDetail[problem])]),
    ],
  };
};

const memoryDetail: Readonly<Record<MemoryProblem, string>> = {
  evicting:
    'Redis is full and has removed keys before their time in the last 10 minutes; cached objects are read again more often. Give it more memory',
  policy:
    'maxmemory-policy is allkeys-…: a full Redis also removes events and cards that wait for confirmation. Set volatile-ttl',
  nearlyFull:
    'Redis is nearly full and maxmemory-policy is noeviction: it will refuse writes, and each process then uses its share of the limits. Give it more memory, or set volatile-ttl',
  unknown: 'Redis does not tell its memory (INFO), so nobody knows whether it removes keys',
};
