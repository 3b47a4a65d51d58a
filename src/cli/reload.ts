import type { App } from '../app/app';
import type { Config } from '../config/config';
import { problemsOf } from '../app/reload';
import type { Clock } from '../shared/clock';
import type { FileWatch } from './file-watch';
import type { Log } from './log';

export interface ReloadingDeps {
  readonly app: Pick<App, 'reload'>;
  /** Reads the configuration and calls `onRead` for each file it reads. */
  readonly load: (onRead: (path: string) => void) => Promise<Config>;
  /** Has the files that were read at the start. */
  readonly watch: FileWatch;
  readonly clock: Clock;
  readonly log: Pick<Log, 'reloaded' | 'notReloaded'>;
}

export interface Reloading {
  /** Reloads at once, as on SIGHUP. */
  now(): Promise<void>;
  stop(): void;
}

/** How long after the last change the files are read, ms: several files rarely change at the same instant. */
const settleMs = 300;

/** Applies a changed configuration while the server runs: when one of its files changes, and on demand. */
export const startReloading = ({ app, load, watch, clock, log }: ReloadingDeps): Reloading => {
  let cancel: () => void = () => undefined;
  let underway: Promise<void> = Promise.resolve();

  const reload = async (): Promise<void> => {
    try {
      // A file that is refused is watched too: it may be a new one.
      const { applied, atNextStart } = await app.reload(() => load(watch.add));
      log.reloaded(applied, atNextStart);
    } catch (error) {
      log.notReloaded(problemsOf(error));
    }
  };
  /** One reload at a time; a change during a reload triggers another one. */
  const now = (): Promise<void> => {
    underway = underway.then(reload);
    return underway;
  };

  watch.start(() => {
    cancel();
    cancel = clock.after(settleMs, () => void now());
  });
  return {
    now,
    stop() {
      cancel();
      watch.stop();
    },
  };
};
