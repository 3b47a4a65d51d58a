import type { Clock } from '../shared/clock';

export interface EndingDeps {
  /** Finishes requests under way. Called once. */
  readonly stop: () => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly clock: Clock;
  /** The process whose end also ends this one, such as npm; `undefined` if there is none. */
  readonly parent: number | undefined;
}

/**
 * One request to stop may arrive twice: a terminal and systemd signal every process of the group, and npm forwards its own
 * signal. Only a signal later than this, ms, counts as a second request.
 */
const echoMs = 500;
const lookEveryMs = 1_000;

/**
 * Ends the process on SIGTERM, SIGINT, or the end of its parent: exit code 0 after `stop`, 1 if it fails. A second signal
 * ends the process at once, with exit code 1.
 */
export const endOnSignal = ({ stop, onError, clock, parent }: EndingDeps): void => {
  let since: number | undefined;
  const end = (): void => {
    if (since !== undefined) {
      if (clock.now() - since >= echoMs) process.exit(1);
      return;
    }
    since = clock.now();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        onError(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  if (parent !== undefined) watchParent(parent, { clock, onEnd: end });
};

/** Detects the end of the parent. A killed parent forwards no signal, but its children get another parent. */
const watchParent = (
  parent: number,
  { clock, onEnd }: { readonly clock: Clock; readonly onEnd: () => void },
): void => {
  clock.after(lookEveryMs, () => {
    if (process.ppid === parent) watchParent(parent, { clock, onEnd });
    else onEnd();
  });
};

/** The npm process, if this program was started by `npm start` or `npm run NAME`; otherwise `undefined`. */
export const npmParent = (
  env: Readonly<Record<string, string | undefined>>,
  script: 'start' | 'sandbox',
): number | undefined => (env.npm_lifecycle_event === script ? process.ppid : undefined);
