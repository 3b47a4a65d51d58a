import type { Clock } from '../shared/clock';
import { isReply, storeFailure, StoreTimeout } from './store-failure';

/** Waits for replies of the store, and notices its silence. */
export interface ReplyWatch {
  /** The answer, or StoreTimeout after 50 ms. If this process was paused, it waits longer by that time. */
  readonly hurry: <T>(answer: Promise<T>) => Promise<T>;
  /** How long a reply has been owed, ms. */
  silentMs(): number;
  /** Called when there is another connection, which owes nothing. */
  forget(): void;
}

export interface ReplyWatchDeps {
  readonly clock: Clock;
  /** Called for each reply, also for one that is too late for its caller. */
  readonly onReply: () => void;
}

/**
 * A command that takes longer is given up: waiting for a store must not cost more than doing without it. The time is counted in
 * steps, each a turn of the event loop. A pause of this process is one step, however long it was. A single timer would fire
 * after a pause before the command is even written. Then a healthy store would be given up, with all that the fleet shares in
 * it.
 */
const timeoutSteps = 5;
const stepMs = 10;

export const createReplyWatch = ({ clock, onReply }: ReplyWatchDeps): ReplyWatch => {
  let silentSince: number | undefined;
  return {
    hurry: (answer) =>
      new Promise((resolve, reject) => {
        silentSince ??= clock.now();
        let cancel = (): void => undefined;
        const wait = (steps: number): void => {
          cancel = clock.after(stepMs, () => {
            if (steps > 1) wait(steps - 1);
            // After a pause of this process, the reply may wait in the socket: it is read before this runs.
            else setImmediate(reject, new StoreTimeout('the store did not answer in time'));
          });
        };
        wait(timeoutSteps);
        answer
          .then(
            (value) => {
              silentSince = undefined;
              resolve(value);
              onReply();
            },
            (error: unknown) => {
              if (isReply(storeFailure(error))) silentSince = undefined;
              reject(error);
            },
          )
          .finally(() => {
            cancel();
          });
      }),
    silentMs: () => (silentSince === undefined ? 0 : clock.now() - silentSince),
    forget() {
      silentSince = undefined;
    },
  };
};
