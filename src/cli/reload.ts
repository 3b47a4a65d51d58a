import { unwatchFile, watchFile } from 'node:fs';
import type { App } from '../app/app';
import type { Config } from '../config/config';
import { problemsOf } from '../app/reload';
import type { Clock } from '../shared/clock';
import type { Log } from './log';

export interface ReloadingDeps {
  readonly app: Pick<App, 'reload'>;
  /** Reads the configuration and calls `onRead` for each file it reads. */
  readonly load: (onRead: (path: string) => void) => Promise<Config>;
  /** The files read at the start. */
  readonly files: ReadonlySet<string>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'reloaded' | 'notReloaded'>;
}

export interface Reloading {
  /** Reloads at once, as on SIGHUP. */
  now(): Promise<void>;
  stop(): void;
}

/** Files are polled by name, so that a replaced file or a changed symbolic link is noticed too, ms. */
const lookEveryMs = 500;
/** How long after the last change the files are read, ms: several files rarely change at the same instant. */
const settleMs = 300;

/** Applies a changed configuration while the server runs: when one of its files changes, and on demand. */
export const startReloading = ({ app, load, files, clock, log }: ReloadingDeps): Reloading => {
  const watched = new Set<string>();
  let cancel: () => void = () => undefined;
  let underway: Promise<void> = Promise.resolve();

  const watch = (paths: ReadonlySet<string>): void => {
    for (const path of paths) {
      if (watched.has(path)) continue;
      watched.add(path);
      watchFile(path, { interval: lookEveryMs, persistent: false }, () => {
        cancel();
        cancel = clock.after(settleMs, () => void now());
      });
    }
  };

  const reload = async (): Promise<void> => {
    const read = new Set<string>();
    try {
      const { applied, atNextStart } = await app.reload(() => load((path) => read.add(path)));
      log.reloaded(applied, atNextStart);
    } catch (error) {
      log.notReloaded(problemsOf(error));
    }
    // Watched even after a refusal, because the wrong file may be a new one.
    watch(read);
  };
  /** One reload at a time; a change during a reload triggers another one. */
  const now = (): Promise<void> => {
    underway = underway.then(reload);
    return underway;
  };

  watch(files);
  return {
    now,
    stop() {
      cancel();
      for (const path of watched) unwatchFile(path);
    },
  };
};
